/** Something that is done now and then, from the first call on, until it is closed. One round that fails is followed by the next. */
import type { Clock, TimerHandle } from "../base/clock.js";

export class Rounds {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #round: () => Promise<unknown>;
  #timer: TimerHandle | undefined;
  #isClosed = false;
  /** Rounds that have failed. */
  failures = 0;

  constructor(clock: Clock, everyMs: number, round: () => Promise<unknown>) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#round = round;
  }

  start(): void {
    if (this.#timer !== undefined || this.#isClosed || this.#everyMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimer(() => void this.#run(), this.#everyMs);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
  }

  async #run(): Promise<void> {
    // What went wrong goes wrong at the next call as well, and is told there.
    await this.#round().catch(() => {
      this.failures++;
    });
    this.#timer = undefined;
    this.start();
  }
}
