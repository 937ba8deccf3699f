/** wrap: a function that remembers, by way of fetch. */
import { InvalidArgumentError } from "../../base/errors.js";
import { hashArguments } from "../../base/hash.js";
import { fetchOptions } from "../options.js";
import type { Verbs } from "../services/loading.js";
import type { WrapOptions } from "../types.js";

/** What wrapping needs of a cache. */
export interface Wrapping<K, V> {
  readonly verbs: Verbs<K, V>;
  /** How many functions were wrapped. */
  wrapped: number;
}

/**
 * Each wrapped function has its own part of the keys: its name, and a number that tells namesakes apart. `scope` tells
 * apart those of several threads, whose numbers need not mean the same functions.
 */
export function wrap<K, V, Args extends readonly unknown[], R extends V>(
  s: Wrapping<K, V>,
  fn: (...args: Args) => R | PromiseLike<R>,
  options: WrapOptions<Args, K> = {},
  scope = "",
): (...args: Args) => Promise<R> {
  if (typeof fn !== "function") throw new InvalidArgumentError("wrap", "fn", fn, "a function");
  const { key, ...fetching } = options;
  if (key !== undefined && typeof key !== "function")
    throw new InvalidArgumentError("wrap", "key", key, "a function of the arguments");
  fetchOptions.bind(fetching, "wrap");
  const prefix = `${fn.name || "anonymous"}#${scope}${++s.wrapped}`;
  const keyOf = key ?? ((...args: Args) => `${prefix}${hashArguments(args)}` as K);
  return (...args) => {
    try {
      return s.verbs.fetch(keyOf(...args), () => fn(...args), fetching) as Promise<R>;
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
