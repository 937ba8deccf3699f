/**
 * The in-process cache: a facade, a line per verb. What a verb does stands in actions/; what a cache is, in state.ts.
 *
 * Verbs are synchronous unless they have to wait for something outside: fetch, fetchMany, transaction, warm, save,
 * restore. Each goes through `observe` only while somebody watches (hooks, tracers, a recording) or the cache is closed.
 */
import type { Duration } from "../base/duration.js";
import { ClosedError, InvalidArgumentError } from "../base/errors.js";
import * as commands from "./actions/commands.js";
import * as dump from "./actions/dump.js";
import * as expiry from "./actions/expiry.js";
import * as loading from "./actions/fetch.js";
import * as looking from "./actions/inspect.js";
import * as walking from "./actions/iterate.js";
import * as reading from "./actions/read.js";
import * as sizing from "./actions/size.js";
import * as tagging from "./actions/tags.js";
import * as batching from "./actions/transaction.js";
import * as updating from "./actions/update.js";
import { warm } from "./actions/warm.js";
import { wrap } from "./actions/wrap.js";
import * as writing from "./actions/write.js";
import { assemble } from "./assemble.js";
import { forgetAll } from "./core/remove.js";
import type { RestoreOptions, SaveOptions, SaveResult } from "./persist/types.js";
import { diagnostics } from "./services/diagnostics.js";
import type { LoadingCache } from "./services/loading.js";
import { observe } from "./services/observe.js";
import { type RunningRecording, record } from "./services/recording.js";
import type { State } from "./state.js";
import type {
  BulkLoader,
  CacheOptions,
  CacheReport,
  CacheStats,
  CommandArgs,
  CommandResult,
  Commands,
  Commit,
  CounterOptions,
  EntryView,
  ExportedEntry,
  FetchOptions,
  FoundLoader,
  Ignore,
  Loader,
  RemovalEvent,
  SetOptions,
  StreamQuery,
  Transaction,
  WrapOptions,
} from "./types.js";

const action = diagnostics.action;

/** The inside of a cache, for the parts of this package that load into it: tiers. */
export let loadingOf: <K, V>(cache: Cache<K, V>) => LoadingCache<K, V>;

/**
 * A bounded, expiring, loading cache in this process's memory; values are kept by reference.
 *
 * @example
 * const users = new Cache<string, User>({ max: 10_000, ttl: "5m" });
 * users.set("user:1", user);
 * users.get("user:1");                                         // the user, or undefined
 * await users.fetch("user:2", (key) => loadUser(key));         // from the cache, or loaded once and stored
 */
export class Cache<K = string, V = unknown, const C extends Commands<V> = Commands<V>> implements Disposable {
  /** Resolves when every required warmer has run once; rejects with `ClosedError` if the cache is closed before. */
  readonly ready: Promise<void>;
  readonly #s: State<K, V>;

  static {
    loadingOf = (cache) => cache.#s;
  }

  /** @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one */
  constructor(options?: CacheOptions<K, V, C>) {
    const state = assemble<K, V>(options);
    this.#s = state;
    state.verbs = this;
    this.ready = state.warmers.ready;
    state.hooks.init(this);
    state.warmers.start();
  }

  /** What it was named; `"cache"` by default. */
  get name(): string {
    return this.#s.name;
  }

  get closed(): boolean {
    return this.#s.closed;
  }

  /** The value, or undefined if there is none or it has expired. Counts as a use of the entry. */
  get(key: K): V | undefined {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observedGet(s, key) : reading.get(s, key);
  }

  /** The value, without counting as a use: no statistics, no recency, no idle time. */
  peek(key: K): V | undefined {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "peek", reading.peek, [key])
      : reading.peek(s, key);
  }

  /** Whether `get` would find a value. Does not count as a use. */
  has(key: K): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "has", reading.has, [key]) : reading.has(s, key);
  }

  /** Removes the entry and gives its value. */
  take(key: K): V | undefined {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "take", reading.take, [key])
      : reading.take(s, key);
  }

  /** The values of the keys that were found, in the order asked. */
  getMany(keys: Iterable<K>): Map<K, V> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "getMany", reading.getMany, [keys])
      : reading.getMany(s, keys);
  }

  /**
   * Stores a value; whatever the key had before, ttl and tags included, is gone.
   *
   * @returns false if the entry was refused: heavier than `maxWeight`, or stopped by a hook that may veto
   * @throws InvalidValueError for undefined, which would look like a miss
   * @example cache.set("user:1", user, { ttl: "1m", tags: ["users"] });
   */
  set(key: K, value: V, options?: SetOptions): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observedSet(s, key, value, options)
      : writing.set(s, key, value, options);
  }

  /** Stores several entries, all with the same options; returns how many were stored. Wrong input stores none. */
  setMany(entries: Iterable<readonly [K, V]>, options?: SetOptions): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "setMany", writing.setMany, [entries, options])
      : writing.setMany(s, entries, options);
  }

  /** Removes the entry; whether there was one. */
  delete(key: K): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "delete", writing.remove, [key])
      : writing.remove(s, key);
  }

  /** Removes all entries; returns how many there were. Loads under way will not store their values. */
  clear(): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "clear", writing.clear, []) : writing.clear(s);
  }

  /** Removes all entries, starts the statistics anew, and tells hooks to begin again; returns how many entries went. */
  reset(): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "reset", writing.reset, []) : writing.reset(s);
  }

  /** How many entries there are. With `{expired: false}` without those that expired but are still there (slower). */
  size(options?: { expired?: boolean }): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "size", sizing.size, [options])
      : sizing.size(s, options);
  }

  /** Whether `size()` is 0. */
  isEmpty(): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "isEmpty", sizing.isEmpty, [])
      : sizing.isEmpty(s);
  }

  /** Removes entries, expired ones first, until `size` less the share to `reclaim` (0.1) is left, if there are more than `size`. */
  prune(size: number, options?: { reclaim?: number }): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "prune", sizing.prune, [size, options])
      : sizing.prune(s, size, options);
  }

  /** Removes what has expired or was invalidated, now; returns how many entries went. */
  purge(): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "purge", sizing.purge, []) : sizing.purge(s);
  }

  /** Changes bounds while the cache is in use; what is too much goes at once. */
  resize(bounds: { max?: number; maxWeight?: number }): void {
    const s = this.#s;
    if (s.observed || action.hasSubscribers) observe(s, "resize", sizing.resize, [bounds]);
    else sizing.resize(s, bounds);
  }

  /** The keys of live entries. Lazy; the cache may be changed meanwhile (see `stream`). */
  keys(): IterableIterator<K> {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "keys", walking.keys<K, V>, []) : walking.keys(s);
  }

  /** The values of live entries. */
  values(): IterableIterator<V> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "values", walking.values<K, V>, [])
      : walking.values(s);
  }

  /** Live entries as [key, value]. */
  entries(): IterableIterator<[K, V]> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "entries", walking.entries<K, V>, [])
      : walking.entries(s);
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  /**
   * A lazy query over entries, for `for` and `for await`.
   *
   * An entry that is there from the first step to the last is given exactly once, whatever happens to others meanwhile.
   *
   * @example [...cache.stream({ where: (e) => e.value.age > 30, select: (e) => e.key })]
   */
  stream<R = EntryView<K, V>>(query?: StreamQuery<K, V, R>): walking.Stream<R> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "stream", walking.stream<K, V, R>, [query])
      : walking.stream(s, query);
  }

  /** Marks the entry as used: for eviction, as if it was written; its idle time begins anew. The ttl runs on. */
  touch(key: K): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "touch", expiry.touch, [key])
      : expiry.touch(s, key);
  }

  /**
   * Gives the entry a new ttl from now on; null: it stays. Whether there was such an entry.
   *
   * @throws InvalidDurationError
   */
  expire(key: K, ttl: Duration | null): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "expire", expiry.expire, [key, ttl])
      : expiry.expire(s, key, ttl);
  }

  /** Lets the entry expire at a moment of the calendar, a Date or milliseconds since 1970. */
  expireAt(key: K, at: Date | number): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "expireAt", expiry.expireAt, [key, at])
      : expiry.expireAt(s, key, at);
  }

  /** Takes the entry's ttl away; an idle time stays. Whether there was such an entry. */
  persist(key: K): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "persist", expiry.persist, [key])
      : expiry.persist(s, key);
  }

  /** Starts the ttl that the entry was given anew. Whether there was such an entry. */
  refresh(key: K): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "refresh", expiry.refresh, [key])
      : expiry.refresh(s, key);
  }

  /** Milliseconds until the entry expires, idle time apart; null: it has no ttl; undefined: there is no entry. */
  ttl(key: K): number | null | undefined {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "ttl", expiry.ttl, [key]) : expiry.ttl(s, key);
  }

  /**
   * Adds to a number, in place; an absent key begins at `default` (0). Expiry and tags of a present entry stay.
   *
   * @throws NonNumericValueError if the value is no number; it is untouched
   */
  incr(key: K, amount = 1, options?: CounterOptions): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "incr", updating.incr, [key, amount, options])
      : updating.incr(s, key, amount, options);
  }

  /** Subtracts; see `incr`. */
  decr(key: K, amount = 1, options?: CounterOptions): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "decr", updating.decr, [key, amount, options])
      : updating.decr(s, key, amount, options);
  }

  /** Replaces the value of a present entry and keeps its expiry and tags; false if there is none, or the value is too heavy. */
  update(key: K, value: V): boolean {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "update", updating.update, [key, value])
      : updating.update(s, key, value);
  }

  /**
   * Replaces the value by what `fn` makes of it, and returns that. `commit(value, options)` stores it anew with those
   * options, `ignore(value)` only returns it.
   *
   * @example cache.getAndUpdate("visits", (count = 0) => count + 1);
   */
  getAndUpdate<R = never>(key: K, fn: (value: V | undefined) => V | Commit<V> | Ignore<R>): V | R {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "getAndUpdate", updating.getAndUpdate<K, V, R>, [key, fn])
      : updating.getAndUpdate(s, key, fn);
  }

  /**
   * The value; if there is none, what `loader` brings, which is stored. Callers that come while a load runs share it.
   *
   * A load that began before its key was written, deleted or invalidated does not store its value. A loader returns a
   * value, `commit(value, options)`, `ignore(value)`, or undefined for "there is none" (with `negativeTtl`, also callers
   * after it get undefined). A loader must not fetch the key that it loads: it would wait for itself. At most one load
   * runs per key; one that was told to stop by its signal counts as ended, whether it listens or not.
   *
   * @throws what the loader throws; LoadTimeoutError; the reason of `signal`
   * @example await cache.fetch("user:1", (key, { signal }) => loadUser(key, signal), { ttl: "1m", grace: "1h" });
   */
  fetch(key: K, loader: FoundLoader<K, V>, options?: FetchOptions): Promise<V>;
  fetch(key: K, loader: Loader<K, V>, options?: FetchOptions): Promise<V | undefined>;
  fetch(key: K, loader: Loader<K, V>, options?: FetchOptions): Promise<V | undefined> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "fetch", loading.fetch<K, V>, [key, loader, options])
      : loading.fetch(s, key, loader, options);
  }

  /** The same for many keys; those that are missing are loaded by one call of `loader`. Keys not found are left out. */
  fetchMany(keys: Iterable<K>, loader: BulkLoader<K, V>, options?: FetchOptions): Promise<Map<K, V>> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "fetchMany", loading.fetchMany<K, V>, [keys, loader, options])
      : loading.fetchMany(s, keys, loader, options);
  }

  /**
   * A function that remembers: `fetch` with the arguments as the key.
   *
   * @example const userOf = cache.wrap((id: number) => loadUser(id), { ttl: "1m" });
   */
  wrap<Args extends readonly unknown[], R extends V>(
    fn: (...args: Args) => R | PromiseLike<R>,
    options?: WrapOptions<Args, K>,
  ): (...args: Args) => Promise<R> {
    return wrap(this.#s, fn, options);
  }

  /**
   * Runs `fn` on a private view of the keys; its writes appear together at the end, or not at all if it throws.
   * Transactions that share a key run one after another; one without keys runs alone, and may use any key. Written by
   * others meanwhile, it runs again, up to `retries` (5) times. Do not wait inside it for another one on the same keys.
   *
   * @throws TransactionConflictError when others kept writing
   * @example await cache.transaction(["a", "b"], (tx) => tx.set("a", tx.get("b")!));
   */
  transaction<R>(
    keys: Iterable<K>,
    fn: (tx: Transaction<K, V>) => R | PromiseLike<R>,
    options?: { retries?: number },
  ): Promise<R> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "transaction", batching.transaction<K, V, R>, [keys, fn, options])
      : batching.transaction(s, keys, fn, options);
  }

  /** Runs a synchronous batch with one reading of the clock; for isolation, see `transaction`. */
  execute<R>(fn: (cache: this) => R): R {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "execute", batching.execute<this, R>, [fn, this])
      : batching.execute(s, fn, this);
  }

  /** Every entry set with this tag is gone, however many there are, at the cost of one. */
  invalidateTag(tag: string): void {
    const s = this.#s;
    if (s.observed || action.hasSubscribers) observe(s, "invalidateTag", tagging.invalidateTag, [tag]);
    else tagging.invalidateTag(s, tag);
  }

  /**
   * Runs a command of yours, declared as `commands`.
   *
   * @throws UnknownCommandError
   */
  invoke<Name extends keyof C & string>(
    name: Name,
    key: K,
    ...args: CommandArgs<C[Name]>
  ): CommandResult<C[Name]> {
    const s = this.#s;
    const result: unknown =
      s.observed || action.hasSubscribers
        ? observe(s, "invoke", commands.invoke, [name, key, ...args])
        : commands.invoke(s, name, key, ...args);
    return result as CommandResult<C[Name]>;
  }

  /** Runs warmers now; how many entries each stored, undefined if it failed. With `{wait: false}` it only starts them. */
  warm(options?: { only?: readonly string[]; wait?: boolean }): Promise<Record<string, number | undefined>> {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "warm", warm, [options]) : warm(s, options);
  }

  /** All live entries as plain data. */
  export(): ExportedEntry<K, V>[] {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "export", dump.exportEntries<K, V>, [])
      : dump.exportEntries(s);
  }

  /** Stores what `export` gave; equal keys are replaced, others stay. Returns how many were stored. */
  import(entries: Iterable<ExportedEntry<K, V>>): number {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "import", dump.importEntries<K, V>, [entries])
      : dump.importEntries(s, entries);
  }

  /** Writes all live entries to a file, streamed and checksummed; the file is replaced in one step. Node only. */
  save(path: string, options?: SaveOptions): Promise<SaveResult> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "save", dump.save<K, V>, [path, options])
      : dump.save(s, path, options);
  }

  /**
   * Stores what `save` wrote: equal keys are replaced, others stay, what has expired is left out.
   *
   * @throws CorruptDumpError, DumpVersionError: nothing was stored
   */
  restore(path: string, options?: RestoreOptions): Promise<dump.RestoreResult> {
    const s = this.#s;
    return s.observed || action.hasSubscribers
      ? observe(s, "restore", dump.restore<K, V>, [path, options])
      : dump.restore(s, path, options);
  }

  /** Writes down which keys are asked for, as hashes, for the simulator. `sample`: the share of keys (1). Node only. */
  record(path: string, options?: { sample?: number }): RunningRecording {
    return record(this.#open("record"), path, options);
  }

  /** What was counted so far; a snapshot. @throws StatsDisabledError on a cache made with `stats: false` */
  stats(): CacheStats {
    const s = this.#s;
    return s.observed || action.hasSubscribers ? observe(s, "stats", looking.stats, []) : looking.stats(s);
  }

  /** Begins counting anew; entries stay. */
  resetStats(): void {
    this.#open("resetStats").stats.reset(this.#s.time.clock.wall());
  }

  /** How the cache is doing, also after it was closed (looks at every entry); with a key, that entry, also if it has expired and is still there. */
  inspect(): CacheReport;
  inspect(key: K): EntryView<K, V> | undefined;
  inspect(...key: [] | [K]): CacheReport | EntryView<K, V> | undefined {
    const s = this.#s;
    const look = (): CacheReport | EntryView<K, V> | undefined =>
      key.length === 0 ? looking.inspect(s) : looking.inspectKey(this.#open("inspect"), key[0]);
    const told = (s.observed || action.hasSubscribers) && !s.closed;
    return told ? observe(s, "inspect", look, [...key] as []) : look();
  }

  /** Tells `listener` of each value that leaves; returns a function that ends it. */
  onRemoval(listener: (event: RemovalEvent<K, V>) => void): () => void {
    if (typeof listener !== "function") {
      throw new InvalidArgumentError("onRemoval", "listener", listener, "a function of the event");
    }
    return this.#open("onRemoval").removals.listen(listener);
  }

  /** Asserts every relation between the internal structures; for tests. @throws AssertionError */
  verify(): void {
    looking.verify(this.#s);
  }

  /**
   * Ends the cache: timers stop, loads under way are aborted, entries are let go without telling listeners, and every
   * verb throws `ClosedError` from now on. Closing again does nothing.
   */
  close(): void {
    const s = this.#s;
    if (s.closed) return;
    s.closed = true;
    s.observed = true;
    for (const close of s.closers) close();
    s.closers.clear();
    s.hooks.close();
    s.removals.close();
    s.time.close();
    forgetAll(s);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** For what is no action that hooks are told of. */
  #open(verb: string): State<K, V> {
    if (this.#s.closed) throw new ClosedError(verb);
    return this.#s;
  }
}

// The two verbs that most loops are made of leave this to others: what is not in them V8 need not inline.

function observedGet<K, V>(s: State<K, V>, key: K): V | undefined {
  return observe(s, "get", reading.get, [key]);
}

function observedSet<K, V>(s: State<K, V>, key: K, value: V, options: SetOptions | undefined): boolean {
  return observe(s, "set", writing.set, [key, value, options]);
}
