/**
 * L1 of one namespace: a cache of this process, or one that threads share, which the namespace has to itself. What it adds to the
 * cache: claims, under which a value that was waited for is put in or refused, and having none (`l1: false`): then the cache
 * is there and stays empty, so that loads are shared and failures remembered all the same.
 *
 * Invariant: what was read from L2, or loaded, goes in under a claim that was taken before the reading began. A write of the
 * key, a message about it, a tag of it, a flush: each makes the claim void, and the value is given to its callers only.
 */
import { Cache, loadingOf } from "../../cache/cache.js";
import type { BoundFetchOptions } from "../../cache/options.js";
import type { Claim, LoadingCache } from "../../cache/services/loading.js";
import type { SetOptions } from "../../cache/types.js";
import { loadingOfShared, type SharedCache } from "../../table/shared-cache/shared-cache.js";

export type L1Cache = Cache<string, unknown> | SharedCache<unknown>;

export class L1 {
  readonly cache: L1Cache;
  /** The inside of it: entries with their lives, loads, outcomes. */
  readonly loading: LoadingCache<string, unknown>;
  /** False: nothing is kept. */
  readonly keeps: boolean;
  /** Made here, and to be closed here. */
  readonly isOwn: boolean;
  /** Of the cache's own option `ttl`. */
  readonly ttlMsMax: number;

  constructor(cache: L1Cache, keeps: boolean, isOwn: boolean) {
    this.cache = cache;
    this.loading = cache instanceof Cache ? loadingOf(cache) : loadingOfShared(cache);
    this.keeps = keeps;
    this.isOwn = isOwn;
    this.ttlMsMax = ownTtlOf(this.loading);
  }

  /**
   * The right to put in what is read from now on; to be ended once. Undefined: another thread has it, and what is read is not
   * kept.
   */
  claim(key: string): Claim<unknown> | undefined {
    const claim = this.loading.shelf.claim(key);
    return claim === undefined || this.keeps ? claim : new EmptyHanded(claim);
  }
}

/** A claim that stores nothing: there is no L1. */
class EmptyHanded implements Claim<unknown> {
  readonly #claim: Claim<unknown>;

  constructor(claim: Claim<unknown>) {
    this.#claim = claim;
  }

  get overtaken(): boolean {
    return this.#claim.overtaken;
  }

  invalidated(tags: readonly string[]): boolean {
    return this.#claim.invalidated(tags);
  }

  store(_value: unknown, { tags = [] }: SetOptions): boolean {
    return !this.overtaken && !this.invalidated(tags);
  }

  foundNothing(how: BoundFetchOptions): void {
    this.#claim.foundNothing(how);
  }

  end(): void {
    this.#claim.end();
  }
}

function ownTtlOf(loading: LoadingCache<string, unknown>): number {
  const { ttl } = loading.options as { readonly ttl?: unknown };
  return typeof ttl === "number" ? ttl : Number.POSITIVE_INFINITY;
}
