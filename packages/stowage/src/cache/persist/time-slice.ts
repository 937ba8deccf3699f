/**
 * Keeps a long job from holding up the event loop.
 *
 * Counting entries is not enough: the first thousand run in cold code, ten times slower than the rest, and values differ
 * by orders of magnitude. So the clock is looked at, but not for each entry, as that would cost as much as the entry.
 */
import type { Clock } from "../../base/clock.js";
import { nextTurn } from "../../base/next-turn.js";

/** How long to work at a stretch: with what else a turn of the loop does, it stays below 5 ms. */
const stretchMs = 2;
const entriesBetweenLooks = 16;

export class TimeSlice {
  readonly #clock: Clock;
  #sinceMs: number;
  #entries = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.now();
  }

  /** To be asked after each entry, or after what takes as long as so many; true: it is time to rest. */
  isSpent(entries = 1): boolean {
    this.#entries += entries;
    if (this.#entries < entriesBetweenLooks) return false;
    this.#entries = 0;
    return this.#clock.now() - this.#sinceMs >= stretchMs;
  }

  /** Gives the event loop a turn. Awaiting I/O usually does, but not when a driver answers from memory. */
  async rest(): Promise<void> {
    await nextTurn();
    this.#sinceMs = this.#clock.now();
  }
}
