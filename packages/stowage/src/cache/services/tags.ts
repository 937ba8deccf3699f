/**
 * Tags: invalidating one costs the same however many entries bear it.
 *
 * Every write of a tagged entry and every invalidation takes the next number of one sequence. An entry is valid as long
 * as none of its tags was invalidated after it was written; reads check that, and the janitor gives back the memory of
 * invalid entries piece by piece. A tag is remembered while entries bear it, and not longer: bookkeeping is bounded by
 * the entries there are. Loads are the exception: a value that is still being loaded may turn out to bear a tag that was
 * invalidated meanwhile, so while loads run, invalidations are remembered, up to RECENT_MAX; beyond that, every load
 * that has begun by then counts as overtaken for all tags.
 */
import { assert } from "../../base/assert.js";

const RECENT_MAX = 10_000;

interface Tag {
  readonly name: string;
  /** The number of its last invalidation; 0: none since it is remembered. */
  invalidatedAt: number;
  entries: number;
}

interface Label {
  readonly writtenAt: number;
  readonly tags: readonly Tag[];
}

const NO_TAGS: readonly string[] = Object.freeze([]);

export class Tags {
  /** Whether any entry bears a tag: until then nothing here is to be asked. */
  used = false;
  /** Counts writes and invalidations. */
  sequence = 0;
  /** The number of the last invalidation, for whoever cleans up. */
  invalidatedAt = 0;
  #labels: (Label | undefined)[] = [];
  readonly #tags = new Map<string, Tag>();
  /** Tags invalidated while loads run, by name. */
  readonly #recent = new Map<string, number>();
  #recentFrom = 0;
  /** Where the sweep is; which invalidation it will have dealt with at the end; which one it has. */
  #sweepAt = 0;
  #sweepUntil = 0;
  #sweptTo = 0;

  get size(): number {
    return this.#tags.size;
  }

  attach(slot: number, names: readonly string[]): void {
    if (!this.used && names.length === 0) return;
    this.detach(slot);
    if (names.length === 0) return;
    this.used = true;
    const tags = [...new Set(names)].map((name) => this.#tagOf(name));
    for (const tag of tags) tag.entries++;
    this.#labels[slot] = { writtenAt: ++this.sequence, tags };
  }

  detach(slot: number): void {
    const label = this.#labels[slot];
    if (label === undefined) return;
    this.#labels[slot] = undefined;
    for (const tag of label.tags) if (--tag.entries === 0) this.#tags.delete(tag.name);
  }

  isInvalid(slot: number): boolean {
    const label = this.#labels[slot];
    if (label === undefined) return false;
    for (const tag of label.tags) if (tag.invalidatedAt > label.writtenAt) return true;
    return false;
  }

  namesOf(slot: number): readonly string[] {
    return this.#labels[slot]?.tags.map((tag) => tag.name) ?? NO_TAGS;
  }

  /** `loading`: whether loads are under way that may not know their tags yet. */
  invalidate(name: string, loading: boolean): void {
    const number = ++this.sequence;
    const tag = this.#tags.get(name);
    if (tag !== undefined) {
      tag.invalidatedAt = number;
      this.invalidatedAt = number;
    }
    if (loading) this.#remember(name, number);
    else this.forgetRecent();
  }

  /** Whether any of the tags was invalidated after that number of the sequence. */
  invalidatedSince(names: readonly string[], since: number): boolean {
    if (names.length > 0 && this.#recentFrom > since) return true;
    return names.some((name) => (this.#recent.get(name) ?? 0) > since);
  }

  /** No load is under way any more. */
  forgetRecent(): void {
    if (this.#recent.size > 0) this.#recent.clear();
  }

  /**
   * Looks at up to `limit` slots for entries that an invalidation has made unreadable since the last full round, and
   * hands them over for removal; false when there is nothing left to look at.
   */
  sweep(limit: number, onInvalid: (slot: number) => void): boolean {
    if (this.#sweepAt === 0) this.#sweepUntil = this.invalidatedAt;
    if (this.#sweptTo === this.#sweepUntil) return false;
    const end = Math.min(this.#labels.length, this.#sweepAt + limit);
    for (; this.#sweepAt < end; this.#sweepAt++) if (this.isInvalid(this.#sweepAt)) onInvalid(this.#sweepAt);
    if (this.#sweepAt < this.#labels.length) return true;
    this.#sweepAt = 0;
    this.#sweptTo = this.#sweepUntil;
    return this.#sweptTo !== this.invalidatedAt;
  }

  clear(): void {
    this.#sweepAt = 0;
    this.#sweptTo = this.invalidatedAt;
    this.used = false;
    this.#labels = [];
    this.#tags.clear();
  }

  verify(slots: readonly number[]): void {
    const counts = new Map<Tag, number>();
    const occupied = new Set(slots);
    for (const [slot, label] of this.#labels.entries()) {
      if (label === undefined) continue;
      assert(occupied.has(slot), "tags: a free slot bears tags");
      for (const tag of label.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    assert(counts.size === this.#tags.size, "tags: a tag is remembered that no entry bears");
    for (const [tag, count] of counts) assert(tag.entries === count, "tags: a tag's count is wrong");
  }

  #tagOf(name: string): Tag {
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = { name, invalidatedAt: 0, entries: 0 };
      this.#tags.set(name, tag);
    }
    return tag;
  }

  #remember(name: string, number: number): void {
    if (this.#recent.size >= RECENT_MAX && !this.#recent.has(name)) {
      this.#recent.clear();
      this.#recentFrom = number;
    }
    this.#recent.set(name, number);
  }
}
