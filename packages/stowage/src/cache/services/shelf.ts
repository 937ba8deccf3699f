/** Loading and warming the cache of this process: a claim is a watch on the key, and nobody beyond `loads` can have it. */
import { jittered } from "../core/jitter.js";
import { storingOf } from "../core/lifetime.js";
import { findLive, isDead, isMortal } from "../core/lookup.js";
import { checkValue, noteMortal, put } from "../core/put.js";
import { drop } from "../core/remove.js";
import { type BoundFetchOptions, keepMsOf } from "../options.js";
import type { State } from "../state.js";
import type { SetOptions } from "../types.js";
import type { Claim, Life, Shelf, Stale, Warmth } from "./loading.js";
import type { Watch } from "./watches.js";

export class LocalShelf<K, V> implements Shelf<K, V> {
  readonly #state: State<K, V>;

  constructor(state: State<K, V>) {
    this.#state = state;
  }

  read(key: K): V | undefined {
    const s = this.#state;
    const slot = s.index.find(key);
    if (slot < 0 || (isMortal(s) && isDead(s, slot))) return undefined;
    s.stats.hits++;
    s.policy.hit(slot);
    if (s.expiry.timed) s.expiry.use(slot);
    return s.entries.value(slot);
  }

  peek(key: K): V | undefined {
    const slot = findLive(this.#state, key);
    return slot < 0 ? undefined : this.#state.entries.value(slot);
  }

  stale(key: K): Stale<V> | undefined {
    const s = this.#state;
    const slot = s.index.find(key);
    if (slot < 0 || !s.expiry.timed || !s.expiry.isExpired(slot) || s.expiry.isGone(slot)) return undefined;
    if (s.tags.used && s.tags.isInvalid(slot)) return undefined;
    return { value: s.entries.value(slot), expiredAt: s.expiry.freshUntil(slot) };
  }

  life(key: K): Life | undefined {
    const { expiry, index, time } = this.#state;
    const slot = expiry.timed ? index.find(key) : -1;
    if (slot < 0) return undefined;
    const leftMs = expiry.ttlUntil(slot) - time.now();
    if (leftMs === Number.POSITIVE_INFINITY) return undefined;
    return { leftMs, ttlMs: expiry.ttlMs(slot), costMs: expiry.costMs(slot) };
  }

  claim(key: K): Claim<V> {
    return new WatchingClaim(this.#state, key);
  }

  untilFree(): Promise<void> {
    return Promise.resolve();
  }

  watchAll(): Warmth<K, V> {
    const s = this.#state;
    const watch = s.watches.addOfAll();
    const tagsAt = s.tags.sequence;
    return {
      store: (entries, options) => {
        const checked = entries.map(([key, value]) => {
          checkValue(value, key, "warmer");
          return { key, value, how: storingOf(s, key, value, options, "warmer") };
        });
        let stored = 0;
        for (const { key, value, how } of checked) {
          if (watch.overtook(key) || s.tags.invalidatedSince(how.tags, tagsAt)) continue;
          if (put(s, key, value, how, "warm")) stored++;
        }
        s.removals.flush();
        return stored;
      },
      end: () => s.watches.removeOfAll(watch),
    };
  }
}

class WatchingClaim<K, V> implements Claim<V> {
  readonly #state: State<K, V>;
  readonly #key: K;
  readonly #watch: Watch;
  /** The number of the last invalidation of a tag when it began. */
  readonly #tagsAt: number;

  constructor(state: State<K, V>, key: K) {
    this.#state = state;
    this.#key = key;
    this.#watch = state.watches.add(key);
    this.#tagsAt = state.tags.sequence;
  }

  get overtaken(): boolean {
    return this.#watch.overtaken;
  }

  invalidated(tags: readonly string[]): boolean {
    return this.#state.tags.invalidatedSince(tags, this.#tagsAt);
  }

  store(value: V, options: SetOptions, how: BoundFetchOptions, costMs: number): boolean {
    const s = this.#state;
    const storing = storingOf(s, this.#key, value, options, "fetch", keepMsOf(how));
    if (s.closed || this.overtaken || this.invalidated(storing.tags)) return false;
    // Where the cache's own jitter has shortened the cache's own ttl already, that will do.
    const done = options.ttl === undefined && s.options.jitter > 0;
    const ttlMs = done ? storing.ttlMs : jittered(storing.ttlMs, how.jitter, s.options.random);
    put(s, this.#key, value, { ...storing, ttlMs }, "fetch");
    if (how.earlyRefresh !== false) this.#noteCost(costMs);
    s.removals.flush();
    return true;
  }

  foundNothing(how: BoundFetchOptions): void {
    const s = this.#state;
    if (s.closed || this.overtaken || this.invalidated(how.tags)) return;
    const slot = s.index.find(this.#key);
    if (slot >= 0) drop(s, slot, findLive(s, this.#key) >= 0 ? "deleted" : "expired");
    if (how.negativeTtl > 0) s.outcomes.foundNothing(this.#key, s.time.now() + how.negativeTtl, how.tags);
    s.removals.flush();
  }

  end(): void {
    const { tags, watches } = this.#state;
    watches.remove(this.#key, this.#watch);
    if (watches.size === 0) tags.forgetRecent();
  }

  #noteCost(costMs: number): void {
    const s = this.#state;
    const slot = s.index.find(this.#key);
    if (slot < 0) return;
    s.expiry.setCost(slot, costMs);
    noteMortal(s);
  }
}
