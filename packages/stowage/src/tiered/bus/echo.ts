/**
 * Whether the bus is there in both directions: one's own beats have to come back. What was published before a beat that came back
 * was sent has been heard, or is known to be lost; so the time since then is how far behind this process may be.
 *
 * A connection may be half open: nothing fails, and nothing comes. Then the beats do not come back either.
 */

const NEVER = Number.NEGATIVE_INFINITY;
/** Beats on their way that are remembered: a bus that needs longer is behind in any case. */
const BEATS_MAX = 64;

export class Echo {
  /** Number and time of those of this connection that have not come back, in their order. */
  readonly #underWay = new Map<number, number>();
  #beats = 0;
  #knownUntilMs = NEVER;

  /** The number of a beat that is to be sent now. */
  next(nowMs: number): number {
    const beat = ++this.#beats;
    this.#underWay.set(beat, nowMs);
    if (this.#underWay.size > BEATS_MAX) {
      const [[oldest]] = this.#underWay;
      this.#underWay.delete(oldest);
    }
    return beat;
  }

  /** One came back. */
  heard(beat: number): void {
    const sentAtMs = this.#underWay.get(beat);
    if (sentAtMs === undefined) return;
    for (const each of this.#underWay.keys()) if (each <= beat) this.#underWay.delete(each);
    this.#knownUntilMs = Math.max(this.#knownUntilMs, sentAtMs);
  }

  /** The connection is another one, or may be: only beats that are sent from now on tell of it. */
  distrust(): void {
    this.#underWay.clear();
    this.#knownUntilMs = NEVER;
  }

  /** Milliseconds since all that was published before was heard; Infinity: never. */
  lagMs(nowMs: number): number {
    return nowMs - this.#knownUntilMs;
  }
}
