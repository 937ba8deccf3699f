/** The options of `nearCache`, each declared once. */
import { type Duration, parseDuration } from "../../base/duration.js";
import {
  choice,
  duration,
  either,
  listOf,
  nonEmptyText,
  type OptionType,
  refused,
} from "../../base/option-types.js";
import { type Bound, type Declares, declareOptions, nested, option } from "../../base/options.js";
import { cacheOptions } from "../../cache/options.js";
import type { Policy, PolicyName } from "./types.js";

/** What `nearCache(options)` takes; everything may be left out. */
export interface NearOptions {
  /** Entries that it holds at most. Default 10,000. */
  max?: number;
  /** The sum of weights that it holds at most; needs `weigher`. */
  maxWeight?: number;
  /** An entry's weight, in whatever unit `maxWeight` is in. */
  weigher?: (value: unknown, key: string) => number;
  /** How long entries stay at most. They never stay longer than they live on the server. Default: as long as there. */
  ttl?: Duration;
  /** What is evicted at a bound; any policy of the in-process cache. Default `"w-tinylfu"`. */
  policy?: PolicyName | Policy;
  /** Only keys that begin with one of these are kept. Default: all keys. */
  prefixes?: readonly string[];
  /**
   * The bound: no value is given out that has been out of date on its server for longer than this. At least "200ms".
   * Default "2s".
   */
  maxStaleness?: Duration;
  /**
   * What becomes of reads while that cannot be kept, since the server's changes do not come through. `"off"` (the default):
   * all of them go to the server. `{ ttl }`: entries are given out for so long after they were read; the bound is then this
   * `ttl`, where it is longer.
   */
  whenBehind?: "off" | { ttl: Duration };
}

/** Below, the heartbeats that the server is asked for (four in this time, 100 ms apart at least) are too far apart. */
const STALENESS_MIN_MS = 200;

const staleness: OptionType<number> = {
  text: `a duration of at least ${STALENESS_MIN_MS} ms, such as "2s"`,
  parse(value, where, name) {
    if (typeof value !== "number" && typeof value !== "string") return refused;
    const ms = parseDuration(value as Duration, where, name);
    return ms < STALENESS_MIN_MS ? refused : ms;
  },
};

const behindOptions = declareOptions(
  {
    ttl: option({
      type: duration,
      default: 0,
      defaultText: "required",
      meaning: "for how long after they were read entries are given out",
    }),
  },
  [
    {
      options: ["ttl"],
      when: (bound) => bound.ttl === 0,
      right: 'ttl is needed, such as { ttl: "1s" }',
    },
  ],
);

const declared = {
  max: option({
    type: cacheOptions.specs.max.type,
    default: 10_000,
    meaning: "entries that it holds at most",
  }),
  maxWeight: cacheOptions.specs.maxWeight,
  weigher: cacheOptions.specs.weigher,
  ttl: option<number, null>({
    type: duration,
    default: null,
    defaultText: "as long as on the server",
    meaning: "how long entries stay at most",
  }),
  policy: cacheOptions.specs.policy,
  prefixes: option<readonly string[], null>({
    type: listOf(nonEmptyText),
    default: null,
    defaultText: "all keys",
    meaning: "only keys that begin with one of these are kept",
  }),
  maxStaleness: option({
    type: staleness,
    default: 2_000,
    defaultText: '`"2s"`',
    meaning: "for how long at most a value may have been out of date when it is given out",
  }),
  whenBehind: option({
    type: either(choice("off"), nested(behindOptions)),
    default: "off" as const,
    meaning: "while that cannot be kept: nothing is given out, or entries that were read less than `ttl` ago",
  }),
};

export const nearOptions = declareOptions(declared satisfies Declares<NearOptions>, [
  {
    options: ["weigher"],
    when: (bound, given) => given.has("weigher") && bound.maxWeight === Number.POSITIVE_INFINITY,
    right: "a weigher needs maxWeight",
  },
  {
    options: ["maxWeight"],
    when: (bound) => bound.maxWeight !== Number.POSITIVE_INFINITY && bound.weigher === null,
    right: "maxWeight needs a weigher, which says what a value weighs",
  },
  {
    options: ["prefixes"],
    when: (bound) => bound.prefixes?.length === 0,
    right: "no key begins with one of none; leave it out for all keys",
  },
  {
    options: ["policy"],
    when: (bound) =>
      bound.policy === "none" && Math.min(bound.max, bound.maxWeight) < Number.POSITIVE_INFINITY,
    right: 'policy "none" evicts nothing, so it cannot hold max or maxWeight; choose another one',
  },
]);
export type BoundNearOptions = Bound<typeof declared>;
