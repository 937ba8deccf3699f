/**
 * One run of a warmer in a cache that threads share: from its beginning it follows the table's feed, and what others
 * wrote, deleted or cleared meanwhile stays as it is.
 *
 * For each key a lease is taken first and the feed read then, so that every write is seen: one before the lease stands in
 * the feed, one after it marks the lease. A key that is being loaded is left to its loader.
 */
import { checkValue } from "../../cache/core/put.js";
import type { Warmth } from "../../cache/services/loading.js";
import type { SetOptions } from "../../cache/types.js";
import type { Follower } from "../feed/types.js";
import { KIND_LOAD } from "../leases/layout.js";
import { hashTags } from "../tags.js";
import { write } from "./entry.js";
import type { SharedState } from "./state.js";
import { type SharedStoring, storingOf } from "./storing.js";

export class SharedWarmth<V> implements Warmth<string, V> {
  readonly #state: SharedState<V>;
  readonly #follower: Follower;
  readonly #tagsAt: number;
  /** Keys written by others, by their hashes; what is written here is taken out again. */
  readonly #written = new Set<string>();
  #all = false;

  constructor(state: SharedState<V>) {
    this.#state = state;
    this.#follower = state.table.follow();
    this.#tagsAt = state.t.tags.sequence;
  }

  store(entries: readonly (readonly [string, V])[], options: SetOptions | undefined): number {
    const s = this.#state;
    const checked = [...new Map(entries)].map(([key, value]) => {
      checkValue(value, key, "warmer");
      return { key, value, how: storingOf(s, key, value, options, "warmer") };
    });
    let stored = 0;
    for (const { key, value, how } of checked) if (this.#storeOne(key, value, how)) stored++;
    s.removals.flush();
    return stored;
  }

  end(): void {
    this.#follower.close();
  }

  #storeOne(key: string, value: V, how: SharedStoring): boolean {
    const s = this.#state;
    const { leases, tags } = s.t;
    s.t.key.take(key, "warmer");
    const h1 = s.t.key.h1;
    const h2 = s.t.key.h2();
    const { token } = leases.acquire(h1, h2, KIND_LOAD, Number.POSITIVE_INFINITY, true);
    if (token === 0) return false;
    try {
      this.#readFeed();
      if (this.#all || this.#written.has(`${h1} ${h2}`)) return false;
      if (tags.invalidatedSince(hashTags(how.tags, "warmer"), this.#tagsAt)) return false;
      const guard = (): boolean => leases.isGood(token);
      return write(s, key, value, how, "warmer", { guard, tagSequence: this.#tagsAt }) !== 0;
    } finally {
      leases.release(token);
    }
  }

  #readFeed(): void {
    for (;;) {
      const { reset, changes } = this.#follower.read();
      if (reset) this.#all = true;
      for (const { kind, h1, h2 } of changes) {
        if (kind === "clear") this.#all = true;
        else if (kind === "set" || kind === "delete") this.#written.add(`${h1} ${h2}`);
      }
      if (changes.length === 0) return;
    }
  }
}
