/** Read-through: a cache that knows where its values come from, so that who reads does not have to. */
import type { Loader } from "../../cache/types.js";
import { checkKey } from "../common/check.js";
import { checkCache, checkFunction } from "../common/source.js";
import type { CacheFetchOptions, CacheVerbs } from "../common/verbs.js";

/** How it loads: what `fetch` of the cache takes. */
export type ReadThroughOptions = Omit<CacheFetchOptions, "force" | "signal">;

export class ReadThrough<V> {
  readonly #cache: CacheVerbs<V>;
  readonly #load: Loader<string, V>;
  readonly #options: ReadThroughOptions;

  /** Use `readThrough`. */
  constructor(cache: CacheVerbs<V>, load: Loader<string, V>, options: ReadThroughOptions) {
    checkCache("readThrough", cache);
    checkFunction("readThrough", "the loader", load);
    this.#cache = cache;
    this.#load = load;
    this.#options = { ...options };
  }

  /** The value; where the cache has none, the source's, loaded once however many ask. undefined: neither has one. */
  get(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<V | undefined> {
    return this.#fetch("get", key, signal && { signal });
  }

  /** Those that there are, by key. */
  async getMany(keys: Iterable<string>, options?: { signal?: AbortSignal }): Promise<Map<string, V>> {
    const wanted = [...new Set(keys)];
    const values = await Promise.all(wanted.map((key) => this.get(key, options)));
    return new Map(wanted.flatMap((key, at) => (values[at] === undefined ? [] : [[key, values[at] as V]])));
  }

  /** From the source, whatever the cache has. */
  refresh(key: string): Promise<V | undefined> {
    return this.#fetch("refresh", key, { force: true });
  }

  /** The next reader loads it anew; a load that is under way is not kept. */
  async forget(key: string): Promise<void> {
    checkKey("forget", key);
    await this.#cache.delete(key);
  }

  async #fetch(where: string, key: string, more?: CacheFetchOptions): Promise<V | undefined> {
    checkKey(where, key);
    return this.#cache.fetch(key, this.#load, { ...this.#options, ...more });
  }
}

/**
 * @param cache the process's, a shared one, tiers, or a client
 * @param load as `fetch` takes it: undefined is "there is none", `commit` and `ignore` say how to keep it
 * @param options what `fetch` of that cache takes; what it does not know it refuses
 * @throws InvalidArgumentError for what is no cache or no function
 * @example
 * const users = readThrough(cache, (id, { signal }) => db.user(id, { signal }), { ttl: "10m", grace: "1h" });
 * await users.get("1");
 */
export function readThrough<V>(
  cache: CacheVerbs<V>,
  load: Loader<string, V>,
  options: ReadThroughOptions = {},
): ReadThrough<V> {
  return new ReadThrough(cache, load, options);
}
