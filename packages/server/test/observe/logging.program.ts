/** A process whose main thread and two workers log as fast as they can, to one standard output. */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { createLog } from "../../src/observe/log.js";

const LINES = 1_000;

function writeLines(worker?: number): void {
  const log = createLog({ level: "info", ...(worker !== undefined && { worker }) });
  for (let n = 0; n < LINES; n++) {
    const line = { n, filler: "x".repeat((n * 37) % 900) };
    if (n % 100 === 0) log.warn(line, "now and then");
    else log.info(line, "a line");
  }
}

if (isMainThread) {
  for (const worker of [0, 1]) new Worker(new URL(import.meta.url), { workerData: worker });
  writeLines();
} else writeLines(workerData as number);
