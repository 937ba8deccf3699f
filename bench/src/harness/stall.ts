/**
 * The longest time for which the event loop stood still while a store takes many sets, 64 a turn: the time that a
 * request arriving then would have waited. Growing, rehashing, evicting and collecting garbage all show here.
 *
 * Where Linux tells for how long the main thread was ready but had no core, that is taken off. `worstSetMs` is the
 * slowest single set and `wallMs` the longest turn by the clock.
 */
import { turn } from "./checks.js";
import { SchedulerWait } from "./scheduler-wait.js";

/** Few enough that a turn of ordinary sets is a small fraction of a millisecond even in slow libraries. */
const setsATurn = 64;

export interface StallWork {
  sets: number;
  async: boolean;
  /** The i-th set; async: returns a promise. */
  set(i: number): unknown;
}

export interface LongestStall {
  ownMs: number;
  wallMs: number;
  worstSetMs: number;
}

export async function longestStall(work: StallWork): Promise<LongestStall> {
  const scheduler = new SchedulerWait();
  const worst: LongestStall = { ownMs: 0, wallMs: 0, worstSetMs: 0 };
  let waited = scheduler.readMs();
  let began = performance.now();
  for (let i = 0; i < work.sets; i += setsATurn) {
    const end = Math.min(work.sets, i + setsATurn);
    const setMs = work.async ? await turnAsync(work, i, end) : turnSync(work, i, end);
    await turn();

    const wallMs = performance.now() - began;
    const waitedNow = scheduler.readMs();
    const waitMs = waitedNow - waited;
    worst.wallMs = Math.max(worst.wallMs, wallMs);
    worst.ownMs = Math.max(worst.ownMs, wallMs - waitMs);
    worst.worstSetMs = Math.max(worst.worstSetMs, setMs - waitMs);
    waited = waitedNow;
    began = performance.now();
  }
  scheduler.close();
  return worst;
}

/** Returns the slowest set's time. */
function turnSync(work: StallWork, from: number, to: number): number {
  let slowest = 0;
  let before = performance.now();
  for (let i = from; i < to; i++) {
    work.set(i);
    const now = performance.now();
    if (now - before > slowest) slowest = now - before;
    before = now;
  }
  return slowest;
}

async function turnAsync(work: StallWork, from: number, to: number): Promise<number> {
  let slowest = 0;
  let before = performance.now();
  for (let i = from; i < to; i++) {
    await work.set(i);
    const now = performance.now();
    if (now - before > slowest) slowest = now - before;
    before = now;
  }
  return slowest;
}
