/** The options of `new Cache`. The interface that users see stands in types.ts; the compiler keeps the names in step. */
import { type Clock, systemClock } from "../../base/clock.js";
import { type Duration, parseDuration } from "../../base/duration.js";
import { InvalidOptionError } from "../../base/errors.js";
import {
  choice,
  duration,
  either,
  flag,
  functionOf,
  listOf,
  nonEmptyText,
  type OptionType,
  objectWith,
  realNumber,
  refused,
  wholeNumber,
} from "../../base/option-types.js";
import { type Bound, type Declares, declareOptions, nested, option } from "../../base/options.js";
import { suggest } from "../../base/suggestion.js";
import { type PolicyName, policyNames } from "../policy/create.js";
import type { Policy } from "../policy/policy.js";
import { SLOTS_MAX } from "../store/entries.js";
import type { CacheOptions, ErrorSource, RemovalEvent } from "../types.js";
import {
  type BoundCommand,
  type BoundHook,
  type BoundWarmer,
  commandTable,
  hookOptions,
  warmerOptions,
} from "./extensions.js";
import { fetchDefaults } from "./fetching.js";
import { ratio } from "./kinds.js";

// biome-ignore lint/suspicious/noExplicitAny: options are declared once for caches of all types of key and value
type Any = any;

const enforceOptions = declareOptions(
  {
    every: option({
      type: duration,
      default: 0,
      defaultText: "required",
      meaning: "how often the bound is enforced",
    }),
    reclaim: option({ type: ratio, default: 0.1, meaning: "the share of the bound to evict beyond it" }),
  },
  [
    {
      options: ["every"],
      when: (bound) => bound.every === 0,
      right: 'every is needed, such as {every: "1s"}',
    },
  ],
);

const janitorType = either(duration, choice(false));
const policyNamed: OptionType<PolicyName> = {
  text: choice(...policyNames).text,
  parse(value, where, name) {
    if (typeof value !== "string") return refused;
    if (policyNames.includes(value as PolicyName)) return value as PolicyName;
    const suggestion = suggest(value, policyNames);
    throw new InvalidOptionError({
      where,
      option: name,
      received: value,
      expected: policyType.text,
      suggestion,
    });
  },
};
const policyType: OptionType<PolicyName | Policy> = either(
  policyNamed,
  objectWith<Policy>(
    "a policy",
    "resize",
    "reserve",
    "added",
    "hit",
    "written",
    "removed",
    "victim",
    "clear",
  ),
);
const ttlType: OptionType<number | ((key: Any, value: Any) => unknown)> = {
  text: `${duration.text}, or a function (key, value) => duration or null`,
  parse: (value, where, name) =>
    typeof value === "function" ? (value as () => unknown) : parseDuration(value as Duration, where, name),
};

const declared = {
  name: option({
    type: nonEmptyText,
    default: "cache",
    meaning: "names the cache in reports and on channels",
  }),
  max: option({
    type: wholeNumber({ min: 1, max: SLOTS_MAX, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "no bound",
    meaning: "entries the cache holds at most, exactly",
  }),
  maxWeight: option({
    type: realNumber({ above: 0, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "no bound",
    meaning: "the sum of weights it holds at most",
  }),
  weigher: option<((value: Any, key: Any) => number) | null>({
    type: functionOf("(value, key) => weight"),
    default: null,
    meaning: "an entry's weight, in the unit of maxWeight",
  }),
  enforce: option({
    type: either(choice("always"), nested(enforceOptions)),
    default: "always" as const,
    meaning: 'when bounds are enforced: on each write, or `{every: "1s", reclaim: 0.1}`',
  }),
  policy: option({ type: policyType, default: "w-tinylfu" as const, meaning: "what is evicted at a bound" }),
  ttl: option<number | ((key: Any, value: Any) => unknown), null>({
    type: ttlType,
    default: null,
    defaultText: "for ever",
    meaning: "how long entries live",
  }),
  idle: option({
    type: duration,
    default: 0,
    defaultText: "for ever",
    meaning: "how long they stay after their last use",
  }),
  jitter: option({ type: ratio, default: 0, meaning: "shortens each ttl at random, by up to this share" }),
  lazy: option({ type: flag, default: true, meaning: "whether reads check expiry" }),
  janitor: option({
    type: janitorType,
    default: 1_000 as number | false,
    meaning: "how often expired memory is given back; false: never",
  }),
  fetch: option({
    type: nested(fetchDefaults),
    default: fetchDefaults.bind(undefined, "new Cache"),
    defaultText: "see fetch",
    meaning: "defaults for fetch, fetchMany and wrap",
  }),
  hooks: option<readonly BoundHook[]>({
    type: listOf(nested(hookOptions)),
    default: Object.freeze([]),
    meaning: "told of actions, before or after them",
  }),
  warmers: option<readonly BoundWarmer[]>({
    type: listOf(nested(warmerOptions)),
    default: Object.freeze([]),
    meaning: "fill the cache at the start and from time to time",
  }),
  commands: option<ReadonlyMap<string, BoundCommand>>({
    type: commandTable,
    default: new Map(),
    defaultText: "none",
    meaning: "verbs of your own, for invoke",
  }),
  onRemoval: option<((event: RemovalEvent<Any, Any>) => void) | null>({
    type: functionOf("(event) => void"),
    default: null,
    meaning: "told of each value that leaves, and why",
  }),
  onError: option<((error: unknown, source: ErrorSource) => void) | null>({
    type: functionOf("(error, source) => void"),
    default: null,
    meaning: "told of errors that reach no caller",
  }),
  stats: option({ type: flag, default: true, meaning: "whether to count" }),
  clock: option<Clock>({
    type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
    default: systemClock,
    defaultText: "the system's",
    meaning: "where time comes from",
  }),
  random: option<() => number>({
    type: functionOf("() => number from 0 up to 1"),
    default: Math.random,
    defaultText: "Math.random",
    meaning: "where chance comes from",
  }),
};

const bounded = (bound: { max: number; maxWeight: number }): boolean =>
  bound.max !== Number.POSITIVE_INFINITY || bound.maxWeight !== Number.POSITIVE_INFINITY;

export const cacheOptions = declareOptions(declared satisfies Declares<CacheOptions<Any, Any>>, [
  {
    options: ["policy"],
    when: (bound) => bound.policy === "none" && bounded(bound),
    right:
      'policy "none" evicts nothing, so it cannot hold max or maxWeight; leave the bound out or choose another policy',
  },
  {
    options: ["enforce"],
    when: (bound, given) => given.has("enforce") && !bounded(bound),
    right: "there is no bound to enforce; give max or maxWeight",
  },
  {
    options: ["jitter"],
    when: (bound, given) => given.has("jitter") && bound.ttl === null,
    right: "jitter shortens ttl, so it needs ttl",
  },
  {
    options: ["weigher"],
    when: (bound, given) => given.has("weigher") && bound.maxWeight === Number.POSITIVE_INFINITY,
    right: "a weigher needs maxWeight",
  },
]);
export type BoundCacheOptions = Bound<typeof declared>;

export const resizeOptions = declareOptions({ max: declared.max, maxWeight: declared.maxWeight });
