/**
 * What the script did and what its loads brought: all that is needed to say whether a value may be seen.
 *
 * The log has one entry for each write and invalidation; a moment is its length at that time.
 */
export const KEYS = ["a", "b", "__proto__"] as const;
export const TAGS = ["red", "blue"] as const;

export type Key = (typeof KEYS)[number];
export type Outcome = "value" | "commit" | "ignore" | "nothing" | "error";

/** A load under way, or over. */
export interface Load {
  readonly keys: readonly Key[];
  /** It answers for a list of keys, also when that list has one. */
  readonly bulk: boolean;
  /** The moment when its loader was called. */
  readonly from: number;
  readonly signal: AbortSignal;
  /** Those the caller named. */
  readonly tags: readonly string[];
  /** Those the entry is to bear: the caller's, and what the loader added when it answered. */
  storedTags: readonly string[];
  settle(outcome: Outcome): void;
}

/** What a load brought: says itself which load it was. */
export class Loaded {
  constructor(
    readonly load: Load,
    readonly key: Key,
    /** The load had been given up when this came. */
    readonly late: boolean,
    /** Not meant to be stored. */
    readonly ignored: boolean,
  ) {}
}

export class LoadFailed extends Error {
  constructor(readonly load: Load) {
    super("the load failed, as the script told it to");
  }
}

/** Why a caller's signal was aborted. */
export class GaveUp extends Error {}

type Change = { key: Key } | { tag: string } | { all: true };

export class History {
  readonly #log: Change[] = [];
  readonly #replaced = new Set<Key>();
  readonly #lastSet = new Map<Key, { value: unknown; tags: readonly string[]; at: number }>();

  /** Now. */
  get moment(): number {
    return this.#log.length;
  }

  add(change: Change): void {
    this.#log.push(change);
  }

  set(key: Key, value: unknown, tags: readonly string[]): void {
    this.add({ key });
    this.#lastSet.set(key, { value, tags, at: this.moment });
    this.#replaced.delete(key);
  }

  /** A load that was begun after the last set, forced or behind, has ended: what was set may have made way for it. */
  answered(key: Key, from: number): void {
    const set = this.#lastSet.get(key);
    if (set !== undefined && from >= set.at) this.#replaced.add(key);
  }

  mayBeReplaced(key: Key): boolean {
    return this.#replaced.has(key);
  }

  /** Was the key, one of the tags, or everything written or invalidated between the two moments? */
  changed(key: Key, tags: readonly string[], from: number, to = this.moment): boolean {
    return this.#log.slice(from, to).some((change) => {
      if ("all" in change) return true;
      return "tag" in change ? tags.includes(change.tag) : change.key === key;
    });
  }

  /** The value that was set last, if nothing came after it. */
  standing(key: Key): unknown {
    const set = this.#lastSet.get(key);
    return set !== undefined && !this.changed(key, set.tags, set.at) ? set.value : undefined;
  }
}
