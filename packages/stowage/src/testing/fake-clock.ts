/**
 * A clock that only moves when a test says so.
 *
 * Everything in the cache that has to do with time takes a `Clock`; this one makes expiry, janitors, timeouts and
 * back-off exact and instant. Time moves in three ways, because the world has three:
 *
 *   advance(ms)   time passes, each timer fires at its own moment, in order; also those set by a timer
 *   sleep(ms)     the machine sleeps or the event loop is blocked: time jumps, then each timer that is due fires once, late
 *   shiftWall(ms) somebody sets the system clock, forwards or backwards: `now()` does not notice
 *
 * `pending` is the number of timers that are set: a test that ends with more than it began with has found a leak.
 * Left out on purpose: faking Date or the global timers. A cache that reads those instead of its clock fails here.
 */
import type { Clock, TimerHandle } from "../base/clock.js";

/** Where `now()` starts: not 0, so that a monotonic time is never mistaken for a duration. */
const NOW_START_MS = 1_000;
/** Where `wall()` starts (2026-01-01): far from `now()`, so that the two are never mistaken for each other. */
const WALL_START_MS = Date.UTC(2026, 0, 1);
/** One call that fires more timers than this is a timer that sets itself again with a delay of 0. */
const FIRINGS_MAX = 1_000_000;

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
}

export class FakeClock implements Clock {
  #nowMs = NOW_START_MS;
  #wallShiftMs = WALL_START_MS - NOW_START_MS;
  #fired = 0;
  /** In the order in which they were set, which is the order of those due at the same moment. */
  readonly #timers = new Set<Timer>();

  /** Monotonic milliseconds. */
  now(): number {
    return this.#nowMs;
  }

  /** Milliseconds since 1970, as the system clock shows them. */
  wall(): number {
    return this.#nowMs + this.#wallShiftMs;
  }

  setTimer(fn: () => void, ms: number): TimerHandle {
    if (!(ms >= 0)) throw new RangeError(`FakeClock: a timer needs a delay of 0 ms or more, not ${ms}`);
    const timer: Timer = { dueMs: this.#nowMs + ms, fn };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(handle: TimerHandle): void {
    this.#timers.delete(handle as Timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How many timers have fired so far. */
  get fired(): number {
    return this.#fired;
  }

  /** Milliseconds until the next timer is due; undefined when none is set. */
  get nextIn(): number | undefined {
    const timer = this.#next();
    return timer && Math.max(0, timer.dueMs - this.#nowMs);
  }

  /** Moves to the next timer and fires that one alone. False when none is set. */
  step(): boolean {
    const timer = this.#next();
    if (!timer) return false;
    this.#fire(timer);
    return true;
  }

  /** Lets time pass and fires each due timer at its moment, also those that timers set. */
  advance(ms: number): void {
    const targetMs = this.#target(ms);
    for (let timer = this.#due(targetMs), n = 0; timer; timer = this.#due(targetMs)) {
      this.#fire(timer);
      this.#guard(++n);
    }
    this.#nowMs = targetMs;
  }

  /** The same as `advance`, and lets promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const targetMs = this.#target(ms);
    await settle();
    for (let timer = this.#due(targetMs), n = 0; timer; timer = this.#due(targetMs)) {
      this.#fire(timer);
      this.#guard(++n);
      await settle();
    }
    this.#nowMs = targetMs;
    await settle();
  }

  /** Jumps, then fires each timer that is due by then, once and late; a timer set meanwhile waits for its own time. */
  sleep(ms: number): void {
    this.#nowMs = this.#target(ms);
    for (let timer = this.#due(this.#nowMs), n = 0; timer; timer = this.#due(this.#nowMs)) {
      this.#fire(timer);
      this.#guard(++n);
    }
  }

  /** Sets the system clock forwards, or backwards with a negative number. */
  shiftWall(ms: number): void {
    this.#wallShiftMs += ms;
  }

  #target(ms: number): number {
    if (!(ms >= 0 && Number.isFinite(ms)))
      throw new RangeError(`FakeClock: time moves by 0 ms or more, not by ${ms}`);
    return this.#nowMs + ms;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.dueMs < next.dueMs) next = timer;
    }
    return next;
  }

  #due(byMs: number): Timer | undefined {
    const timer = this.#next();
    return timer && timer.dueMs <= byMs ? timer : undefined;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#fired += 1;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.fn();
  }

  #guard(firings: number): void {
    if (firings > FIRINGS_MAX)
      throw new Error(
        `FakeClock: over ${FIRINGS_MAX} timers fired in one call: one sets itself again at once`,
      );
  }
}

/** Resolves once every promise that can settle without a timer or I/O has settled. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    const soon = (globalThis as { setImmediate?: (fn: () => void) => unknown }).setImmediate;
    if (soon) soon(resolve);
    else setTimeout(resolve, 0);
  });
}
