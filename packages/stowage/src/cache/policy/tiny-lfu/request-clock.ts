/**
 * Time for a policy that must not look at a clock: requests counted, in units of the number of entries.
 *
 *     |--- period: as many requests as entries ---|---   the window's share is adapted once a period
 *     | step | step | step | step |                      4 steps of score to a period, 16 to a half-life
 *
 * Reads are counted where they happen, by the space that they hit, since that is what the window's share goes by. They
 * only become time when a victim is wanted: between evictions time stands still, and nobody can tell.
 */
import { earlier, SCORE_STEPS } from "./decayed-score.js";

/** Periods in which a request loses half its weight. At 3 and at 8 the traces come out the same within 0.3 %. */
const HALF_LIFE = 4;
const STEPS_PER_PERIOD = SCORE_STEPS / HALF_LIFE;

/** Steps after which a key counts as unknown: 16 half-lives. Loops over 64 times the entries are still recognised. */
export const HORIZON = 16 * SCORE_STEPS;

export class RequestClock {
  /** Reads in this period that hit [the window, main]. They may wrap: a period without evictions has no end. */
  readonly hits = new Int32Array(2);
  /** Entries added in this period. */
  added = 0;
  /** Steps, of 16 bits. */
  now = 0;
  /** Requests of this period that `now` includes. */
  timed = 0;
  /** Requests to a step of time. */
  #step = 1;

  /** The number of entries changed. */
  paceFor(entries: number): void {
    this.#step = Math.trunc(entries / STEPS_PER_PERIOD) + 1;
  }

  /** Brings `now` up to date; true when a period is over. Time advances by the horizon at most: older is all the same. */
  passes(entries: number): boolean {
    const requests = (this.hits[0] + this.hits[1] + this.added) >>> 0;
    if (requests - this.timed < this.#step) return false;
    const step = this.#step;
    const steps = Math.trunc((requests - this.timed) / step);
    this.now = earlier(this.now, -Math.min(steps, HORIZON));
    this.timed += steps * step;
    return requests >= entries;
  }

  startPeriod(): void {
    this.hits.fill(0);
    this.added = 0;
    this.timed = 0;
  }
}
