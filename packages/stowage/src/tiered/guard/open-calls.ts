/**
 * The calls that have not settled. All have the same time, so the one that began first is due first, and one timer is enough for
 * all of them: to set and clear one for each call would take a tenth of what a small read costs.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";

export interface OpenCall {
  /** By the clock. */
  readonly dueMs: number;
  /** Its time is over: it settles, and is removed. */
  timeOut(): void;
}

export class OpenCalls<Call extends OpenCall> {
  readonly #clock: Clock;
  /** In the order in which they began. */
  readonly #calls = new Set<Call>();
  #timer: TimerHandle | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls.size;
  }

  add(call: Call): void {
    this.#calls.add(call);
    this.#timer ??= this.#arm(call);
  }

  delete(call: Call): void {
    this.#calls.delete(call);
  }

  /** The last one first: what waits does not begin when the one before it ends. No more may be added. */
  endAll(end: (call: Call) => void): void {
    for (const call of [...this.#calls].reverse()) end(call);
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
  }

  #arm({ dueMs }: Call): TimerHandle {
    return this.#clock.setTimer(this.#onTime, Math.max(0, dueMs - this.#clock.now()));
  }

  /** It may have been set for one that has settled since. */
  readonly #onTime = (): void => {
    this.#timer = undefined;
    for (const call of this.#calls) {
      if (call.dueMs > this.#clock.now()) {
        this.#timer = this.#arm(call);
        return;
      }
      call.timeOut();
    }
  };
}
