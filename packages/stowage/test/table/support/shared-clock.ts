/**
 * A fake clock that all threads of a test read: time moves when one of them says so, and for all at once.
 *
 * Timers belong to the thread that set them, and ring when that thread says so (`ring`): a test decides who does a janitor's
 * work, and when.
 */
import type { Clock, TimerHandle } from "../../../src/base/clock.js";

/** As FakeClock: not 0, and the wall far from it. */
const START_MS = 1_000;
const WALL_SHIFT_MS = Date.UTC(2026, 0, 1);

interface Timer {
  readonly fn: () => void;
  readonly dueMs: number;
}

export class SharedClock implements Clock {
  readonly #timers = new Set<Timer>();
  /** Milliseconds in thousandths, so that Atomics can move them. */
  readonly #micros: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#micros = new BigInt64Array(buffer);
  }

  now(): number {
    return START_MS + Number(Atomics.load(this.#micros, 0)) / 1_000;
  }

  wall(): number {
    return this.now() + WALL_SHIFT_MS;
  }

  advance(ms: number): void {
    Atomics.add(this.#micros, 0, BigInt(Math.round(ms * 1_000)));
  }

  setTimer(fn: () => void, ms: number): TimerHandle {
    const timer = { fn, dueMs: this.now() + ms };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(handle: TimerHandle): void {
    this.#timers.delete(handle as Timer);
  }

  /** Calls what is due in this thread by now, each timer once. */
  ring(): void {
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= this.now());
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.fn();
    }
  }
}
