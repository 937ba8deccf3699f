/** Memoization: a function that remembers what it gave for which arguments. */
import { InvalidOptionError } from "../../base/errors.js";
import { hashArguments } from "../../base/hash.js";
import { checkCache, checkFunction } from "../common/source.js";
import type { CacheFetchOptions, CacheVerbs } from "../common/verbs.js";

/** What `fetch` of the cache takes, and: */
export interface MemoizeOptions<Args extends readonly unknown[]>
  extends Omit<CacheFetchOptions, "signal" | "force"> {
  /** What the function is called in all processes that share the cache. Default: its own name. */
  name?: string;
  /** The entry's key. Default: the name, and a text of all arguments that differs wherever they do. */
  key?: (...args: Args) => string;
}

/**
 * For whichever cache; those of the process, the shared one and tiers also have `wrap`, which does the same.
 *
 * @throws InvalidArgumentError for what is no cache or no function; InvalidOptionError for a function without a name and without one
 * in the options. The function made rejects with InvalidArgumentError for arguments that no text can carry (functions, instances of classes)
 * @example
 * const userOf = memoize(client, async (id: number) => db.user(id), { name: "userOf", ttl: "5m" });
 * await userOf(1);
 */
export function memoize<V, Args extends readonly unknown[]>(
  cache: CacheVerbs<V>,
  fn: (...args: Args) => V | Promise<V>,
  options: MemoizeOptions<Args> = {},
): (...args: Args) => Promise<V> {
  checkCache("memoize", cache);
  checkFunction("memoize", "fn", fn);
  const { name = fn.name, key, ...fetching } = options;
  if (key === undefined && name === "")
    throw new InvalidOptionError({
      where: "memoize",
      option: "name",
      received: name,
      expected: "a text that is not empty, since the function has no name of its own",
    });
  const keyOf = key ?? ((...args: Args) => `${name}(${hashArguments(args)})`);
  return async (...args) => (await cache.fetch(keyOf(...args), () => fn(...args), fetching)) as V;
}
