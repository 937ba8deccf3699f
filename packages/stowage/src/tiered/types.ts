/** The shapes that users of tiers see: options, events, reports. Their defaults and checks stand in options.ts. */
import type { Clock } from "../base/clock.js";
import type { Duration } from "../base/duration.js";
import type { Cache } from "../cache/cache.js";
import type {
  CacheOptions,
  CacheStats,
  ErrorSource,
  FetchDefaults,
  FetchOptions,
  Hook,
  Warmer,
} from "../cache/types.js";
import type { BreakerState } from "../resilience/breaker.js";
import type { Bus } from "../stores/bus.js";
import type { Store } from "../stores/store.js";
import type { SharedCache } from "../table/shared-cache/shared-cache.js";
import type { FrameCounts, FrameOptions } from "./frame/index.js";
import type { GuardOptions, GuardStats } from "./guard/index.js";

/**
 * A validator of whichever library: Standard Schema, version 1 (https://standardschema.dev), as far as it is needed here. zod,
 * valibot and arktype have it.
 */
export interface TieredSchema<V> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
      // biome-ignore lint/suspicious/noExplicitAny: later versions of the libraries hand over options here; none are given
      ...rest: any[]
    ) => SchemaResult<V> | Promise<SchemaResult<V>>;
    /** For the compiler alone. */
    readonly types?: { readonly input: unknown; readonly output: V } | undefined;
  };
}

export type SchemaResult<V> =
  | { readonly value: V; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] };

/** Defaults of loading: `fetch` of the options. They mean what they mean in `Cache`; what is not there: `idle`. */
export interface TieredFetchDefaults extends Omit<FetchDefaults, "idle"> {
  /** How long L1 holds loaded entries at most; null: as long as they live. Default: the cache's `l1Ttl`. */
  l1Ttl?: Duration | null;
  /** For how long a loader has its key to itself among all processes, where it has no `timeout`. Default: `"10s"`. */
  leaseTtl?: Duration;
}

/** What one `fetch` takes. */
export interface TieredFetchOptions extends TieredFetchDefaults, Pick<FetchOptions, "signal" | "force"> {
  tags?: readonly string[];
  /** Asks and fills one tier alone. Default: both. */
  only?: Tier;
}

/** What `wrap` takes. */
export interface TieredWrapOptions<Args extends readonly unknown[]>
  extends Omit<TieredFetchOptions, "signal"> {
  /** The entry's key. Default: the function's name and a stable text of all arguments. */
  key?: (...args: Args) => string;
  /** What the function is called in all processes that share its entries. Default: its own name. */
  name?: string;
}

export type Tier = "l1" | "l2";

/** L2, and how it is asked. */
export interface L2Options extends GuardOptions, FrameOptions {
  store: Store;
}

/** What differs from namespace to namespace; what one does not say is as in the one around it. */
export interface NamespaceOptions<V = unknown> {
  /** How long entries live, unless they are told otherwise. Default: for ever. */
  ttl?: Duration | null;
  /**
   * How long L1 holds an entry at most. Default null: as long as it lives. Where there is no bus, and L2 is shared with other
   * processes: `whenBehind.ttl`.
   */
  l1Ttl?: Duration | null;
  /** Defaults for `fetch`, `fetchMany` and `wrap`. */
  fetch?: TieredFetchDefaults;
  /**
   * The first tier: what `new Cache` takes; or a cache of this process, or one that threads share, which this cache then has to
   * itself; or false for none. A namespace has one of its own. Default: a cache in the process, of 10,000 entries.
   */
  l1?: CacheOptions<string, V> | Cache<string, V> | SharedCache<V> | false;
  /** What values that come back from L2 have to be; one that does not fit is a miss. */
  schema?: TieredSchema<V>;
}

/** What `createTiered(options)` takes; everything may be left out. */
export interface TieredOptions<V = unknown> extends NamespaceOptions<V> {
  /** Names it in L2, on the bus, and in reports: all processes that share entries have the same. Default: `"cache"`. */
  name?: string;
  /** The second tier: a store, or a store and how it is asked. Default: none. */
  l2?: Store | L2Options;
  /** How processes hear of each other's writes. Default: none. */
  bus?: Bus;
  /** How often a process says on the bus that it has said all. Default: `"1s"`. */
  beat?: Duration;
  /**
   * While the bus is away, other processes' writes are not heard of: L1 holds entries for so long at most (`"1s"`). `"off"`: as
   * long as ever.
   */
  whenBehind?: { ttl?: Duration } | "off";
  /** While L2 is away, L1 holds what was written or loaded for so long at most. Default: `{ ttl: "10s" }`. */
  whenL2Down?: { ttl?: Duration };
  /**
   * What a write does that L2 does not take: `"strict"`: it rejects; `"best-effort"`: it does not, and is counted. L1 has the
   * change in either case, and what L2 has of it is made good before it is believed again. Default: `"strict"`.
   */
  writes?: "strict" | "best-effort";
  /** Told of actions, before or after them. */
  hooks?: readonly TieredHook[];
  /** Fill the cache at the start and from time to time. */
  warmers?: readonly Warmer<string, V>[];
  /** Told of what happens that no caller sees. */
  onEvent?: (event: TieredEvent) => void;
  /** Told of errors that reach no caller. They are counted in `stats().errors` in any case. */
  onError?: (error: unknown, source: ErrorSource) => void;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
  /** Numbers from 0 up to 1. Default: `Math.random`. */
  random?: () => number;
}

/** What reading takes. */
export interface TieredReadOptions {
  /** Asks one tier alone. Default: L1, then L2. */
  only?: Tier;
}

/** What `set` and whatever else stores a value takes. */
export interface TieredSetOptions {
  /** How long the entry lives; null: for ever. Default: the cache's `ttl`. */
  ttl?: Duration | null;
  /** How long L1 holds it at most; null: as long as it lives. Default: the cache's `l1Ttl`. */
  l1Ttl?: Duration | null;
  /** What `invalidateTag` finds it by. */
  tags?: readonly string[];
  /** Writes one tier alone: `"l1"`: only this process has it; `"l2"`: the next reader fetches it from there. Default: both. */
  only?: Tier;
}

/** What `incr` and `decr` take. */
export interface TieredCounterOptions {
  /** Where an absent counter begins. Default: 0. */
  default?: number;
  /** How long one lives that is not there yet; null: for ever. Default: the cache's `ttl`. */
  ttl?: Duration | null;
}

/** The verbs that hooks can be told of. */
export type TieredVerb =
  | "get"
  | "getMany"
  | "has"
  | "take"
  | "ttl"
  | "set"
  | "setMany"
  | "delete"
  | "deleteMany"
  | "touch"
  | "expire"
  | "expireAt"
  | "persist"
  | "refresh"
  | "incr"
  | "decr"
  | "resetCounter"
  | "fetch"
  | "fetchMany"
  | "clear"
  | "prune"
  | "invalidateTag"
  | "invalidateTags"
  | "warm";

export interface TieredHookEvent {
  readonly action: TieredVerb;
  /** Of the namespace it was called on; of the cache itself: none. */
  readonly namespace: readonly string[];
  readonly args: readonly unknown[];
  /** What its promise came to. Before the action, and when it failed: undefined. */
  readonly result: unknown;
  /** What its promise was rejected with. */
  readonly error?: unknown;
}

/** As in `Cache`; the event tells the namespace as well. */
export interface TieredHook extends Omit<Hook, "on" | "filter" | "handle"> {
  on?: readonly TieredVerb[];
  filter?: (event: TieredHookEvent) => boolean;
  handle: (event: TieredHookEvent) => unknown;
}

export type TieredEvent =
  /** The breaker of L2 changed. */
  | { readonly type: "l2"; readonly state: BreakerState }
  /** The bus went away or came back. */
  | { readonly type: "behind"; readonly isBehind: boolean }
  /** L1 was emptied, since messages were missed. */
  | { readonly type: "flush"; readonly reason: string }
  /** So many keys and marks that L2 had not been told of were made good. */
  | { readonly type: "repaired"; readonly count: number };

export interface L2Stats extends GuardStats {
  /** Reads that L2 had a value for. */
  readonly hits: number;
  readonly misses: number;
  /** Records that were there and out of date. */
  readonly stale: number;
  /** Records that a tag or a `clear` had made invalid. */
  readonly invalidated: number;
  /** Values that the schema refused. */
  readonly refused: number;
  readonly writes: number;
  readonly deletes: number;
  /** Reads and writes that L2 did not answer. */
  readonly failed: number;
  /** Records that could not be read, by reason. */
  readonly frame: FrameCounts;
}

export interface BusStats {
  readonly sent: number;
  readonly received: number;
  /** Messages that came twice. */
  readonly doubled: number;
  /** Messages that were missed. */
  readonly gaps: number;
  /** How often L1 was emptied for that. */
  readonly flushes: number;
  /** Messages that could not be sent. */
  readonly failed: number;
  readonly isBehind: boolean;
}

export interface TieredStats {
  /** Of this namespace's L1; null: there is none. */
  readonly l1: CacheStats | null;
  /** Of L2, as far as this namespace asked it; calls and breaker are those of all. */
  readonly l2: L2Stats | null;
  readonly bus: BusStats | null;
  readonly loads: {
    readonly ok: number;
    readonly failed: number;
    /** Loads whose value came too late to be stored. */
    readonly overtaken: number;
    /** Loads that were spared, since another process had the lease. */
    readonly shared: number;
    /** Loaders that were called without leave of L2: it was away, or another process did not come back with its value. */
    readonly alone: number;
    /** Of the overtaken, those whose lease was over by its time: `timeout` or `leaseTtl` is too short for their loader. */
    readonly late: number;
    readonly timeMs: number;
  };
  /** Stale values given out instead of an error or a wait. */
  readonly stale: number;
  /** Writes that L2 did not get and that are not made good yet. */
  readonly owed: number;
  readonly errors: Readonly<Record<ErrorSource["source"], number>>;
}
