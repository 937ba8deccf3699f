/**
 * Cache-aside: the program reads the source by way of the cache, writes the source by itself, and tells the cache afterwards that
 * what it has is old. That is as little as a cache can know, and the right thing where others write the source as well.
 *
 * The two mistakes that are easily made by hand are not possible here: a read that began before the write never leaves its old value
 * behind (the cache's `fetch` sees to it), and what was changed is forgotten also where the write failed half way.
 */
import type { Loader } from "../../cache/types.js";
import { checkKey } from "../common/check.js";
import { checkFunction } from "../common/source.js";
import type { CacheVerbs } from "../common/verbs.js";
import { ReadThrough, type ReadThroughOptions } from "./read-through.js";

/** How it loads: what `fetch` of the cache takes. */
export type CacheAsideOptions = ReadThroughOptions;

export interface CacheAside<V> {
  /** The value; where the cache has none, the source's. */
  get(key: string, options?: { signal?: AbortSignal }): Promise<V | undefined>;
  getMany(keys: Iterable<string>, options?: { signal?: AbortSignal }): Promise<Map<string, V>>;
  /**
   * Changes the source, by whatever the function does, and forgets the keys. Rejects with what the function rejects with; the keys
   * are forgotten all the same, for nobody knows how far it came.
   */
  change<T>(keys: string | readonly string[], change: () => T | Promise<T>): Promise<T>;
}

/**
 * @throws InvalidArgumentError for what is no cache or no function
 * @example
 * const users = cacheAside(cache, (id) => db.user(id), { ttl: "10m" });
 * await users.get("1");
 * await users.change("1", () => db.rename("1", "Ada"));
 */
export function cacheAside<V>(
  cache: CacheVerbs<V>,
  load: Loader<string, V>,
  options: CacheAsideOptions = {},
): CacheAside<V> {
  const reading = new ReadThrough(cache, load, options);
  return {
    get: (key, given) => reading.get(key, given),
    getMany: (keys, given) => reading.getMany(keys, given),
    async change(keys, change) {
      checkFunction("change", "the change", change);
      const changed = typeof keys === "string" ? [keys] : [...keys];
      for (const key of changed) checkKey("change", key);
      try {
        return await change();
      } finally {
        await Promise.all(changed.map((key) => cache.delete(key)));
      }
    },
  };
}
