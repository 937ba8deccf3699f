/**
 * The tiered cache: a facade, a line per verb. What a verb does stands in verbs/ and flight/; what a tiered cache is, in state.ts.
 *
 * Every verb gives a promise, but `peek`, `stats` and what they are made of. Each goes through `observe` only while somebody watches
 * (hooks) or the cache is closed.
 */
import type { Duration } from "../base/duration.js";
import { ClosedError } from "../base/errors.js";
import { warmOptions } from "../cache/options/calls.js";
import type { BulkLoader, FoundLoader, Loader } from "../cache/types.js";
import { assemble } from "./assemble.js";
import { wrap } from "./flight/index.js";
import { spaceIn } from "./namespaces/spaces.js";
import { observe } from "./observe/observe.js";
import { stats } from "./observe/stats.js";
import type { TieredState } from "./state.js";
import type {
  NamespaceOptions,
  TieredCounterOptions,
  TieredFetchOptions,
  TieredOptions,
  TieredReadOptions,
  TieredSetOptions,
  TieredStats,
  TieredWrapOptions,
} from "./types.js";
import { close } from "./verbs/close.js";
import * as counting from "./verbs/counter.js";
import * as expiring from "./verbs/expiry.js";
import * as invalidating from "./verbs/invalidate.js";
import { prune } from "./verbs/prune.js";
import * as reading from "./verbs/read.js";
import * as walking from "./verbs/walk.js";
import * as writing from "./verbs/write.js";

type WarmOptions = { only?: readonly string[]; wait?: boolean };
type Warm = (options: WarmOptions | undefined) => Promise<Record<string, number | undefined>>;

/** Only `createTiered` makes one from nothing. */
let create: (options: object | undefined) => Tiered;

/**
 * A cache of two tiers: L1 in this process (or shared by its threads), L2 in a store that outlives it and that other processes
 * share, kept coherent by a bus. Keys are texts.
 *
 * The verbs are those of `Cache`, with promises. What differs: `set` replaces in both tiers; `clear` does not say how many there were;
 * counters (`incr`) are apart from values; transactions, `update` and commands are not there, since no store has them for all.
 *
 * A fault of L2 is a miss to those who read and load. A write that L2 does not take rejects with StoreUnavailableError
 * (`writes: "strict"`), L1 has it all the same, and what L2 has of old is made good before it is believed again.
 *
 * @example
 * const users = createTiered<User>({ name: "users", l2: new RedisStore({ url }), bus: new RedisBus({ url }), ttl: "5m" });
 * await users.set("1", user, { tags: ["team:7"] });
 * await users.fetch("2", (id) => loadUser(id));          // from L1, from L2, or loaded once in the whole fleet
 * await users.invalidateTag("team:7");                   // in every process
 */
export class Tiered<V = unknown> implements AsyncDisposable {
  /** Resolves when every required warmer has run once; rejects with `ClosedError` if the cache is closed before. */
  readonly ready: Promise<void>;
  readonly #s: TieredState;
  readonly #warm: Warm;

  /** Use `createTiered`, and `namespace`. */
  private constructor(state: TieredState, ready: Promise<void>, warm: Warm) {
    this.#s = state;
    this.#warm = warm;
    this.ready = ready;
    state.facade = this;
  }

  static {
    create = (options) => {
      const { state, warmers } = assemble(options);
      const warm: Warm = async (given) => {
        const { only, wait } = warmOptions.bind(given, "warm");
        const counts = warmers.warm(only);
        if (wait) return counts;
        counts.catch(() => {});
        return {};
      };
      const tiered = new Tiered(state, warmers.ready, warm);
      state.hub.hooks.init(tiered);
      warmers.start();
      return tiered;
    };
  }

  /** What it was named; `"cache"` by default. */
  get name(): string {
    return this.#s.hub.name;
  }

  /** The namespaces around it and its own, from the outside in; of the cache itself: none. */
  get path(): readonly string[] {
    return this.#s.path;
  }

  get closed(): boolean {
    return this.#s.hub.isClosed;
  }

  /**
   * The value, or undefined if there is none. From L1, else from L2, and then L1 has it as well. If L2 is away: undefined.
   *
   * @throws ClosedError
   */
  get(key: string, options?: TieredReadOptions): Promise<V | undefined> {
    const s = this.#s;
    if (s.observed) return observe(s, "get", reading.get, key, options) as Promise<V | undefined>;
    if (options !== undefined) return reading.get(s, key, options) as Promise<V | undefined>;
    const value = s.near.get(key);
    return (value === undefined ? reading.getFar(s, key) : Promise.resolve(value)) as Promise<V | undefined>;
  }

  /** What L1 has, at once; without counting as a use. */
  peek(key: string): V | undefined {
    return this.#s.near.peek(key) as V | undefined;
  }

  /** The values of the keys that were found, in the order asked: from L1, the rest with one question to L2. */
  getMany(keys: Iterable<string>, options?: TieredReadOptions): Promise<Map<string, V>> {
    return this.#run("getMany", reading.getMany, keys, options) as Promise<Map<string, V>>;
  }

  /** Whether `get` would find a value. */
  has(key: string, options?: TieredReadOptions): Promise<boolean> {
    return this.#run("has", reading.has, key, options);
  }

  /** Removes the entry and gives its value; of several who take it at once, one gets it. */
  take(key: string): Promise<V | undefined> {
    return this.#run("take", writing.take, key) as Promise<V | undefined>;
  }

  /**
   * Stores a value; whatever the key had before is gone. Readers in this process have it at once, L2 and others when the promise
   * has resolved.
   *
   * @returns false if a hook stopped it, or L2 did not take it and `writes` is `"best-effort"`
   * @throws StoreUnavailableError if L2 did not take it: L1 has it, and L2 gives out nothing older
   * @throws InvalidValueError for undefined; SerializationError, ValueTooLargeError: nothing was changed in L2
   * @example await cache.set("user:1", user, { ttl: "10m", l1Ttl: "30s", tags: ["users"] });
   */
  set(key: string, value: V, options?: TieredSetOptions): Promise<boolean> {
    return this.#run("set", writing.set, key, value, options);
  }

  /** Stores several entries, all with the same options, with one message to L2; returns how many. Wrong input stores none. */
  setMany(entries: Iterable<readonly [string, V]>, options?: TieredSetOptions): Promise<number> {
    return this.#run("setMany", writing.setMany, entries, options);
  }

  /**
   * Removes the entry from both tiers, and from every other process's L1; whether there was one. A load under way, wherever it
   * runs, does not store its value.
   *
   * @throws StoreUnavailableError if L2 did not take it: L1 has dropped it, and L2 does not give it out any more
   */
  delete(key: string): Promise<boolean> {
    return this.#run("delete", writing.remove, key);
  }

  /** Removes several; how many there were. */
  deleteMany(keys: Iterable<string>): Promise<number> {
    return this.#run("deleteMany", writing.removeMany, keys);
  }

  /** Marks the entry as used, for eviction in both tiers. The ttl runs on. Whether there is such an entry. */
  touch(key: string): Promise<boolean> {
    return this.#run("touch", reading.touch, key);
  }

  /** Gives the entry a new ttl from now on; null: it stays. Whether there was such an entry. */
  expire(key: string, ttl: Duration | null): Promise<boolean> {
    return this.#run("expire", expiring.expire, key, ttl);
  }

  /** Lets the entry expire at a moment of the calendar, a Date or milliseconds since 1970. */
  expireAt(key: string, at: Date | number): Promise<boolean> {
    return this.#run("expireAt", expiring.expireAt, key, at);
  }

  /** Takes the entry's ttl away. Whether there was such an entry. */
  persist(key: string): Promise<boolean> {
    return this.#run("persist", expiring.persist, key);
  }

  /** Starts the ttl that the entry was given anew. Whether there was such an entry. */
  refresh(key: string): Promise<boolean> {
    return this.#run("refresh", expiring.refresh, key);
  }

  /** Milliseconds until the entry expires, as L2 has it; null: it does not; undefined: there is no entry. */
  ttl(key: string, options?: TieredReadOptions): Promise<number | null | undefined> {
    return this.#run("ttl", reading.ttl, key, options);
  }

  /**
   * Adds to a counter that all processes share, in one step, and gives the sum. Counters are whole numbers and stand apart from
   * values: `get`, `delete` and `clear` have nothing to do with them. `incr(key, 0)` reads one.
   *
   * @throws StoreUnavailableError if L2 does not answer: it may have been done
   */
  incr(key: string, amount = 1, options?: TieredCounterOptions): Promise<number> {
    return this.#run("incr", counting.incr, key, amount, options);
  }

  /** Subtracts; see `incr`. */
  decr(key: string, amount = 1, options?: TieredCounterOptions): Promise<number> {
    return this.#run("decr", counting.decr, key, amount, options);
  }

  /** Removes a counter; whether there was one. */
  resetCounter(key: string): Promise<boolean> {
    return this.#run("resetCounter", counting.resetCounter, key);
  }

  /**
   * The value; if there is none, what `loader` brings, which is stored in both tiers. One load a key in the whole fleet, as far as
   * L2 grants leases: callers here share it, other processes wait for what it brings.
   *
   * A load that began before its key (or a tag of it, or everything) was written or invalidated, by whichever process, does not
   * store its value. If L2 is away, the loader is called, once in this process.
   *
   * @throws what the loader throws; LoadTimeoutError; the reason of `signal`
   * @example await cache.fetch("user:1", (key, { signal }) => loadUser(key, signal), { ttl: "1m", grace: "1h" });
   */
  fetch(key: string, loader: FoundLoader<string, V>, options?: TieredFetchOptions): Promise<V>;
  fetch(key: string, loader: Loader<string, V>, options?: TieredFetchOptions): Promise<V | undefined>;
  fetch(key: string, loader: Loader<string, V>, options?: TieredFetchOptions): Promise<V | undefined> {
    const s = this.#s;
    const given = loader as Loader<string, unknown>;
    if (!s.observed) return s.flights.fetch(key, given, options) as Promise<V | undefined>;
    return observe(s, "fetch", fetchIn, key, given, options) as Promise<V | undefined>;
  }

  /** The same for many keys; those that are missing are loaded by one call of `loader`. Keys not found are left out. */
  fetchMany(
    keys: Iterable<string>,
    loader: BulkLoader<string, V>,
    options?: TieredFetchOptions,
  ): Promise<Map<string, V>> {
    const given = loader as BulkLoader<string, unknown>;
    return this.#run("fetchMany", fetchManyIn, keys, given, options) as Promise<Map<string, V>>;
  }

  /**
   * A function that remembers: `fetch` with the arguments as the key. The key begins with the function's name (or `name`), which
   * therefore is the same in all processes.
   *
   * @example const userOf = cache.wrap(async function user(id: number) { return loadUser(id); }, { ttl: "1m" });
   */
  wrap<Args extends readonly unknown[], R extends V>(
    fn: (...args: Args) => R | PromiseLike<R>,
    options?: TieredWrapOptions<Args>,
  ): (...args: Args) => Promise<R> {
    const { wrapped } = this.#s;
    const fetch = (key: string, loader: Loader<string, unknown>, how: TieredFetchOptions): Promise<unknown> =>
      this.fetch(key, loader as Loader<string, V>, how);
    return wrap({ fetch, wrapped }, fn, options);
  }

  /** Every entry with this tag is gone, in every process, however many there are, at the cost of one. */
  invalidateTag(tag: string): Promise<void> {
    return this.#run("invalidateTag", invalidating.invalidateTag, tag);
  }

  /** The same for several, at the cost of one. */
  invalidateTags(tags: Iterable<string>): Promise<void> {
    return this.#run("invalidateTags", invalidating.invalidateTags, tags);
  }

  /**
   * Every entry of this namespace, and of those in it, is gone, in every process, at the cost of one: L2 gives their memory back as
   * they expire. Counters stay.
   */
  clear(): Promise<void> {
    return this.#run("clear", invalidating.clear);
  }

  /** Removes entries from L1 until `size` less the share to `reclaim` (0.1) is left, if there are more; how many. */
  prune(size: number, options?: { reclaim?: number }): Promise<number> {
    return this.#run("prune", prune, size, options);
  }

  /** The keys of live entries, as L2 has them. Reads all of them: for maintenance. */
  keys(): AsyncIterableIterator<string> {
    return walking.keys(this.#open("keys"));
  }

  /** Live entries as [key, value], as L2 has them; of a store that cannot be walked over: UnsupportedError. */
  entries(): AsyncIterableIterator<[string, V]> {
    return walking.entries(this.#open("entries")) as AsyncIterableIterator<[string, V]>;
  }

  /**
   * A part of the cache with keys and tags of its own, and options that may differ; what it does not say is as here. The same name
   * gives the same namespace again. L2, bus and connections are shared, L1 is its own.
   *
   * @throws InvalidOptionError for options of a namespace that is there already
   * @example const sessions = cache.namespace<Session>("sessions", { ttl: "30m", l1: { max: 1_000 } });
   */
  namespace<W = V>(name: string, options?: NamespaceOptions<W>): Tiered<W> {
    const space = spaceIn(this.#open("namespace"), name, options as NamespaceOptions | undefined);
    space.facade ??= new Tiered<W>(space, this.ready, this.#warm);
    return space.facade as Tiered<W>;
  }

  /** Runs warmers now; how many entries each stored, undefined if it failed. With `{wait: false}` it only starts them. */
  warm(options?: WarmOptions): Promise<Record<string, number | undefined>> {
    const warm = this.#warm;
    return this.#run("warm", (_s, given: WarmOptions | undefined) => warm(given), options);
  }

  /** What was counted so far, tier by tier; a snapshot. */
  stats(): TieredStats {
    return stats(this.#open("stats"));
  }

  /** Asserts every relation between the structures of L1; for tests. @throws AssertionError */
  verify(): void {
    this.#s.near.verify();
  }

  /**
   * Ends the cache, with all its namespaces: loads are aborted, calls of L2 under way reject, store and bus are closed (they are this
   * cache's own: `attach` makes others for others), and every verb rejects with `ClosedError` from now on. A cache that was given
   * as L1 stays open.
   */
  close(): Promise<void> {
    return close(this.#s);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<Args extends unknown[], R>(
    action: Parameters<typeof observe>[1],
    verb: (s: TieredState, ...args: Args) => Promise<R>,
    ...args: Args
  ): Promise<R> {
    const s = this.#s;
    return s.observed ? observe(s, action, verb, ...args) : verb(s, ...args);
  }

  /** For what is no action that hooks are told of. */
  #open(verb: string): TieredState {
    if (this.#s.hub.isClosed) throw new ClosedError(verb);
    return this.#s;
  }
}

/**
 * Makes a tiered cache. Without `l2` and `bus` it is a cache of this process, with promises.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example
 * const cache = createTiered<string>({ name: "app", l1: { max: 10_000 }, l2: new MemoryStore(), ttl: "1h" });
 */
export function createTiered<V = unknown>(options?: TieredOptions<V>): Tiered<V> {
  return create(options) as unknown as Tiered<V>;
}

function fetchIn(
  s: TieredState,
  key: string,
  loader: Loader<string, unknown>,
  options: TieredFetchOptions | undefined,
): Promise<unknown> {
  return s.flights.fetch(key, loader, options);
}

function fetchManyIn(
  s: TieredState,
  keys: Iterable<string>,
  loader: BulkLoader<string, unknown>,
  options: TieredFetchOptions | undefined,
): Promise<Map<string, unknown>> {
  return s.flights.fetchMany(keys, loader, options);
}
