/**
 * The options of `new Cache` and of its calls, each declared once: type, default, meaning. The interfaces that users see
 * stand in types.ts; the compiler keeps the names of both in step.
 */
import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import { type Duration, parseDuration } from "../base/duration.js";
import { InvalidOptionError } from "../base/errors.js";
import {
  choice,
  duration,
  either,
  flag,
  functionOf,
  listOf,
  nonEmptyText,
  objectWith,
  type OptionType,
  realNumber,
  refused,
  wholeNumber,
} from "../base/option-types.js";
import { type Bound, type Declares, declareOptions, nested, option } from "../base/options.js";
import { policyNames } from "./policy/create.js";
import type { Policy } from "./policy/policy.js";
import { SLOTS_MAX } from "./store/entries.js";
import type {
  CacheOptions,
  Command,
  ErrorSource,
  FetchDefaults,
  FetchOptions,
  Hook,
  HookEvent,
  RemovalEvent,
  SetOptions,
  StreamQuery,
  Warmer,
  WarmerContext,
} from "./types.js";

// biome-ignore lint/suspicious/noExplicitAny: options are declared once for caches of all types of key and value
type Any = any;

const never = choice(null);
const ratio = realNumber({ min: 0, max: 1 });
const durationOrNever = either(duration, never);
const tagList: OptionType<readonly string[]> = listOf({
  text: "a text",
  parse: (value) => (typeof value === "string" ? value : refused),
});
const weightType = realNumber({ min: 0 });
const signalType: OptionType<AbortSignal> = {
  text: "an AbortSignal",
  parse: (value) => (value instanceof AbortSignal ? value : refused),
};

const enforceOptions = declareOptions({
  every: option({ type: duration, default: 0, defaultText: "required", meaning: "how often the bound is enforced" }),
  reclaim: option({ type: ratio, default: 0.1, meaning: "the share of the bound to evict beyond it" }),
}, [
  { options: ["every"], when: (bound) => bound.every === 0, right: 'every is needed, such as {every: "1s"}' },
]);

/** What storing a value takes; see `Lifetimes` for how it is resolved. */
const storing = {
  ttl: option<number | null, undefined>({
    type: durationOrNever,
    default: undefined,
    defaultText: "the cache's",
    meaning: "how long the entry lives; null: for ever",
  }),
  idle: option<number | null, undefined>({
    type: durationOrNever,
    default: undefined,
    defaultText: "the cache's",
    meaning: "how long it stays after its last use; null: for ever",
  }),
  tags: option<readonly string[]>({ type: tagList, default: Object.freeze([]), meaning: "what invalidateTag finds it by" }),
  weight: option<number, undefined>({
    type: weightType,
    default: undefined,
    defaultText: "by the weigher, else 1",
    meaning: "its weight",
  }),
};

export const setOptions = declareOptions(storing satisfies Declares<SetOptions>);
export type BoundSetOptions = Bound<typeof storing>;

export const counterOptions = declareOptions({
  ...storing,
  default: option({ type: realNumber(), default: 0, meaning: "where an absent key begins" }),
});

const fetching = {
  ttl: storing.ttl,
  idle: storing.idle,
  jitter: option({ type: ratio, default: 0, meaning: "shortens each ttl at random, by up to this share" }),
  timeout: option({ type: duration, default: 0, defaultText: "none", meaning: "a load is given up after this time" }),
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

const fetchDefaults = declareOptions(fetching satisfies Declares<FetchDefaults>);
export type BoundFetchDefaults = Bound<typeof fetching>;

const fetchingOnce = {
  ...fetching,
  tags: storing.tags,
  weight: storing.weight,
  signal: option<AbortSignal, undefined>({ type: signalType, default: undefined, meaning: "gives up this caller's wait" }),
  force: option({ type: flag, default: false, meaning: "loads although there is a value" }),
};

export const fetchOptions = declareOptions(fetchingOnce satisfies Declares<FetchOptions>);
export type BoundFetchOptions = Bound<typeof fetchingOnce>;

const hookOptions = declareOptions({
  name: option({ type: nonEmptyText, default: "", defaultText: "its place", meaning: "for reports" }),
  when: option<"before" | "after", undefined>({
    type: choice("before", "after"),
    default: undefined,
    defaultText: "required",
    meaning: "before or after the action",
  }),
  on: option<readonly string[], null>({ type: tagList, default: null, defaultText: "all", meaning: "the actions" }),
  filter: option<((event: HookEvent) => boolean) | null>({
    type: functionOf("(event) => boolean"),
    default: null,
    meaning: "a further choice",
  }),
  async: option({ type: flag, default: false, meaning: "called in a later turn" }),
  queue: option({ type: wholeNumber({ min: 1 }), default: 10_000, meaning: "events that may wait for an async hook" }),
  veto: option({ type: flag, default: false, meaning: "may stop the action" }),
  init: option<((cache: unknown) => void) | null>({
    type: functionOf("(cache) => void"),
    default: null,
    meaning: "given the cache when it is made",
  }),
  reset: option<(() => void) | null>({ type: functionOf("() => void"), default: null, meaning: "called by reset" }),
  handle: option<((event: HookEvent) => unknown) | null>({
    type: functionOf("(event) => unknown"),
    default: null,
    defaultText: "required",
    meaning: "told of the action",
  }),
} satisfies Declares<Hook>, [
  { options: ["when"], when: (bound) => bound.when === undefined, right: '"when" is needed: "before" or "after"' },
  { options: ["handle"], when: (bound) => bound.handle === null, right: '"handle" is needed: a function (event) => unknown' },
  { options: ["veto", "async"], when: (bound) => bound.veto && bound.async, right: "what runs later can stop nothing" },
  { options: ["veto"], when: (bound) => bound.veto && bound.when === "after", right: "only a hook before the action can stop it" },
]);
export type BoundHook = Bound<(typeof hookOptions)["specs"]>;

const warmerOptions = declareOptions({
  name: option({ type: nonEmptyText, default: "", defaultText: "its place", meaning: "for warm({only}) and reports" }),
  required: option({ type: flag, default: false, meaning: "ready waits for its first success" }),
  every: option({ type: duration, default: 0, defaultText: "once", meaning: "runs again so long after it ran" }),
  state: option<unknown>({ type: { text: "anything", parse: (value) => value }, default: undefined, meaning: "handed to execute" }),
  execute: option<((context: WarmerContext) => unknown) | null>({
    type: functionOf("({state, signal}) => entries"),
    default: null,
    defaultText: "required",
    meaning: "gives the entries",
  }),
} satisfies Declares<Warmer<Any, Any>>, [
  { options: ["execute"], when: (bound) => bound.execute === null, right: '"execute" is needed: a function giving entries' },
]);
export type BoundWarmer = Bound<(typeof warmerOptions)["specs"]>;

const commandOptions = declareOptions({
  type: option<"read" | "write", undefined>({
    type: choice("read", "write"),
    default: undefined,
    defaultText: "required",
    meaning: "whether it changes the value",
  }),
  execute: option<((value: unknown, ...args: unknown[]) => unknown) | null>({
    type: functionOf("(value, ...args) => unknown"),
    default: null,
    defaultText: "required",
    meaning: "read: returns the result; write: returns [result, new value]",
  }),
} satisfies Declares<Command<Any>>, [
  { options: ["type"], when: (bound) => bound.type === undefined, right: '"type" is needed: "read" or "write"' },
  { options: ["execute"], when: (bound) => bound.execute === null, right: '"execute" is needed: a function' },
]);
export type BoundCommand = Bound<(typeof commandOptions)["specs"]>;

const commandType = nested(commandOptions);
const commandTable: OptionType<ReadonlyMap<string, BoundCommand>> = {
  text: "an object of commands by name",
  parse(value, where, name) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refused;
    const table = new Map<string, BoundCommand>();
      for (const [command, declared] of Object.entries(value)) {
      const option = `${name}.${command}`;
      const parsed = commandType.parse(declared, where, option);
      if (parsed === refused) throw new InvalidOptionError({ where, option, received: declared, expected: commandType.text });
      table.set(command, parsed as BoundCommand);
    }
    return table;
  },
};

const janitorType = either(duration, choice(false));
const policyType = either(
  choice(...policyNames),
  objectWith<Policy>("a policy", "resize", "reserve", "added", "hit", "written", "removed", "victim", "clear"),
);
const ttlType: OptionType<number | ((key: Any, value: Any) => unknown)> = {
  text: `${duration.text}, or a function (key, value) => duration or null`,
  parse: (value, where, name) =>
    typeof value === "function" ? (value as () => unknown) : parseDuration(value as Duration, where, name),
};

const declared = {
  name: option({ type: nonEmptyText, default: "cache", meaning: "names the cache in reports and on channels" }),
  max: option({
    type: wholeNumber({ min: 1, max: SLOTS_MAX, infinite: true }),
    default: Number.POSITIVE_INFINITY,
    defaultText: "no bound",
    meaning: "entries the cache holds at most, exactly",
  }),
  maxWeight: option({
    type: realNumber({ min: Number.MIN_VALUE, infinite: true }),
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
  idle: option({ type: duration, default: 0, defaultText: "for ever", meaning: "how long they stay after their last use" }),
  jitter: option({ type: ratio, default: 0, meaning: "shortens each ttl at random, by up to this share" }),
  lazy: option({ type: flag, default: true, meaning: "whether reads check expiry" }),
  janitor: option({ type: janitorType, default: 1_000 as number | false, meaning: "how often expired memory is given back; false: never" }),
  fetch: option({ type: nested(fetchDefaults), default: fetchDefaults.bind(undefined, "new Cache"), defaultText: "see fetch", meaning: "defaults for fetch, fetchMany and wrap" }),
  hooks: option<readonly BoundHook[]>({ type: listOf(nested(hookOptions)), default: Object.freeze([]), meaning: "told of actions, before or after them" }),
  warmers: option<readonly BoundWarmer[]>({ type: listOf(nested(warmerOptions)), default: Object.freeze([]), meaning: "fill the cache at the start and from time to time" }),
  commands: option<ReadonlyMap<string, BoundCommand>>({ type: commandTable, default: new Map(), defaultText: "none", meaning: "verbs of your own, for invoke" }),
  onRemoval: option<((event: RemovalEvent<Any, Any>) => void) | null>({ type: functionOf("(event) => void"), default: null, meaning: "told of each value that leaves, and why" }),
  onError: option<((error: unknown, source: ErrorSource) => void) | null>({ type: functionOf("(error, source) => void"), default: null, meaning: "told of errors that reach no caller" }),
  stats: option({ type: flag, default: true, meaning: "whether to count" }),
  clock: option<Clock>({ type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"), default: systemClock, defaultText: "the system's", meaning: "where time comes from" }),
  random: option<() => number>({ type: functionOf("() => number from 0 up to 1"), default: Math.random, defaultText: "Math.random", meaning: "where chance comes from" }),
};

const bounded = (bound: { max: number; maxWeight: number }): boolean =>
  bound.max !== Number.POSITIVE_INFINITY || bound.maxWeight !== Number.POSITIVE_INFINITY;

export const cacheOptions = declareOptions(declared satisfies Declares<CacheOptions<Any, Any>>, [
  {
    options: ["policy"],
    when: (bound) => bound.policy === "none" && bounded(bound),
    right: 'policy "none" evicts nothing, so it cannot hold max or maxWeight; leave the bound out or choose another policy',
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

export const sizeOptions = declareOptions({
  expired: option({ type: flag, default: true, meaning: "whether entries that expired but are still there count" }),
});
export const pruneOptions = declareOptions({
  reclaim: option({ type: ratio, default: 0.1, meaning: "the share of the size to evict beyond it" }),
});
export const resizeOptions = declareOptions({ max: declared.max, maxWeight: declared.maxWeight });
export const transactionOptions = declareOptions({
  retries: option({ type: wholeNumber({ min: 0, max: 1_000 }), default: 5, meaning: "how often it runs again after a conflict" }),
});
export const warmOptions = declareOptions({
  only: option<readonly string[], null>({ type: tagList, default: null, defaultText: "all", meaning: "the warmers to run" }),
  wait: option({ type: flag, default: true, meaning: "whether the promise waits until they have run" }),
});
export const streamOptions = declareOptions({
  where: option<((entry: Any) => boolean) | null>({ type: functionOf("(entry) => boolean"), default: null, meaning: "which entries" }),
  select: option<((entry: Any) => unknown) | null>({ type: functionOf("(entry) => unknown"), default: null, meaning: "what of them" }),
  expired: option({ type: flag, default: false, meaning: "also entries that expired but are still there" }),
  buffer: option({ type: wholeNumber({ min: 1 }), default: 256, meaning: "entries looked at before other work has a turn" }),
} satisfies Declares<StreamQuery<Any, Any, Any>>);

/** For how long after expiry fetch may want a value. */
export function keepMsOf(fetch: { readonly staleWhileRevalidate: number; readonly grace: number }): number {
  return Math.max(fetch.staleWhileRevalidate, fetch.grace);
}
