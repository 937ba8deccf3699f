/**
 * wrap: a function that remembers, by way of fetch, for all processes. Its name is part of its keys, since it has to mean the
 * same everywhere: what one process numbered, or hashed from the source of a build, another would not find.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { hashArguments } from "../../base/hash.js";
import type { LoadResult } from "../../cache/types.js";
import type { TieredFetchOptions, TieredWrapOptions } from "../types.js";
import { flightOptions } from "./options.js";

/** What wrapping needs of a namespace. */
export interface Wrapping {
  /** Of the facade: hooks, statistics and all. */
  fetch(
    key: string,
    loader: () => LoadResult<unknown> | PromiseLike<LoadResult<unknown>>,
    options: TieredFetchOptions,
  ): Promise<unknown>;
  /** Functions that were wrapped without `key`, by name. */
  readonly wrapped: Map<string, unknown>;
}

// biome-ignore lint/suspicious/noExplicitAny: the arguments are the function's own; its type infers them
type Any = any;

/** @throws InvalidArgumentError for a function without a name, or with that of another one, where no `name` or `key` is given */
export function wrap<Args extends readonly unknown[], R>(
  w: Wrapping,
  fn: (...args: Args) => R | PromiseLike<R>,
  options: TieredWrapOptions<Args> = {},
): (...args: Args) => Promise<R> {
  if (typeof fn !== "function") throw new InvalidArgumentError("wrap", "fn", fn, "a function");
  const { key, name, ...fetching } = options;
  if (key !== undefined && typeof key !== "function")
    throw new InvalidArgumentError("wrap", "key", key, "a function of the arguments");
  flightOptions.bind(fetching, "wrap");
  const keyOf = key ?? keysOf(w, fn, name);
  return async (...args) => (await w.fetch(keyOf(...args), () => fn(...args) as Any, fetching)) as R;
}

function keysOf(w: Wrapping, fn: { readonly name: string }, given: unknown): (...args: Any) => string {
  const name = given ?? fn.name;
  if (typeof name !== "string" || name === "")
    throw new InvalidArgumentError(
      "wrap",
      "name",
      name,
      "the function's name in all processes, as it has none of its own",
    );
  const other = w.wrapped.get(name);
  if (other !== undefined && other !== fn)
    throw new InvalidArgumentError(
      "wrap",
      "name",
      name,
      "another name than that of a function that is wrapped already: the two would share their entries",
    );
  w.wrapped.set(name, fn);
  return (...args) => `${name}${hashArguments(args)}`;
}
