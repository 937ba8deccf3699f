/** stowage bench: sends load, and measures the answers. */
import { bytes, duration, whole } from "../../config/kinds.js";
import { generate, type Measured, type Result } from "../bench/load-generator.js";
import { Requests } from "../bench/workload.js";
import { type Call, command, option, toggle } from "../command.js";
import { mix } from "../kinds.js";
import { count, milliseconds, seconds } from "../terminal/numbers.js";
import { Progress } from "../terminal/progress.js";
import { table } from "../terminal/table.js";

const options = {
  connections: option(whole(1, 10_000), "connections at one time", 64),
  duration: option(duration(), "how long", 10_000),
  mix: option(mix, "of what, in which shares: get, miss, set, incr", { get: 95, set: 5 }),
  keys: option(whole(1, 1_000_000), "different keys", 10_000),
  "value-size": option(bytes(2, 2 ** 20), "of the JSON that is stored", 100),
  pipeline: option(whole(1, 1_000), "requests under way on each connection", 1),
  keep: toggle("leave the entries there afterwards"),
} as const;

export const bench = command({
  name: "bench",
  about: "send load, and print throughput and latencies",
  details: `It stores its entries first (keys begin with "stowage-bench:"), sends the mix, and removes them again. Each connection
    waits for its answers before it sends more. The program takes a core for itself: on the same machine, it and the server
    share what there is.`,
  arguments: [],
  options,
  remote: true,
  examples: [
    "stowage bench",
    "stowage bench --connections 1000 --duration 30s --mix get:100",
    "stowage bench --json",
  ],
  async run(call) {
    const { terminal, server } = call;
    // Says what is wrong with address or token before any load is sent.
    await call.client().expect({ method: "GET", path: "/cache/get?key=stowage-bench:0" }, 404);
    const requests = new Requests(server.address, server.token, {
      mix: call.options.mix,
      keys: call.options.keys,
      valueBytes: call.options["value-size"],
    });
    await fill(call, requests);
    const result = await measure(call, requests);
    if (!call.options.keep) await cleanUp(call);
    await terminal.line(call.options.json ? JSON.stringify(jsonOf(result)) : tableOf(call, result));
    return result.all.failures.size === 0 ? "done" : "failed";
  },
});

type BenchCall = Call<typeof options>;

async function fill(
  { options: { keys, connections }, terminal, server }: BenchCall,
  requests: Requests,
): Promise<void> {
  const progress = new Progress(terminal, "storing", keys);
  let key = 0;
  try {
    await generate({
      address: server.address,
      connections: Math.min(connections, keys, 64),
      pipeline: 1,
      next: () => (key < keys ? requests.of("set", key++) : undefined),
      now: terminal.io.now,
      signal: terminal.io.signal,
      onAnswer: () => progress.add(),
    });
  } finally {
    progress.end();
  }
}

async function measure({ options, terminal, server }: BenchCall, requests: Requests): Promise<Result> {
  const { now, signal } = terminal.io;
  const begunMs = now();
  const progress = new Progress(terminal, "measuring", options.duration, "ms");
  try {
    return await generate({
      address: server.address,
      connections: options.connections,
      pipeline: options.pipeline,
      next: () => (now() - begunMs < options.duration ? requests.pick(Math.random) : undefined),
      now,
      signal,
      onAnswer: () => progress.set(now() - begunMs),
    });
  } finally {
    progress.end();
  }
}

/** What is left would expire never. A token that may not do it leaves it there. */
async function cleanUp({ client, terminal }: BenchCall): Promise<void> {
  const { status } = await client().send({
    method: "POST",
    path: "/v1/invalidate",
    headers: { "content-type": "application/json" },
    body: Requests.cleanUp(),
  });
  if (status >= 300) terminal.say(`the entries of the load are left there: the server answered ${status}`);
}

function tableOf({ options, terminal, server }: BenchCall, { ms, all, byVerb }: Result): string {
  const { connections, keys } = options;
  const about = `${server.address.text}, ${seconds(ms / 1_000)}, ${count(connections)} connections, ${count(keys)} keys`;
  const row = (name: string, { latencies, failures }: Measured) => [
    name,
    count((latencies.count / ms) * 1_000),
    ...[latencies.p50, latencies.p99, latencies.p999, latencies.max].map(milliseconds),
    failuresOf(failures),
  ];
  const rows = [...byVerb].map(([verb, measured]) => row(verb, measured));
  const head = ["", "requests/s", "p50", "p99", "p99.9", "max", ""];
  const [first, ...rest] = table([head, ...rows, ...(rows.length > 1 ? [row("all", all)] : [])]).split("\n");
  return [about, terminal.paint.dim(first), ...rest].join("\n");
}

function failuresOf(failures: ReadonlyMap<number, number>): string {
  return [...failures].map(([status, number]) => `${count(number)} answered ${status}`).join(", ");
}

function jsonOf({ ms, all, byVerb }: Result): unknown {
  const one = ({ latencies, failures }: Measured) => ({
    requestsPerSecond: (latencies.count / ms) * 1_000,
    latencies,
    failures: Object.fromEntries(failures),
  });
  return {
    ms,
    ...one(all),
    byVerb: Object.fromEntries([...byVerb].map(([verb, measured]) => [verb, one(measured)])),
  };
}
