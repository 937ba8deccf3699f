/** The options of tiers. The interfaces that users see stand in types.ts; the compiler keeps the names in step. */
import { type Clock, systemClock } from "../base/clock.js";
import {
  checked,
  choice,
  duration,
  either,
  functionOf,
  listOf,
  nonEmptyText,
  type OptionType,
  objectWith,
  refused,
} from "../base/option-types.js";
import { type Bound, type Declares, declareOptions, nested, option } from "../base/options.js";
import { Cache } from "../cache/cache.js";
import { type BoundHook, type BoundWarmer, hookOptions, warmerOptions } from "../cache/options/extensions.js";
import { fetchDefaults } from "../cache/options/fetching.js";
import { durationOrNever, tagList } from "../cache/options/kinds.js";
import type { CacheOptions, ErrorSource } from "../cache/types.js";
import type { Bus } from "../stores/bus.js";
import type { Store } from "../stores/store.js";
import { SharedCache } from "../table/shared-cache/shared-cache.js";
import { frameOptions } from "./frame/options.js";
import { guardOptions } from "./guard/options.js";
import type {
  L2Options,
  NamespaceOptions,
  TieredCounterOptions,
  TieredEvent,
  TieredFetchDefaults,
  TieredOptions,
  TieredReadOptions,
  TieredSchema,
  TieredSetOptions,
} from "./types.js";

const LEASE_MS = 10_000;
const BEAT_MS = 1_000;
export const BEHIND_MS = 1_000;
const L2_DOWN_MS = 10_000;

const l1Ttl = option<number | null, undefined>({
  type: durationOrNever,
  default: undefined,
  defaultText: "as long as it lives",
  meaning: "how long L1 holds an entry at most",
});

const { idle: _idle, ...fetchSpecs } = fetchDefaults.specs;
const fetching = {
  ...fetchSpecs,
  l1Ttl,
  leaseTtl: option({
    type: duration,
    default: LEASE_MS,
    defaultText: '`"10s"`',
    meaning: "for how long a loader without a timeout has its key to itself among all processes",
  }),
};
export const tieredFetchDefaults = declareOptions(fetching satisfies Declares<TieredFetchDefaults>);

const schemaType: OptionType<TieredSchema<unknown>> = checked(
  "a schema of zod, valibot, arktype or another library of Standard Schema",
  (value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
    const standard = (value as { "~standard"?: { validate?: unknown } })["~standard"];
    return typeof standard?.validate === "function";
  },
);

export type GivenL1 = CacheOptions<string, unknown> | Cache<string, unknown> | SharedCache<unknown> | false;

/** Options of `new Cache` are checked by it. */
const l1Type: OptionType<GivenL1> = {
  text: "options of new Cache, a Cache, a SharedCache, or false",
  parse(value) {
    if (value === false || value instanceof Cache || value instanceof SharedCache) return value as GivenL1;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : refused;
  },
};

const STORE_VERBS = ["getMany", "setMany", "deleteMany", "expire", "ttl", "clear", "close"] as const;
const storeType = objectWith<Store>("a store", ...STORE_VERBS);
const l2Specs = {
  ...guardOptions.specs,
  ...frameOptions.specs,
  store: option<Store, undefined>({ type: storeType, default: undefined, meaning: "the store" }),
};
const l2Options = declareOptions(l2Specs satisfies Declares<L2Options>, [
  { options: ["store"], when: (bound) => bound.store === undefined, right: "store is needed" },
]);

/** The store, and the options that guard and framer check themselves. */
const l2Type: OptionType<L2Options> = {
  text: "a store, or { store, ... }",
  parse(value, where, name) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refused;
    if (storeType.parse(value, where, name) !== refused) return { store: value as Store };
    l2Options.bind(value, where, `${name}.`);
    return Object.freeze({ ...(value as L2Options) });
  },
};

const space = {
  ttl: option<number | null, undefined>({
    type: durationOrNever,
    default: undefined,
    defaultText: "for ever",
    meaning: "how long entries live",
  }),
  l1Ttl,
  fetch: option<TieredFetchDefaults, undefined>({
    type: {
      text: `an object with ${[...tieredFetchDefaults.names].join(", ")}`,
      parse(value, where, name) {
        tieredFetchDefaults.bind(value as object, where, `${name}.`);
        return Object.freeze({ ...(value as TieredFetchDefaults) });
      },
    },
    default: undefined,
    defaultText: "see fetch",
    meaning: "defaults for fetch, fetchMany and wrap",
  }),
  l1: option<GivenL1, undefined>({
    type: l1Type,
    default: undefined,
    defaultText: "a cache of 10,000 entries",
    meaning: "the first tier",
  }),
  schema: option<TieredSchema<unknown>, undefined>({
    type: schemaType,
    default: undefined,
    meaning: "what values that come back from L2 have to be",
  }),
};

export const namespaceOptions = declareOptions(space satisfies Declares<NamespaceOptions>);

/** What was said for a namespace, and by those around it where it said nothing. */
export interface BoundNamespaceOptions {
  /** Null: for ever. */
  readonly ttl: number | null;
  /** Null: as long as it lives; undefined: nothing was said. */
  readonly l1Ttl: number | null | undefined;
  readonly fetch: Bound<typeof fetching>;
  readonly schema: TieredSchema<unknown> | undefined;
}

const behindOptions = declareOptions({
  ttl: option({ type: duration, default: BEHIND_MS, meaning: "how long L1 holds an entry at most" }),
});
const downOptions = declareOptions({
  ttl: option({ type: duration, default: L2_DOWN_MS, meaning: "how long L1 holds an entry at most" }),
});

const declared = {
  ...space,
  name: option({
    type: nonEmptyText,
    default: "cache",
    meaning: "names it in L2, on the bus and in reports",
  }),
  l2: option<L2Options, undefined>({ type: l2Type, default: undefined, meaning: "the second tier" }),
  bus: option<Bus, undefined>({
    type: objectWith<Bus>("a bus", "publish", "subscribe", "close"),
    default: undefined,
    meaning: "how processes hear of each other's writes",
  }),
  beat: option({
    type: duration,
    default: BEAT_MS,
    defaultText: '`"1s"`',
    meaning: "how often a process says on the bus that it has said all",
  }),
  whenBehind: option({
    type: either(choice("off"), nested(behindOptions)),
    default: behindOptions.bind(undefined, "createTiered"),
    meaning: "what L1 does while the bus is away",
  }),
  whenL2Down: option({
    type: nested(downOptions),
    default: downOptions.bind(undefined, "createTiered"),
    meaning: "how long L1 holds an entry while L2 is away",
  }),
  writes: option({
    type: choice("strict", "best-effort"),
    default: "strict" as "strict" | "best-effort",
    meaning: "whether a write that L2 does not take rejects",
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
  onEvent: option<((event: TieredEvent) => void) | null>({
    type: functionOf("(event) => void"),
    default: null,
    meaning: "told of what happens that no caller sees",
  }),
  onError: option<((error: unknown, source: ErrorSource) => void) | null>({
    type: functionOf("(error, source) => void"),
    default: null,
    meaning: "told of errors that reach no caller",
  }),
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

export const tieredOptions = declareOptions(declared satisfies Declares<TieredOptions>, [
  {
    options: ["beat"],
    when: (_bound, given) => given.has("beat") && !given.has("bus"),
    right: "beat is how often something is said on the bus, so it needs bus",
  },
]);
export type BoundTieredOptions = Bound<typeof declared>;

/** What a namespace says goes before what is said around it. */
export function inherit(
  own: Bound<typeof space>,
  outer: BoundNamespaceOptions | undefined,
  where: string,
): BoundNamespaceOptions {
  const bound = tieredFetchDefaults.bind(own.fetch, where, "fetch.");
  const fetch = outer === undefined ? bound : { ...outer.fetch, ...givenIn(own.fetch, bound) };
  return Object.freeze({
    ttl: own.ttl === undefined ? (outer?.ttl ?? null) : own.ttl,
    l1Ttl: own.l1Ttl === undefined ? outer?.l1Ttl : own.l1Ttl,
    fetch: Object.freeze(fetch),
    schema: own.schema ?? outer?.schema,
  });
}

/** Of the bound options, those that were given. */
function givenIn(given: object | undefined, bound: object): object {
  const names = new Set(
    Object.entries(given ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name])),
  );
  return Object.fromEntries(Object.entries(bound).filter(([name]) => names.has(name)));
}

const only = option<"l1" | "l2", undefined>({
  type: choice("l1", "l2"),
  default: undefined,
  defaultText: "both",
  meaning: "one tier alone",
});

export const readOptions = declareOptions({ only } satisfies Declares<TieredReadOptions>);

const storing = {
  ttl: space.ttl,
  l1Ttl,
  tags: option<readonly string[]>({
    type: tagList,
    default: Object.freeze([]),
    meaning: "what invalidateTag finds it by",
  }),
  only,
};
export const setOptions = declareOptions(storing satisfies Declares<TieredSetOptions>);
export type BoundSet = Bound<typeof storing>;

export const counterOptions = declareOptions({
  default: option({
    type: checked("a whole number", Number.isSafeInteger) as OptionType<number>,
    default: 0,
    meaning: "where an absent counter begins",
  }),
  ttl: space.ttl,
} satisfies Declares<TieredCounterOptions>);
