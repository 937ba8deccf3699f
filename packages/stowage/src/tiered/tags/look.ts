/**
 * One question to L2 about stamps that is under way. What is heard of its marks meanwhile counts for its answer: a stamp that was
 * read before an invalidation, and arrives after the news of it, must not hide it.
 */

export class Look {
  /** The stamps as far as they are known by now; those to be read begin below any. */
  readonly stamps: Map<string, number>;
  /** What it reads may be kept: nothing was missed since it began. */
  isKept = true;

  constructor(
    /** The clock, before it was sent. */
    readonly beganAtMs: number,
    known: ReadonlyMap<string, number>,
    unknown: Iterable<string>,
  ) {
    this.stamps = new Map(known);
    for (const mark of unknown) this.stamps.set(mark, 0);
  }

  /** Only ever upwards; marks that it has nothing to do with are left out. */
  raise(mark: string, stamp: number): void {
    const known = this.stamps.get(mark);
    if (known !== undefined && known < stamp) this.stamps.set(mark, stamp);
  }
}
