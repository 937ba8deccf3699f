/** wrap: a function that remembers, by way of fetch. */
import { InvalidArgumentError } from "../../base/errors.js";
import { hashArguments } from "../../base/hash.js";
import { fetchOptions } from "../options.js";
import type { State } from "../state.js";
import type { WrapOptions } from "../types.js";

/** Each wrapped function has its own part of the keys: its name, and a number that tells namesakes apart. */
export function wrap<K, V, Args extends readonly unknown[], R extends V>(
  s: State<K, V>,
  fn: (...args: Args) => R | PromiseLike<R>,
  options: WrapOptions<Args, K> = {},
): (...args: Args) => Promise<R> {
  if (typeof fn !== "function") throw new InvalidArgumentError("wrap", "fn", fn, "a function");
  const { key, ...fetching } = options;
  if (key !== undefined && typeof key !== "function")
    throw new InvalidArgumentError("wrap", "key", key, "a function of the arguments");
  fetchOptions.bind(fetching, "wrap");
  const prefix = `${fn.name || "anonymous"}#${++s.wrapped}`;
  const keyOf = key ?? ((...args: Args) => `${prefix}${hashArguments(args)}` as K);
  return (...args) => {
    try {
      return s.verbs.fetch(keyOf(...args), () => fn(...args), fetching) as Promise<R>;
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
