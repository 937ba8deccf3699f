/**
 * Thread records: who is attached. A record is taken by an exchange of its state, kept while the thread is attached, and
 * given back by `close`, or by whoever finds its thread dead (takeover.ts).
 */
import { readFileSync, readlinkSync } from "node:fs";
import { threadId } from "node:worker_threads";
import {
  C_ATTACHED,
  C_RECORDS_HIGH,
  R_BUCKET,
  R_NODE_THREAD,
  R_OS_THREAD,
  R_OWNER,
  R_PENDING,
  R_STATE,
  R_STEP,
  RECORD_WORDS,
  RF_START,
  STATE_CLAIMED,
  STATE_FREE,
  STATE_LIVE,
} from "../memory/layout.js";

/** The system's id of this thread, and when it started; zeros where there is no /proc. */
export interface OsThread {
  readonly id: number;
  readonly start: number;
}

export function thisOsThread(): OsThread {
  try {
    const id = Number(readlinkSync("/proc/thread-self").split("/")[2]);
    return { id, start: startOf(id) };
  } catch {
    return { id: 0, start: 0 }; // not Linux: `watch` tells of workers that end
  }
}

/** When a thread of this process started, in the system's ticks; -1 if there is none of that id. */
export function startOf(id: number): number {
  try {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "latin1");
    // The second field is the name in parentheses, which may hold anything; the start is the 22nd.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return -1;
  }
}

/** Takes a free one of the records `from` to `to` for this thread; its number, or -1 when none is free. */
export function claimRecord(control: Int32Array, recordsAt: number, from: number, to: number): number {
  const os = thisOsThread();
  for (let thread = from; thread < to; thread++) {
    const record = recordsAt + thread * RECORD_WORDS;
    // The claim says whose it is, should he die before the record does.
    const claim = STATE_CLAIMED | os.id;
    if (Atomics.compareExchange(control, record + R_STATE, STATE_FREE, claim) !== STATE_FREE) continue;
    fillRecord(control, record, os);
    Atomics.store(control, record + R_STATE, STATE_LIVE);
    raise(control, thread + 1);
    return thread;
  }
  return -1;
}

/** Gives a record back. Nothing in it may be needed any more; its statistics stay. */
export function freeRecord(control: Int32Array, record: number): void {
  control[record + R_OS_THREAD] = 0;
  Atomics.store(control, record + R_STATE, STATE_FREE);
}

function fillRecord(control: Int32Array, record: number, { id, start }: OsThread): void {
  control[record + R_NODE_THREAD] = threadId;
  control[record + R_STEP] = 0;
  control[record + R_BUCKET] = 0;
  control[record + R_PENDING] = 0;
  control[record + R_OWNER] = Atomics.add(control, C_ATTACHED, 1) + 1;
  new Float64Array(control.buffer)[(record >> 1) + RF_START] = start;
  Atomics.store(control, record + R_OS_THREAD, id);
}

function raise(control: Int32Array, high: number): void {
  for (let found = Atomics.load(control, C_RECORDS_HIGH); found < high; ) {
    found = Atomics.compareExchange(control, C_RECORDS_HIGH, found, high);
  }
}
