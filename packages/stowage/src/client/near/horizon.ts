/**
 * Up to which moment of this process's clock all changes of a server are known: what the bound on staleness rests on.
 *
 * The two clocks tell different times, and nothing here sets one by the other. What is known of a connection:
 *
 *     this process   sentAt ─────────────────────────────── sentAt + (at - at0)
 *                        \ the request                             ^ not later than the moment that the server calls `at`
 *     the server           at0 ──────────────────────────── at
 *
 * The server reads at0 after it got the request, so the moment that it calls at0 is not before sentAt. Clocks that run at
 * the same speed put the moment that it calls `at` at not before sentAt + (at - at0). And an event `alive` that says `at`
 * comes behind all changes made before `at`. So when it has come, all changes made before sentAt + (at - at0) are known,
 * however long it was on its way, and whatever the network did to the connection.
 *
 * Clocks do not run at quite the same speed. DRIFT is taken off for as long as the connection lasts, and when that is more
 * than a 16th of the bound, a new connection begins the reckoning anew (`isWorn`).
 */

/** Crystals are within 100 ppm, and 500 is what NTP may slew by while it sets a clock right. */
const DRIFT = 500e-6;
const WORN_SHARE = 1 / 16;

export class Horizon {
  readonly #sentAtMs: number;
  /** The server's clock in the first `alive`. */
  #firstAtMs: number | undefined;
  #lastAtMs = 0;

  /** @param sentAtMs this process's clock, read before the request was sent */
  constructor(sentAtMs: number) {
    this.#sentAtMs = sentAtMs;
  }

  /** Whether an `alive` has come. */
  get isKnown(): boolean {
    return this.#firstAtMs !== undefined;
  }

  /** Takes note of an `alive`. Returns the moment, of this process's clock, up to which all changes are known. */
  alive(atMs: number): number {
    this.#firstAtMs ??= atMs;
    this.#lastAtMs = atMs;
    return this.#sentAtMs + this.#elapsedMs * (1 - DRIFT);
  }

  /** Whether what is taken off for drift has become too much of a bound of so many milliseconds. */
  isWorn(boundMs: number): boolean {
    return this.#elapsedMs * DRIFT > boundMs * WORN_SHARE;
  }

  get #elapsedMs(): number {
    return this.#firstAtMs === undefined ? 0 : this.#lastAtMs - this.#firstAtMs;
  }
}
