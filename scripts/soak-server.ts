/**
 * `npm run soak:server [-- --minutes 10 --connections 10000 --clients 32 --workers 2]`: the server under mixed load for a long
 * time, with workers killed now and then. Asserts at the end that no answer was wrong, that other workers' connections
 * were never lost, that the table is sound, and that memory is flat.
 *
 * This process is the server, so that its memory is the server's alone; the load comes from a child. Idle connections are
 * held beside the load, since whoever keeps some memory for each request keeps it for those as well.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadConfig } from "../packages/server/src/config/load.js";
import { launch } from "../packages/server/src/process/launch.js";
import type { RunningServer } from "../packages/server/src/process/server.js";
import { flatness, type Sample } from "./soak/flatness.js";
import type { LoadOrder, LoadReport } from "./soak/load-process.js";

const KILL_EVERY_MS = 5_000;
const SAMPLE_EVERY_MS = 1_000;
const MB = 2 ** 20;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    connections: { type: "string", default: "1000" },
    clients: { type: "string", default: "32" },
    workers: { type: "string", default: "2" },
  },
});
const minutes = number("minutes", values.minutes);
const workers = number("workers", values.workers);

function number(name: string, text: string): number {
  if (Number(text) > 0) return Number(text);
  throw new RangeError(`soak:server: --${name} must be a number above 0, not ${text}`);
}

// So little memory that it is full, and evicts, after some seconds.
const args = ["--port", "0", "--memory", "8mb", "--workers", `${workers}`, "--log-level", "silent"];
// Kills are not crashes of which one waits to see whether they come again.
const backoff = { firstMs: 100, maxMs: 1_000, stableMs: 1_000 };
const server = (await launch(loadConfig({ args, env: {} }).config, { backoff })) as RunningServer;
const { port } = server.address as { port: number };
const clients = number("clients", values.clients);
const load = await startLoad({ port, clients, idle: number("connections", values.connections) });

console.log(
  `soak: ${server.url}, ${minutes} min, ${workers} workers, ${values.connections} idle connections`,
);
const samples: Sample[] = [];
const end = Date.now() + minutes * 60_000;
let kills = 0;
let nextKill = Date.now() + KILL_EVERY_MS;
let nextLine = 0;
while (Date.now() < end) {
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  const isKill = Date.now() >= nextKill;
  if (isKill) {
    // The last worker is never killed: its connections must not notice.
    if (workers > 1) await server.replaceWorker(kills++ % (workers - 1));
    nextKill = Date.now() + KILL_EVERY_MS;
  } else sample();
}

function sample(): void {
  const bytes = process.memoryUsage.rss();
  samples.push({ ms: Date.now(), bytes });
  if (Date.now() < nextLine) return;
  nextLine = Date.now() + 30_000;
  const { workers: figures, workersUp } = server.stats();
  const requests = figures.reduce((sum, each) => sum + each.requests, 0);
  console.log(
    `soak: ${(bytes / MB).toFixed(0)} MB, ${requests} requests, ${workersUp} workers up, ${kills} kills`,
  );
}

const report = await endLoad(load);
server.table.verify();
const steady = server.stats().workers.at(-1)!;
await server.close();
const { flat, said } = flatness(samples);
console.log(
  `soak: ${report.answers} answers, ${report.losses} connections lost in ${kills} kills, ${report.wrong.length} wrong; ${said}`,
);
const faults = [
  ...report.wrong.slice(0, 20).map((text) => `wrong: ${text}`),
  ...(report.answers === 0 ? ["nothing was answered"] : []),
  ...(steady.starts === 1
    ? []
    : [`worker ${steady.worker} was never killed, but started ${steady.starts} times`]),
  ...(report.losses <= kills * clients
    ? []
    : ["more connections were lost than there were on killed workers"]),
  ...(flat ? [] : ["memory grows"]),
];
for (const fault of faults) console.error(`soak: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function startLoad(order: LoadOrder): Promise<ChildProcess> {
  const path = fileURLToPath(new URL("./soak/load-process.ts", import.meta.url));
  const child = fork(path, [], { execArgv: ["--import", "tsx"] });
  child.send(order);
  await once(child, "message");
  return child;
}

async function endLoad(child: ChildProcess): Promise<LoadReport> {
  child.send("end");
  const [report] = (await once(child, "message")) as [LoadReport];
  child.disconnect();
  return report;
}
