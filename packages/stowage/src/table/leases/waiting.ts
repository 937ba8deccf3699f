/**
 * Waiting, without blocking the thread, until a lease that somebody else holds has changed.
 *
 * The holder wakes whoever waits (Atomics.waitAsync). A holder that dies wakes nobody, so a timer looks again from time to
 * time, and when the lease's time is over. While somebody waits, the process is held open: its own thread may have
 * nothing else to do, and the answer comes from another one.
 */
import type { Clock } from "../../base/clock.js";

/** What is waited for: that the word is not `state` any more, or that it is `until` (table time). */
export interface Change {
  readonly words: Int32Array;
  readonly at: number;
  readonly state: number;
  readonly until: number;
}

type WaitAsync = (
  words: Int32Array,
  at: number,
  state: number,
) => { readonly async: boolean; readonly value: Promise<string> | string };

/** How long a dead holder may go unnoticed. */
const LOOK_AGAIN_MS = 250;
/** The longest delay of setInterval. */
const NEVER_MS = 2 ** 31 - 1;

const waitAsync = (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync;

export function changeOf(words: Int32Array, at: number, state: number, until: number): Change {
  return { words, at, state, until };
}

/** Resolves when it has changed, or it is time to look again; rejects with the signal's reason. */
export function untilChanged(
  change: Change,
  clock: Clock,
  leftMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { words, at, state } = change;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const waiting = waitAsync(words, at, state);
  if (!waiting.async) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clock.clearTimer(timer);
      clearInterval(hold);
      signal?.removeEventListener("abort", abort);
    };
    const wake = (): void => {
      finish();
      // Wakes the one above too, which would else stay in V8's list of those who wait.
      Atomics.notify(words, at);
      resolve();
    };
    const abort = (): void => {
      finish();
      Atomics.notify(words, at);
      reject(signal?.reason);
    };
    const hold = setInterval(() => {}, NEVER_MS);
    const timer = clock.setTimer(wake, Math.min(Math.max(1, leftMs), LOOK_AGAIN_MS));
    signal?.addEventListener("abort", abort, { once: true });
    Promise.resolve(waiting.value).then(() => {
      finish();
      resolve();
    });
  });
}

/** Resolves after this time; rejects with the signal's reason. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const hold = setInterval(() => {}, NEVER_MS);
    const abort = (): void => {
      clock.clearTimer(timer);
      clearInterval(hold);
      reject(signal.reason);
    };
    const timer = clock.setTimer(() => {
      clearInterval(hold);
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
