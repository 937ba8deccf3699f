/** `watch`: a worker's exit event says that its thread is gone, where the system does not. */
import { threadId } from "node:worker_threads";
import { R_NODE_THREAD, R_STATE, RECORD_WORDS, STATE_LIVE } from "../memory/layout.js";
import type { TableState } from "../state.js";
import type { WatchedWorker } from "../types.js";
import { markGone } from "./liveness.js";
import { reap } from "./takeover.js";

export function watchWorker(t: TableState, worker: WatchedWorker): void {
  const id = worker.threadId; // -1 once it has ended
  worker.once("exit", () => {
    if (!t.closed && id !== threadId) giveBack(t, id);
  });
}

/** A thread may have attached more than once. */
function giveBack(t: TableState, nodeThread: number): void {
  for (let thread = 0; thread < t.threads; thread++) {
    const record = t.recordsAt + thread * RECORD_WORDS;
    if (t.control[record + R_NODE_THREAD] !== nodeThread || t.control[record + R_STATE] !== STATE_LIVE)
      continue;
    markGone(t, record);
    reap(t, thread);
  }
}
