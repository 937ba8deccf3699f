/**
 * The stamps that this process knows: so many at most, and those that were asked for last. What leaves is looked up again when a
 * record bears its mark, so a small capacity costs round trips and nothing else.
 *
 * What may be believed of them depends on the bus:
 *
 *   - it tells of every invalidation: a stamp is good until it is told otherwise;
 *   - it is behind: for `ttlMs` after it was read, and what was read before the bus fell behind for `ttlMs` after that.
 */

interface Known {
  stamp: number;
  /** Before the look-up was sent. */
  readonly readAtMs: number;
}

export class KnownStamps {
  /** In the order of their last use. */
  readonly #all = new Map<string, Known>();
  readonly #capacity: number;
  readonly #ttlMs: number;
  /** Undefined: the bus tells of everything. */
  #behindSinceMs: number | undefined;

  constructor(capacity: number, ttlMs: number) {
    this.#capacity = capacity;
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Whether the bus is behind, from now on. */
  setBehind(isBehind: boolean, nowMs: number): void {
    if (!isBehind) this.#behindSinceMs = undefined;
    else this.#behindSinceMs ??= nowMs;
  }

  /** Undefined: not known, or for too long. */
  get(mark: string, nowMs: number): number | undefined {
    const known = this.#all.get(mark);
    if (known === undefined) return undefined;
    this.#all.delete(mark);
    const since = this.#behindSinceMs;
    if (since !== undefined && nowMs - Math.max(since, known.readAtMs) >= this.#ttlMs) return undefined;
    this.#all.set(mark, known);
    return known.stamp;
  }

  /** What was read, or what came of raising it here. */
  put(mark: string, stamp: number, readAtMs: number): void {
    const old = this.#all.get(mark);
    this.#all.delete(mark);
    this.#all.set(mark, { stamp: Math.max(stamp, old?.stamp ?? 0), readAtMs });
    if (this.#all.size <= this.#capacity) return;
    for (const oldest of this.#all.keys()) {
      this.#all.delete(oldest);
      return;
    }
  }

  /**
   * Somebody else raised it. One that is not known stays so: what is told now does not say that nothing was missed before.
   */
  raise(mark: string, stamp: number): void {
    const known = this.#all.get(mark);
    if (known !== undefined && known.stamp < stamp) known.stamp = stamp;
  }

  drop(mark: string): void {
    this.#all.delete(mark);
  }

  clear(): void {
    this.#all.clear();
  }
}
