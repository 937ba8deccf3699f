/** What the patterns around a source check of what they are given. */
import { InvalidArgumentError } from "../../base/errors.js";
import type { CacheVerbs } from "./verbs.js";

const VERBS = ["get", "set", "delete", "fetch"] as const;

export function checkCache<V>(where: string, cache: unknown): asserts cache is CacheVerbs<V> {
  const given = cache as Partial<Record<string, unknown>> | null;
  const isCache = typeof given === "object" && given !== null;
  if (!isCache || !VERBS.every((verb) => typeof given[verb] === "function"))
    throw new InvalidArgumentError(where, "the cache", cache, `an object with ${VERBS.join(", ")}`);
}

export function checkFunction(where: string, what: string, fn: unknown): void {
  if (typeof fn !== "function") throw new InvalidArgumentError(where, what, fn, "a function");
}
