/**
 * Whether the thread of a record is still there.
 *
 * On Linux the system says so: /proc/self/task holds a folder for each thread of the process, and the time at which it
 * started tells a thread from a later one of the same id. Elsewhere a thread counts as alive until `watch` has heard its
 * worker's exit: a lock is never taken from a thread that might still run.
 */
import {
  R_OS_THREAD,
  R_STATE,
  RECORD_WORDS,
  RF_START,
  STATE_CLAIMED,
  STATE_FREE,
  STATE_GONE,
  STATE_LIVE,
  STATE_REAPED_BY,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { startOf } from "./records.js";

export function isAlive(t: TableState, thread: number): boolean {
  const record = t.recordsAt + thread * RECORD_WORDS;
  const state = Atomics.load(t.control, record + R_STATE);
  if (state >= STATE_CLAIMED) return isThere(state - STATE_CLAIMED);
  if (state === STATE_FREE || state === STATE_GONE || state >= STATE_REAPED_BY) return false;
  const id = Atomics.load(t.control, record + R_OS_THREAD);
  return id === 0 || startOf(id) === t.controlDoubles[(record >> 1) + RF_START];
}

/** A thread that is just attaching. */
function isThere(id: number): boolean {
  return id === 0 || startOf(id) !== -1;
}

/** `watch` heard that the worker has ended: its record is dead, whatever /proc says. */
export function markGone(t: TableState, record: number): void {
  Atomics.compareExchange(t.control, record + R_STATE, STATE_LIVE, STATE_GONE);
}
