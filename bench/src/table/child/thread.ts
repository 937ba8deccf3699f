/** A thread of the rows with threads: attaches to the store, and does a batch whenever it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { ensure } from "../../harness/checks.js";
import { SchedulerWait } from "../../harness/scheduler-wait.js";
import { readSequence } from "../../harness/sequences.js";
import type { Job } from "../../harness/types.js";
import { type ContenderName, contenders } from "../contenders/index.js";
import type { Settings } from "../settings.js";
import { needsOf } from "./context.js";
import { setsOf, type Work } from "./operations.js";
import { chunkOps, Requests } from "./requests.js";
import type { WorkRow } from "./single.js";
import { workOf } from "./work.js";
import { requireLastWrites } from "./written.js";

export interface ThreadData {
  job: Job<Settings>;
  row: WorkRow;
  handle: unknown;
  /** From 0. */
  thread: number;
  threads: number;
}

/** So many operations, whole chunks; none: check what was written, and close. */
export interface Batch {
  ops: number;
}

export interface BatchDone {
  found: number;
  /** On the clock that all threads share. */
  startMs: number;
  endMs: number;
  /** Without the time that it was ready but had no core. */
  ownMs: number;
}

export async function serveThread(): Promise<void> {
  const { job, row, handle, thread, threads } = workerData as ThreadData;
  const { contender } = await contenders[job.contender as ContenderName].load();
  const needs = needsOf({ settings: job.settings, job }, row.size, row.valueBytes);
  const store = await contender.attach?.(handle, needs);
  ensure(store !== undefined, `${job.contender} attaches to a store of another thread`);
  const sequence = readSequence(job.sequences[row.size]);
  const requests = new Requests(sequence, Math.floor((sequence.length / threads) * thread));
  const work = workOf(row.operation, store, requests, row.valueBytes);
  ensure(work !== undefined, `${job.contender} can ${row.operation} in threads`);

  const port = parentPort;
  ensure(port !== null, "a thread has a parent");
  const scheduler = new SchedulerWait();
  let next = 0;
  port.on("message", async ({ ops }: Batch) => {
    if (ops === 0) {
      const writes = { ops: next, isSet: setsOf(row.operation), alone: false };
      await requireLastWrites(store, requests, row.valueBytes, writes);
      scheduler.close();
      await store.close();
    }
    port.postMessage(await batch(work, requests, next, ops, scheduler));
    next += ops;
  });
  port.postMessage("ready");
}

async function batch(
  work: Work,
  requests: Requests,
  from: number,
  ops: number,
  scheduler: SchedulerWait,
): Promise<BatchDone> {
  const waited = ops > 0 ? scheduler.readMs() : 0;
  const startMs = performance.timeOrigin + performance.now();
  let found = 0;
  for (let at = from; at < from + ops; at += chunkOps) {
    requests.prepare(at);
    const done = work.run(at, at + chunkOps);
    found += typeof done === "number" ? done : await done;
  }
  const endMs = performance.timeOrigin + performance.now();
  const waitMs = ops > 0 ? scheduler.readMs() - waited : 0;
  return { found, startMs, endMs, ownMs: endMs - startMs - waitMs };
}
