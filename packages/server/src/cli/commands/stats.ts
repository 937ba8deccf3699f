/** stowage stats: how the server is. */
import { command } from "../command.js";
import { count, milliseconds, seconds, size } from "../terminal/numbers.js";
import type { Paint } from "../terminal/paint.js";
import { table } from "../terminal/table.js";

interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Of GET /cache/stats, what is shown. */
interface Stats {
  readonly size: number;
  readonly limit: number | null;
  readonly uptime: number;
  readonly stats: Readonly<Record<string, number>>;
  readonly memory: Readonly<Record<string, number>>;
  readonly connections: Readonly<Record<string, number>>;
  readonly latencies: Latencies;
  readonly workers: readonly {
    readonly worker: number;
    readonly starts: number;
    readonly requests: number;
    readonly errors: number;
    readonly connections: { readonly open: number };
    readonly latencies: Latencies;
  }[];
}

export const stats = command({
  name: "stats",
  about: "print how the server is: entries, hits, memory, latencies",
  details: "With --json, everything that GET /cache/stats says.",
  arguments: [],
  options: {},
  remote: true,
  examples: ["stowage stats", "stowage stats --json | jq .stats.hit_rate"],
  async run({ options, terminal, client }) {
    const { body } = await client().expect({ method: "GET", path: "/cache/stats" });
    const text = body.toString("utf8");
    await terminal.line(options.json ? text : shown(JSON.parse(text) as Stats, terminal.paint));
    return "done";
  },
});

function shown(
  { size: entries, limit, uptime, stats, memory, connections, latencies, workers }: Stats,
  paint: Paint,
) {
  const rows = [
    ["entries", count(entries), limit === null ? "" : `of ${count(limit)}`],
    ["hits", count(stats.hits), `${stats.hit_rate.toFixed(1)} %`],
    ["misses", count(stats.misses), ""],
    ["writes", count(stats.writes), ""],
    ["evictions", count(stats.evictions), ""],
    ["expirations", count(stats.expirations), ""],
    ["memory", size(memory.used), `of ${size(memory.total)}`],
    ["connections", count(connections.open), `${count(connections.accepted)} accepted`],
    ["up for", seconds(uptime), ""],
  ];
  const own = workers.map(({ worker, starts, requests, errors, connections: { open }, latencies: times }) => [
    `worker ${worker}`,
    ...[requests, errors, open, starts].map(count),
    ...timesOf(times),
  ]);
  const head = ["", "requests", "errors", "open", "starts", "p50", "p99", "p99.9", "max"];
  const sum = (name: "requests" | "errors" | "starts") =>
    count(workers.reduce((all, each) => all + each[name], 0));
  const all = [
    "all",
    sum("requests"),
    sum("errors"),
    count(connections.open),
    sum("starts"),
    ...timesOf(latencies),
  ];
  const [first, ...rest] = table([head, ...own, all]).split("\n");
  return `${table(rows)}\n\n${paint.dim(first)}\n${rest.join("\n")}`;
}

function timesOf({ p50, p99, p999, max }: Latencies): string[] {
  return [p50, p99, p999, max].map(milliseconds);
}
