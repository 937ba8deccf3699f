/** The shapes that users of the cache see: options, events, reports. Their defaults and checks stand in options/. */
import type { Clock } from "../base/clock.js";
import type { Duration } from "../base/duration.js";
import type { PolicyName } from "./policy/create.js";
import type { Policy } from "./policy/policy.js";
import type { Verb } from "./services/stats.js";

/** What `new Cache(options)` takes; everything may be left out. */
export interface CacheOptions<K, V, C extends Commands<V> = Commands<V>> {
  /** Names the cache in reports and on diagnostics channels. Default: `"cache"`. */
  name?: string;
  /** Entries the cache holds at most, exactly. Default: no bound but that of the key index, 16,777,214 entries. */
  max?: number;
  /** The sum of weights that the cache holds at most; needs `weigher` or a `weight` with each entry. */
  maxWeight?: number;
  /** An entry's weight, 0 or more, in whatever unit `maxWeight` is in. */
  weigher?: (value: V, key: K) => number;
  /**
   * When bounds are enforced: on each write (`"always"`, the default), or every so often, as Cachex does, in which case
   * `reclaim` (default 0.1) is the share of the bound that is evicted beyond it.
   */
  enforce?: "always" | { every: Duration; reclaim?: number };
  /** What is evicted at a bound, and by prune. Default: `"w-tinylfu"`. */
  policy?: PolicyName | Policy;
  /** How long entries live, unless they are told otherwise. Default: for ever. */
  ttl?: Duration | ((key: K, value: V) => Duration | null);
  /** How long entries stay after they were last read or written. Default: for ever. */
  idle?: Duration;
  /** Shortens the cache's own ttl at random, by up to this share, so that entries made together do not expire together. */
  jitter?: number;
  /** Whether reads check expiry. False: an expired entry is given out until the janitor comes. Default: true. */
  lazy?: boolean;
  /** How often memory of expired entries is given back; false: only by reads, writes and `purge`. Default: `"1s"`. */
  janitor?: Duration | false;
  /** Defaults for `fetch`, `fetchMany` and `wrap`. */
  fetch?: FetchDefaults;
  /** Told of actions, before or after them. */
  hooks?: readonly Hook[];
  /** Fill the cache at the start and from time to time. */
  warmers?: readonly Warmer<K, V>[];
  /** Verbs of your own, for `invoke`. */
  commands?: C;
  /** Told of each value that leaves the cache, and why. */
  onRemoval?: (event: RemovalEvent<K, V>) => void;
  /** Told of errors that reach no caller. They are counted in `stats().errors` in any case. */
  onError?: (error: unknown, source: ErrorSource) => void;
  /** Whether to count; see `stats`. Default: true. */
  stats?: boolean;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
  /** Numbers from 0 up to 1. Default: `Math.random`. */
  random?: () => number;
}

/** What `set` and whatever else stores a value takes. */
export interface SetOptions {
  /** How long the entry lives; null: for ever. Default: the cache's `ttl`. */
  ttl?: Duration | null;
  /** How long it stays after its last use; null: for ever. Default: the cache's `idle`. */
  idle?: Duration | null;
  /** What `invalidateTag` finds it by. */
  tags?: readonly string[];
  /** Its weight. Default: what the cache's `weigher` says, else 1. */
  weight?: number;
}

/** Defaults that a cache may set for loading. */
export interface FetchDefaults {
  /** How long loaded entries live; null: for ever. Default: the cache's `ttl`. */
  ttl?: Duration | null;
  idle?: Duration | null;
  /** Shortens each ttl at random, by up to this share of it. */
  jitter?: number;
  /** The load is given up after this time: its callers fail, or get a stale value within `grace`. */
  timeout?: Duration;
  /** A caller for whom there is a stale value waits no longer than this; the load goes on. */
  softTimeout?: Duration;
  /**
   * For so long after expiry, the old value is given out at once while a load runs behind. Reaches entries that were
   * stored by a load with this option, or in a cache whose `fetch` defaults have it.
   */
  staleWhileRevalidate?: Duration;
  /** For so long after expiry, the old value is given out if the load fails (stale-if-error). Reaches the same entries. */
  grace?: Duration;
  /** After a failed load, the next one is not tried before this time; doubles with each failure, up to 64-fold. */
  backoff?: Duration;
  /** Renews hot entries shortly before they expire, at random, sooner the longer they take to load (XFetch). */
  earlyRefresh?: boolean | number;
  /** A read after this share of the ttl renews the entry behind. */
  refreshAhead?: number;
  /** For how long it is remembered that a loader found nothing (returned undefined). */
  negativeTtl?: Duration;
}

/** What one `fetch` takes. */
export interface FetchOptions extends FetchDefaults {
  tags?: readonly string[];
  weight?: number;
  /** Gives up this caller's wait; the load goes on for others, and is told when none is left. */
  signal?: AbortSignal;
  /** Loads although there is a value. */
  force?: boolean;
}

/** What a loader is given beside the key. */
export interface LoadContext<V> {
  /** Aborted when nobody waits any more, on timeout, and on `close`. */
  readonly signal: AbortSignal;
  /** The expired value that this load renews, if it is still there. */
  readonly stale: V | undefined;
}

export type Loader<K, V> = (key: K, context: LoadContext<V>) => LoadResult<V> | PromiseLike<LoadResult<V>>;

/** A loader that always has a value. */
export type FoundLoader<K, V> = (key: K, context: LoadContext<V>) => MaybePromise<V | Commit<V> | Ignore<V>>;

export type MaybePromise<T> = T | PromiseLike<T>;

/** A value to store; `commit(value, options)` to say how; `ignore(value)` not to; undefined: there is none. */
export type LoadResult<V> = V | Commit<V> | Ignore<V> | undefined;

export type BulkLoader<K, V> = (
  keys: K[],
  context: { readonly signal: AbortSignal },
) => BulkResult<K, V> | PromiseLike<BulkResult<K, V>>;

/** What was found; keys that are missing were not. */
export type BulkResult<K, V> = ReadonlyMap<K, LoadResult<V>> | Iterable<readonly [K, LoadResult<V>]>;

/** What `wrap` takes. */
export interface WrapOptions<Args extends readonly unknown[], K> extends Omit<FetchOptions, "signal"> {
  /** The entry's key. Default: a name of the function and a stable text of all arguments. */
  key?: (...args: Args) => K;
}

export class Commit<V> {
  constructor(
    readonly value: V,
    readonly options: SetOptions | undefined,
  ) {}
}

export class Ignore<V> {
  constructor(readonly value: V) {}
}

/** Why a value left. */
export type RemovalCause = "expired" | "evicted" | "deleted" | "replaced" | "cleared";

export interface RemovalEvent<K, V> {
  readonly key: K;
  readonly value: V;
  readonly cause: RemovalCause;
}

export interface ErrorSource {
  readonly source: "hook" | "listener" | "warmer" | "loader" | "recorder";
  /** Which one, where it has a name. */
  readonly name?: string;
}

export interface HookEvent {
  /** The verb: `"get"`, `"set"`, ... */
  readonly action: Verb;
  readonly args: readonly unknown[];
  /** What it returned, or what its promise came to. Before the action, and when it failed: undefined. */
  readonly result: unknown;
  /** What its promise was rejected with, for hooks after it. Of a verb that throws at once, hooks are not told. */
  readonly error?: unknown;
}

export interface Hook {
  /** For reports. Default: its place in the list. */
  name?: string;
  when: "before" | "after";
  /** The actions to be told of. Default: all. */
  on?: readonly Verb[];
  /** A further choice, by arguments or result. */
  filter?: (event: HookEvent) => boolean;
  /** Called in a later turn, one event after another, at most `queue` (10,000) of them waiting. Default: false. */
  async?: boolean;
  queue?: number;
  /** Before an action: returning false or throwing stops it. */
  veto?: boolean;
  /** Given the cache when it is made. */
  init?: (cache: unknown) => void;
  /** Called by `reset`. */
  reset?: () => void;
  handle: (event: HookEvent) => unknown;
}

export interface WarmerContext<S = unknown> {
  readonly state: S;
  readonly signal: AbortSignal;
}

/** Entries, or entries with how to store them; undefined: nothing this time. */
export type WarmerResult<K, V> =
  | Iterable<readonly [K, V]>
  | { entries: Iterable<readonly [K, V]>; options?: SetOptions }
  | undefined
  | null;

export interface Warmer<K, V> {
  /** For `warm({only})` and reports. Default: its place in the list. */
  name?: string;
  /** `cache.ready` waits until it has run once. Default: false. */
  required?: boolean;
  /** Runs again so long after it ran. Default: only at the start and by `warm`. */
  every?: Duration;
  /** Handed to `execute`. */
  state?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the state is the user's own, of whatever type he gives it
  execute: (context: WarmerContext<any>) => WarmerResult<K, V> | PromiseLike<WarmerResult<K, V>>;
}

export interface ReadCommand<V> {
  type: "read";
  // biome-ignore lint/suspicious/noExplicitAny: further arguments are the command's own; invoke() infers them
  execute: (value: V | undefined, ...args: any[]) => unknown;
}

export interface WriteCommand<V> {
  type: "write";
  /** Gives what to return and what to store; undefined to store nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  execute: (value: V | undefined, ...args: any[]) => readonly [returned: unknown, stored: V | undefined];
}

export type Command<V> = ReadCommand<V> | WriteCommand<V>;
export type Commands<V> = Record<string, Command<V>>;

/** The arguments of a command after the value. */
export type CommandArgs<C> = C extends { execute: (value: never, ...args: infer Args) => unknown }
  ? Args
  : never;
/** What `invoke` returns for it. */
export type CommandResult<C> = C extends { type: "read"; execute: (...args: never[]) => infer R }
  ? R
  : C extends { type: "write"; execute: (...args: never[]) => readonly [infer R, unknown] }
    ? R
    : unknown;

/** An entry as `stream` and `inspect` show it. */
export interface EntryView<K, V> {
  readonly key: K;
  readonly value: V;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
  /** Whether it has expired and is still there. */
  readonly expired: boolean;
  readonly tags: readonly string[];
  /** 1 where nothing else was said. */
  readonly weight: number;
}

export interface StreamQuery<K, V, R = EntryView<K, V>> {
  where?: (entry: EntryView<K, V>) => boolean;
  select?: (entry: EntryView<K, V>) => R;
  /** Also entries that have expired and are still there. Default: false. */
  expired?: boolean;
  /** Entries looked at before an asynchronous reader gives other work a turn. Default: 256. */
  buffer?: number;
}

/** An entry as plain data: what `export` gives, `import` and dumps take. Times are on the calendar. */
export interface ExportedEntry<K, V> {
  readonly key: K;
  readonly value: V;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
  /** The time to live that it was given, in milliseconds, for `refresh`. */
  readonly ttl?: number;
  /** How long it may go unused, in milliseconds. */
  readonly idle?: number;
  readonly weight?: number;
  readonly tags?: readonly string[];
}

export interface CacheStats {
  /** Milliseconds since 1970 when counting began. */
  readonly since: number;
  readonly hits: number;
  readonly misses: number;
  /** hits / (hits + misses); 0 before the first read. */
  readonly hitRate: number;
  readonly missRate: number;
  readonly writes: number;
  readonly deletes: number;
  readonly evictions: number;
  readonly expirations: number;
  /** Values that left, by cause. */
  readonly removals: Readonly<Record<RemovalCause, number>>;
  readonly loads: {
    readonly ok: number;
    readonly failed: number;
    /** Loads whose value came too late to be stored: their key was written or invalidated meanwhile. */
    readonly overtaken: number;
    /** All loads together, in milliseconds. */
    readonly timeMs: number;
  };
  /** Stale values given out instead of an error or a wait. */
  readonly stale: number;
  /** Calls by verb. */
  readonly calls: Readonly<Record<string, number>>;
  readonly operations: number;
  /** Errors that reached no caller. */
  readonly errors: Readonly<Record<ErrorSource["source"], number>>;
  /** Events that asynchronous hooks lost because their queue was full. */
  readonly droppedEvents: number;
}

export interface CacheReport {
  readonly name: string;
  readonly size: number;
  readonly expired: number;
  readonly max: number | null;
  readonly weight: number;
  readonly maxWeight: number | null;
  readonly policy: string;
  readonly janitor: {
    readonly everyMs: number | null;
    readonly runs: number;
    readonly removed: number;
    readonly lastRunAt: number | null;
  };
  /** Bytes of the cache's own tables; keys and values are not counted. */
  readonly overheadBytes: number;
  readonly loading: number;
  readonly transactions: number;
  readonly tags: number;
  readonly warmers: readonly string[];
  readonly hooks: readonly string[];
  readonly commands: readonly string[];
}

/** The verbs inside a transaction: on its own keys, seen by nobody until it ends. */
export interface Transaction<K, V> {
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V, options?: SetOptions): void;
  delete(key: K): boolean;
  take(key: K): V | undefined;
  update(key: K, value: V): boolean;
  incr(key: K, amount?: number, options?: CounterOptions): number;
  decr(key: K, amount?: number, options?: CounterOptions): number;
}

export interface CounterOptions extends SetOptions {
  /** Where an absent key begins. Default: 0. */
  default?: number;
}
