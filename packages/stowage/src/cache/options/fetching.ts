/** What loading takes: the defaults of a cache, and what one `fetch` adds to them. */
import { duration, either, flag, type OptionType, realNumber, refused } from "../../base/option-types.js";
import { type Bound, type Declares, declareOptions, option } from "../../base/options.js";
import type { FetchDefaults, FetchOptions } from "../types.js";
import { ratio } from "./kinds.js";
import { storing } from "./storing.js";

const signalType: OptionType<AbortSignal> = {
  text: "an AbortSignal",
  parse: (value) => (value instanceof AbortSignal ? value : refused),
};

const fetching = {
  ttl: storing.ttl,
  idle: storing.idle,
  jitter: option({ type: ratio, default: 0, meaning: "shortens each ttl at random, by up to this share" }),
  timeout: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "a load is given up after this time",
  }),
  softTimeout: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "a caller who can have a stale value waits no longer",
  }),
  staleWhileRevalidate: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "for so long after expiry the old value is given out at once while a load runs behind",
  }),
  grace: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "for so long after expiry the old value is given out if the load fails",
  }),
  backoff: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "the pause after a failed load; doubles with each failure, up to 64-fold",
  }),
  earlyRefresh: option({
    type: either(flag, realNumber({ min: 0 })),
    default: false as boolean | number,
    meaning: "renews hot entries shortly before they expire (XFetch); a number is its beta, true means 1",
  }),
  refreshAhead: option({
    type: ratio,
    default: 0,
    defaultText: "none",
    meaning: "a read after this share of the ttl renews the entry behind",
  }),
  negativeTtl: option({
    type: duration,
    default: 0,
    defaultText: "none",
    meaning: "for how long it is remembered that a loader found nothing",
  }),
};

export const fetchDefaults = declareOptions(fetching satisfies Declares<FetchDefaults>);

const fetchingOnce = {
  ...fetching,
  tags: storing.tags,
  weight: storing.weight,
  signal: option<AbortSignal, undefined>({
    type: signalType,
    default: undefined,
    meaning: "gives up this caller's wait",
  }),
  force: option({ type: flag, default: false, meaning: "loads although there is a value" }),
};

export const fetchOptions = declareOptions(fetchingOnce satisfies Declares<FetchOptions>);
export type BoundFetchOptions = Bound<typeof fetchingOnce>;

/** For how long after expiry fetch may want a value. */
export function keepMsOf(fetch: { readonly staleWhileRevalidate: number; readonly grace: number }): number {
  return Math.max(fetch.staleWhileRevalidate, fetch.grace);
}
