/**
 * How much of the cache the window has: moved, once per as many requests as there are entries, towards where an entry
 * earns more hits.
 *
 *     density  = hits per entry, of window and of main, smoothed over the last periods
 *     share   += 3 % of the cache * ln(density of window / density of main)
 *
 * Workloads that favour the recent (a stack, a walk to and fro) give the window the higher density until it has nearly
 * all; loops and stable favourites the main space. Neither side ever gets all, since what has no entries cannot show
 * what they would earn.
 */
/** A new cache's window. */
const SHARE_FIRST = 0.05;
/** One entry in a hundred: too few to cost much, enough to measure. Also kept for main. */
const SHARE_MIN = 0.01;
/** Share moved when one density is e times the other; at 0.015 and at 0.06 the traces come out the same within 0.6 %. */
const GAIN = 0.03;
/** The most that is moved at once. */
const MOVE_MAX = 0.3;
/** Hits per entry added to both densities, so that a few hits more or less do not count where there are few. */
const PRIOR = 0.01;
/** What the past periods together weigh against the last one. */
const PAST = 0.5;

/** Numbers that a share is kept in: itself (0: a new one's), and the smoothed hits of window and main. */
export const SHARE_NUMBERS = 3;
const SHARE = 0;
const WINDOW_HITS = 1;
const MAIN_HITS = 2;

export class WindowShare {
  readonly #numbers: Float64Array;

  /** Threads that give it the same numbers see one share. */
  constructor(numbers: Float64Array = new Float64Array(SHARE_NUMBERS)) {
    this.#numbers = numbers;
  }

  /** Part of the whole that the window should have, from 0 to 1. */
  get value(): number {
    return this.#numbers[SHARE] || SHARE_FIRST;
  }

  /** Entries of `room` that the window should have: at least one, and one less than all where there are more. */
  of(room: number): number {
    return Math.max(1, Math.min(room - 1, Math.round(this.value * room)));
  }

  /** Hits counted in a period, and the entries that earned them. */
  adapt(windowHits: number, mainHits: number, windowEntries: number, mainEntries: number): void {
    const windowDensity = this.#smooth(WINDOW_HITS, windowHits) / Math.max(1, windowEntries) + PRIOR;
    const mainDensity = this.#smooth(MAIN_HITS, mainHits) / Math.max(1, mainEntries) + PRIOR;
    const move = GAIN * Math.log(windowDensity / mainDensity);
    const share = this.value + Math.max(-MOVE_MAX, Math.min(MOVE_MAX, move));
    this.#numbers[SHARE] = Math.max(SHARE_MIN, Math.min(1 - SHARE_MIN, share));
  }

  #smooth(place: number, hits: number): number {
    this.#numbers[place] = PAST * this.#numbers[place] + (1 - PAST) * hits;
    return this.#numbers[place];
  }
}
