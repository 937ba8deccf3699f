/**
 * Loading and warming a cache that threads share: a claim is a lease, which one thread has at a time, and which every
 * thread's write of the key marks.
 */
import { InvalidValueError } from "../../base/errors.js";
import { jittered } from "../../cache/core/jitter.js";
import { type BoundFetchOptions, keepMsOf } from "../../cache/options.js";
import type { Claim, Life, Shelf, Stale, Warmth } from "../../cache/services/loading.js";
import type { SetOptions } from "../../cache/types.js";
import { KIND_LOAD } from "../leases/layout.js";
import { pause, untilChanged } from "../leases/waiting.js";
import { hashTags } from "../tags.js";
import { LIVE, look, NONE, removeVersion, STALE, trailerOf, valueIn, write } from "./entry.js";
import type { SharedState } from "./state.js";
import { type SharedStoring, storingOf } from "./storing.js";
import { SharedWarmth } from "./warmth.js";

/** Where too many keys are loaded at a time for the leases there are. */
const CROWDED_MS = 5;

export class SharedShelf<V> implements Shelf<string, V> {
  readonly #state: SharedState<V>;

  constructor(state: SharedState<V>) {
    this.#state = state;
  }

  read(key: string): V | undefined {
    const s = this.#state;
    if (look(s, key, "fetch", true) !== LIVE) return undefined;
    s.stats.hits++;
    return valueIn(s, key);
  }

  peek(key: string): V | undefined {
    return look(this.#state, key, "fetch", false) === LIVE ? valueIn(this.#state, key) : undefined;
  }

  stale(key: string): Stale<V> | undefined {
    const s = this.#state;
    if (look(s, key, "fetch", false) !== STALE) return undefined;
    const { ttl, keepMs } = s.reading;
    return { value: valueIn(s, key), expiredAt: s.time.now() + ttl - keepMs };
  }

  life(key: string): Life | undefined {
    const s = this.#state;
    if (look(s, key, "fetch", false) !== LIVE) return undefined;
    const { ttl, ttlGiven, keepMs } = s.reading;
    if (ttl === Number.POSITIVE_INFINITY) return undefined;
    return { leftMs: ttl - keepMs, ttlMs: ttlGiven - keepMs, costMs: trailerOf(s).costMs };
  }

  claim(key: string): Claim<V> | undefined {
    const { t } = this.#state;
    t.key.take(key, "fetch");
    const { token } = t.leases.acquire(t.key.h1, t.key.h2(), KIND_LOAD, Number.POSITIVE_INFINITY, true);
    return token === 0 ? undefined : new LeaseClaim(this.#state, key, token);
  }

  untilFree(key: string, signal: AbortSignal): Promise<void> {
    const { t, time } = this.#state;
    t.key.take(key, "fetch");
    const change = t.leases.changeOf(t.key.h1, t.key.h2(), KIND_LOAD);
    if (change !== undefined) return untilChanged(change, time.clock, change.until - time.now(), signal);
    return look(this.#state, key, "fetch", false) === LIVE
      ? Promise.resolve()
      : pause(time.clock, CROWDED_MS, signal);
  }

  watchAll(): Warmth<string, V> {
    return new SharedWarmth(this.#state);
  }
}

class LeaseClaim<V> implements Claim<V> {
  readonly #state: SharedState<V>;
  readonly #key: string;
  readonly #token: number;
  readonly #sequence: number;

  constructor(state: SharedState<V>, key: string, token: number) {
    this.#state = state;
    this.#key = key;
    this.#token = token;
    this.#sequence = state.t.leases.sequence(token);
  }

  get overtaken(): boolean {
    return !this.#state.t.leases.isGood(this.#token);
  }

  invalidated(tags: readonly string[]): boolean {
    return this.#state.t.tags.invalidatedSince(hashTags(tags, "fetch"), this.#sequence);
  }

  store(value: V, options: SetOptions, how: BoundFetchOptions, costMs: number): boolean {
    const s = this.#state;
    const storing = this.#storing(value, options, how, costMs);
    if (s.closed || this.invalidated(storing.tags)) return false;
    // The last word is said under the lock of the key's bucket; an invalidation in between finds an old sequence.
    const guard = (): boolean => s.t.leases.isGood(this.#token);
    const stored = write(s, this.#key, value, storing, "fetch", { guard, tagSequence: this.#sequence });
    s.removals.flush();
    return stored !== 0;
  }

  foundNothing(how: BoundFetchOptions): void {
    const s = this.#state;
    if (s.closed || this.overtaken || this.invalidated(how.tags)) return;
    const { leases } = s.t;
    // An old value goes, unless it was written since; our own removal of it marks the lease, and is forgiven.
    if (look(s, this.#key, "fetch", false) !== NONE) {
      const { version } = s.reading;
      if (!removeVersion(s, this.#key, version, "fetch") || !leases.forgiveOne(this.#token)) return;
    }
    if (how.negativeTtl > 0)
      leases.foundNothing(this.#token, s.time.now() + how.negativeTtl, hashTags(how.tags, "fetch"));
    s.removals.flush();
  }

  end(): void {
    this.#state.t.leases.release(this.#token);
  }

  #storing(value: V, options: SetOptions, how: BoundFetchOptions, costMs: number): SharedStoring {
    const s = this.#state;
    if (value === undefined) throw new InvalidValueError("fetch", this.#key);
    const storing = storingOf(s, this.#key, value, options, "fetch", keepMsOf(how));
    // Where the cache's own jitter has shortened the cache's own ttl already, that will do.
    const done = options.ttl === undefined && s.options.jitter > 0;
    const ttlMs = done ? storing.ttlMs : jittered(storing.ttlMs, how.jitter, s.options.random);
    return { ...storing, ttlMs, costMs: how.earlyRefresh === false ? 0 : costMs };
  }
}
