/**
 * What single calls of `fetch`, `fetchMany` and `wrap` take, and what a loader may say of its value. The defaults of a cache and
 * of its namespaces stand in tiered/options.ts; the names are those of the in-process cache.
 */
import { choice } from "../../base/option-types.js";
import { type Bound, type Declares, declareOptions, option } from "../../base/options.js";
import { fetchOptions } from "../../cache/options/fetching.js";
import { tieredFetchDefaults } from "../options.js";
import type { Tier, TieredFetchOptions } from "../types.js";

const { force, signal, tags } = fetchOptions.specs;
const defaults = tieredFetchDefaults.specs;
const declared = {
  ...defaults,
  force,
  signal,
  tags,
  only: option<Tier, undefined>({
    type: choice("l1", "l2"),
    default: undefined,
    defaultText: "both",
    meaning: "asks and fills one tier alone",
  }),
};

export type BoundFlightDefaults = Bound<typeof defaults>;
export const flightOptions = declareOptions(declared satisfies Declares<TieredFetchOptions>);
export type BoundFlightOptions = Bound<typeof declared>;

/** What a loader may say of its value with `commit(value, options)`. */
const committed = {
  ttl: defaults.ttl,
  l1Ttl: defaults.l1Ttl,
  tags: option<readonly string[], undefined>({
    ...tags,
    default: undefined,
    defaultText: "those of the call",
  }),
};
export const commitOptions = declareOptions(committed);
export type BoundCommit = Bound<typeof committed>;

const NO_TAGS: readonly string[] = Object.freeze([]);

/** `fetch` without options. */
export function withoutOptions(bound: BoundFlightDefaults): BoundFlightOptions {
  return Object.freeze({ ...bound, tags: NO_TAGS, signal: undefined, force: false, only: undefined });
}

/** What the call says, else what the cache says, checked. */
export function bindFlight(
  fallback: BoundFlightOptions,
  given: TieredFetchOptions | undefined,
  where: string,
): BoundFlightOptions {
  if (given === undefined) return fallback;
  const bound = flightOptions.bind(given, where);
  const own = Object.entries(bound).filter(([name]) => given[name as keyof TieredFetchOptions] !== undefined);
  return { ...fallback, ...Object.fromEntries(own) };
}

/** For how long after expiry fetch may want a value. */
export function keepMsOf(how: Pick<BoundFlightDefaults, "grace" | "staleWhileRevalidate">): number {
  return Math.max(how.grace, how.staleWhileRevalidate);
}
