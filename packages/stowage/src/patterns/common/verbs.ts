/**
 * What patterns ask of a cache: the verbs that the cache of the process, the shared one, tiers and the client all have. Some answer at
 * once, others with a promise; patterns wait for either.
 */
import type { Duration } from "../../base/duration.js";
import type { Loader } from "../../cache/types.js";

export interface CacheSetOptions {
  ttl?: Duration | null;
  tags?: readonly string[];
}

/** How a pattern loads: what all those caches know of. */
export interface CacheFetchOptions {
  ttl?: Duration | null;
  tags?: readonly string[];
  grace?: Duration;
  staleWhileRevalidate?: Duration;
  refreshAhead?: number;
  earlyRefresh?: boolean | number;
  jitter?: number;
  timeout?: Duration;
  softTimeout?: Duration;
  negativeTtl?: Duration;
  backoff?: Duration;
  force?: boolean;
  signal?: AbortSignal;
}

// Written as methods, which the compiler compares loosely: each of the caches has verbs of its own types.
export interface CacheVerbs<V> {
  get(key: string): V | undefined | Promise<V | undefined>;
  set(key: string, value: V, options?: CacheSetOptions): unknown;
  delete(key: string): unknown;
  fetch(key: string, loader: Loader<string, V>, options?: CacheFetchOptions): Promise<V | undefined>;
}
