/** What loaders and update functions return when a bare value does not say enough. */
import { Commit, Ignore, type SetOptions } from "./types.js";

/**
 * Store this value, and so: `return commit(user, { ttl: "1m", tags: ["users"] })`.
 * What is not given here is taken from the call, then from the cache.
 */
export function commit<V>(value: V, options?: SetOptions): Commit<V> {
  return new Commit(value, options);
}

/** Return this value and store nothing: `return ignore(fallback)`. */
export function ignore<V>(value: V): Ignore<V> {
  return new Ignore(value);
}
