/**
 * The shared cache: a facade, a line per verb. What a verb does stands in actions/, or in the in-process cache's actions
 * where it is the same; what a cache is to a thread, in state.ts.
 */
import type { Duration } from "../../base/duration.js";
import {
  ClosedError,
  InvalidArgumentError,
  InvalidHandleError,
  UnsupportedError,
} from "../../base/errors.js";
import type { RestoreResult } from "../../cache/actions/dump.js";
import type { Stream } from "../../cache/actions/iterate.js";
import * as batching from "../../cache/actions/transaction.js";
import { warm } from "../../cache/actions/warm.js";
import { wrap } from "../../cache/actions/wrap.js";
import type { RestoreOptions, SaveOptions, SaveResult } from "../../cache/persist/types.js";
import { diagnostics } from "../../cache/services/diagnostics.js";
import type { LoadingCache } from "../../cache/services/loading.js";
import { observe } from "../../cache/services/observe.js";
import { type RunningRecording, record } from "../../cache/services/recording.js";
import type { Verb } from "../../cache/services/stats.js";
import type {
  BulkLoader,
  CommandArgs,
  CommandResult,
  Commands,
  Commit,
  EntryView,
  ExportedEntry,
  FoundLoader,
  Ignore,
  Loader,
  RemovalEvent,
  StreamQuery,
  Transaction,
  WrapOptions,
} from "../../cache/types.js";
import { insideOf, SharedTable } from "../table.js";
import * as dump from "./actions/dump.js";
import * as expiry from "./actions/expiry.js";
import * as loading from "./actions/fetch.js";
import * as looking from "./actions/inspect.js";
import * as walking from "./actions/iterate.js";
import * as reading from "./actions/read.js";
import * as sizing from "./actions/size.js";
import * as updating from "./actions/update.js";
import * as writing from "./actions/write.js";
import { countsBytes } from "./counts.js";
import {
  attachOptions,
  type BoundShared,
  checkStoring,
  createOptions,
  defaultsOf,
  resolve,
} from "./options.js";
import { SharedState } from "./state.js";
import type {
  SharedAttachOptions,
  SharedCacheHandle,
  SharedCacheOptions,
  SharedCacheReport,
  SharedCacheStats,
  SharedCounterOptions,
  SharedFetchOptions,
  SharedSetOptions,
} from "./types.js";

const action = diagnostics.action;

/** The inside of a shared cache, for the parts of this package that load into it: tiers. */
export let loadingOfShared: <V>(cache: SharedCache<V>) => LoadingCache<string, V>;

/** Puts the thread's part on its table; of one that cannot be made, nothing is left. */
let open: <V, const C extends Commands<V>>(
  handle: SharedCacheHandle,
  table: SharedTable,
  own: BoundShared,
) => SharedCache<V, C>;

/**
 * A bounded, expiring, loading cache that all threads of a process share: the verbs of `Cache`, over a `SharedTable`.
 * Values are encoded (JSON unless you say otherwise); every read gives a copy of one's own.
 *
 * What is one for all threads: entries, expiry, tags, statistics; loads (`fetch` runs one loader for a key, whatever
 * threads ask), transactions, and what is atomic: `incr`, `getAndUpdate`, write commands.
 * What each thread has of its own, because functions do not travel: hooks, warmers, commands, listeners, `onError`.
 *
 * What it does not do, and says so when asked (UnsupportedError):
 * - keys other than texts, values by reference;
 * - `idle`, weights and `maxWeight`, a choice of policy, bounds enforced by schedule, `lazy: false`, `resize`;
 * - `stream({expired: true})`.
 *
 * And what is different: listeners of `onRemoval` are told of what verbs of their own thread remove or replace, not of what
 * expires or is evicted; a failed load is remembered (`backoff`) by the thread it failed in, and its error reaches callers
 * in that thread, while those in others load themselves; transactions run in the order asked within a thread.
 *
 * @example
 * const users = SharedCache.create<User>({ memory: "256mb", ttl: "5m" });
 * new Worker("./worker.js", { workerData: users.handle });
 * // in worker.js
 * const users = SharedCache.attach<User>(workerData);
 * await users.fetch("user:1", (key) => loadUser(key));         // from the cache, or loaded once among all threads
 */
export class SharedCache<V = unknown, const C extends Commands<V> = Commands<V>> implements Disposable {
  /** For `attach` in another thread: send it by `workerData` or `postMessage`. */
  readonly handle: SharedCacheHandle;
  /** Resolves when every required warmer of this thread has run once; rejects with `ClosedError` if closed before. */
  readonly ready: Promise<void>;
  readonly #s: SharedState<V>;

  static {
    loadingOfShared = (cache) => cache.#s;
    open = (handle, table, own) => {
      try {
        return new SharedCache(handle, new SharedState(table, insideOf(table), own, handle.counts));
      } catch (error) {
        table.close();
        throw error;
      }
    };
  }

  private constructor(handle: SharedCacheHandle, state: SharedState<V>) {
    this.handle = handle;
    this.#s = state;
    state.verbs = this;
    this.ready = state.warmers.ready;
    state.hooks.init(this);
    state.warmers.start();
  }

  /**
   * Makes a cache and attaches this thread.
   *
   * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
   * @throws UnsupportedError for an option that only the in-process cache has
   */
  static create<V = unknown, const C extends Commands<V> = Commands<V>>(
    options: SharedCacheOptions<V, C>,
  ): SharedCache<V, C> {
    const where = "SharedCache.create";
    const bound = createOptions.bind(options, where);
    const { memory, max, maxValueSize, segmentSize, threads, evict, feed, janitor, clock, name } = bound;
    const own = resolve(bound, defaultsOf(bound, options.fetch), where);
    const table = SharedTable.create({
      ...{
        memory: memory as SharedCacheOptions<V>["memory"],
        maxValueSize,
        segmentSize,
        threads,
        evict,
        feed,
      },
      ...{ janitor, clock, name, max: max === Number.POSITIVE_INFINITY ? undefined : max },
    });
    const handle: SharedCacheHandle = Object.freeze({
      kind: "stowage-shared-cache",
      table: table.handle,
      counts: new SharedArrayBuffer(countsBytes(insideOf(table).threads)),
      defaults: defaultsOf(bound, options.fetch),
    });
    const cache = open<V, C>(handle, table, own);
    cache.#s.stats.reset(clock.wall());
    return cache;
  }

  /**
   * Attaches this thread to a cache that another one made. What is not given is as there; functions have to be given.
   *
   * @throws InvalidHandleError, TooManyThreadsError
   */
  static attach<V = unknown, const C extends Commands<V> = Commands<V>>(
    handle: SharedCacheHandle,
    options?: SharedAttachOptions<V, C>,
  ): SharedCache<V, C> {
    const where = "SharedCache.attach";
    if (typeof handle !== "object" || handle === null || handle.kind !== "stowage-shared-cache")
      throw new InvalidHandleError("it is not the handle of a shared cache");
    const bound = attachOptions.bind(options, where);
    const own = resolve(bound, handle.defaults, where);
    const table = SharedTable.attach(handle.table, { clock: bound.clock, janitor: bound.janitor });
    return open<V, C>(handle, table, own);
  }

  /** What it was named; `"cache"` by default. */
  get name(): string {
    return this.#s.name;
  }

  /** Whether this thread has closed it. */
  get closed(): boolean {
    return this.#s.closed;
  }

  /** The value, or undefined if there is none or it has expired. Counts as a use of the entry. */
  get(key: string): V | undefined {
    const s = this.#s;
    return watched(s) ? observe(s, "get", () => reading.get(s, key), [key]) : reading.get(s, key);
  }

  /** The value, without counting as a use: no statistics, no recency. */
  peek(key: string): V | undefined {
    const s = this.#s;
    return watched(s) ? observe(s, "peek", () => reading.peek(s, key), [key]) : reading.peek(s, key);
  }

  /** Whether `get` would find a value. Does not count as a use. */
  has(key: string): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "has", () => reading.has(s, key), [key]) : reading.has(s, key);
  }

  /** Removes the entry and gives its value: of several threads that take it, to one. */
  take(key: string): V | undefined {
    const s = this.#s;
    return watched(s) ? observe(s, "take", () => reading.take(s, key), [key]) : reading.take(s, key);
  }

  /** The values of the keys that were found, in the order asked; read one after another. */
  getMany(keys: Iterable<string>): Map<string, V> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "getMany", () => reading.getMany(s, keys), [keys])
      : reading.getMany(s, keys);
  }

  /**
   * Stores a value; whatever the key had before, ttl and tags included, is gone.
   *
   * @returns true; false if a hook that may veto stopped it
   * @throws InvalidValueError for undefined; SerializationError for what the codec cannot store; ValueTooLargeError;
   * TableFullError on a cache that does not evict
   * @example cache.set("user:1", user, { ttl: "1m", tags: ["users"] });
   */
  set(key: string, value: V, options?: SharedSetOptions): boolean {
    const s = this.#s;
    return watched(s)
      ? observe(s, "set", () => writing.set(s, key, value, options), [key, value, options])
      : writing.set(s, key, value, options);
  }

  /** Stores several entries, all with the same options; returns how many were stored. Wrong input stores none. */
  setMany(entries: Iterable<readonly [string, V]>, options?: SharedSetOptions): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "setMany", () => writing.setMany(s, entries, options), [entries, options])
      : writing.setMany(s, entries, options);
  }

  /** Removes the entry; whether there was one. */
  delete(key: string): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "delete", () => writing.remove(s, key), [key]) : writing.remove(s, key);
  }

  /** Removes all entries, for all threads; returns how many there were. Loads under way will not store their values. */
  clear(): number {
    const s = this.#s;
    return watched(s) ? observe(s, "clear", () => writing.clear(s), []) : writing.clear(s);
  }

  /** Removes all entries, starts the statistics anew, and tells this thread's hooks to begin again. */
  reset(): number {
    const s = this.#s;
    return watched(s) ? observe(s, "reset", () => writing.reset(s), []) : writing.reset(s);
  }

  /** How many entries there are. With `{expired: false}` without those that expired but are still there (slower). */
  size(options?: { expired?: boolean }): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "size", () => sizing.size(s, options), [options])
      : sizing.size(s, options);
  }

  /** Whether `size()` is 0. */
  isEmpty(): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "isEmpty", () => sizing.isEmpty(s), []) : sizing.isEmpty(s);
  }

  /** Removes entries, expired ones first, until `size` less the share to `reclaim` (0.1) is left, if there are more than `size`. */
  prune(size: number, options?: { reclaim?: number }): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "prune", () => sizing.prune(s, size, options), [size, options])
      : sizing.prune(s, size, options);
  }

  /** Removes what has expired or was invalidated, now; returns how many entries went. */
  purge(): number {
    const s = this.#s;
    return watched(s) ? observe(s, "purge", () => sizing.purge(s), []) : sizing.purge(s);
  }

  /** Always refused: the bounds are those of the memory that was reserved. @throws UnsupportedError */
  resize(_bounds: { max?: number }): never {
    this.#open("resize");
    throw new UnsupportedError(
      "resize",
      "new bounds",
      "its memory was reserved when it was made; make another one",
    );
  }

  /** The keys of live entries. Lazy; the cache may be changed meanwhile (see `stream`). */
  keys(): IterableIterator<string> {
    const s = this.#s;
    return watched(s) ? observe(s, "keys", () => walking.keys(s), []) : walking.keys(s);
  }

  /** The values of live entries. */
  values(): IterableIterator<V> {
    const s = this.#s;
    return watched(s) ? observe(s, "values", () => walking.values(s), []) : walking.values(s);
  }

  /** Live entries as [key, value]. */
  entries(): IterableIterator<[string, V]> {
    const s = this.#s;
    return watched(s) ? observe(s, "entries", () => walking.entries(s), []) : walking.entries(s);
  }

  [Symbol.iterator](): IterableIterator<[string, V]> {
    return this.entries();
  }

  /**
   * A lazy query over entries, for `for` and `for await`.
   *
   * @example [...cache.stream({ where: (e) => e.value.age > 30, select: (e) => e.key })]
   */
  stream<R = EntryView<string, V>>(query?: StreamQuery<string, V, R>): Stream<R> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "stream", () => walking.stream(s, query), [query])
      : walking.stream(s, query);
  }

  /** Marks the entry as used, for eviction. The ttl runs on. */
  touch(key: string): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "touch", () => expiry.touch(s, key), [key]) : expiry.touch(s, key);
  }

  /** Gives the entry a new ttl from now on; null: it stays. Whether there was such an entry. @throws InvalidDurationError */
  expire(key: string, ttl: Duration | null): boolean {
    const s = this.#s;
    return watched(s)
      ? observe(s, "expire", () => expiry.expire(s, key, ttl), [key, ttl])
      : expiry.expire(s, key, ttl);
  }

  /** Lets the entry expire at a moment of the calendar, a Date or milliseconds since 1970. */
  expireAt(key: string, at: Date | number): boolean {
    const s = this.#s;
    return watched(s)
      ? observe(s, "expireAt", () => expiry.expireAt(s, key, at), [key, at])
      : expiry.expireAt(s, key, at);
  }

  /** Takes the entry's ttl away. Whether there was such an entry. */
  persist(key: string): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "persist", () => expiry.persist(s, key), [key]) : expiry.persist(s, key);
  }

  /** Starts the entry's ttl again. Whether there was such an entry. */
  refresh(key: string): boolean {
    const s = this.#s;
    return watched(s) ? observe(s, "refresh", () => expiry.refresh(s, key), [key]) : expiry.refresh(s, key);
  }

  /** Milliseconds left; null: it does not expire; undefined: there is no such entry. */
  ttl(key: string): number | null | undefined {
    const s = this.#s;
    return watched(s) ? observe(s, "ttl", () => expiry.ttl(s, key), [key]) : expiry.ttl(s, key);
  }

  /**
   * Adds to a number, atomically among threads; an absent key begins at `default` (0). Returns the sum.
   *
   * @throws NonNumericValueError when the value is no number; it stays as it is
   */
  incr(key: string, amount = 1, options?: SharedCounterOptions): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "incr", () => updating.incr(s, key, amount, options), [key, amount, options])
      : updating.incr(s, key, amount, options);
  }

  /** The same, downwards. */
  decr(key: string, amount = 1, options?: SharedCounterOptions): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "decr", () => updating.decr(s, key, amount, options), [key, amount, options])
      : updating.decr(s, key, amount, options);
  }

  /** Replaces the value of an entry that is there; its ttl runs on, its tags stay. False: there is none. */
  update(key: string, value: V): boolean {
    const s = this.#s;
    return watched(s)
      ? observe(s, "update", () => updating.update(s, key, value), [key, value])
      : updating.update(s, key, value);
  }

  /**
   * Replaces the value by what `fn` makes of it, and returns that; atomically among threads: `fn` is called again if
   * another thread was faster. `commit(value, options)` stores it anew with those options, `ignore(value)` only returns it.
   *
   * @example cache.getAndUpdate("visits", (count = 0) => count + 1);
   */
  getAndUpdate<R = never>(key: string, fn: (value: V | undefined) => V | Commit<V> | Ignore<R>): V | R {
    const s = this.#s;
    return watched(s)
      ? observe(s, "getAndUpdate", () => updating.getAndUpdate<V, R>(s, key, fn), [key, fn])
      : updating.getAndUpdate<V, R>(s, key, fn);
  }

  /**
   * The value; if there is none, what `loader` brings, which is stored. Callers in all threads that come while a load runs
   * share it; should its thread die, the next one loads.
   *
   * A load that began before its key was written, deleted or invalidated, by whatever thread, does not store its value. A
   * loader returns a value, `commit(value, options)`, `ignore(value)`, or undefined for "there is none" (with
   * `negativeTtl`, also callers after it get undefined). A loader must not fetch the key that it loads.
   *
   * @throws what the loader throws; LoadTimeoutError; the reason of `signal`
   * @example await cache.fetch("user:1", (key, { signal }) => loadUser(key, signal), { ttl: "1m", grace: "1h" });
   */
  fetch(key: string, loader: FoundLoader<string, V>, options?: SharedFetchOptions): Promise<V>;
  fetch(key: string, loader: Loader<string, V>, options?: SharedFetchOptions): Promise<V | undefined>;
  fetch(key: string, loader: Loader<string, V>, options?: SharedFetchOptions): Promise<V | undefined> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "fetch", () => loading.fetch(s, key, loader, options), [key, loader, options])
      : loading.fetch(s, key, loader, options);
  }

  /** The same for many keys; those that are missing are loaded by one call of `loader`. Keys not found are left out. */
  fetchMany(
    keys: Iterable<string>,
    loader: BulkLoader<string, V>,
    options?: SharedFetchOptions,
  ): Promise<Map<string, V>> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "fetchMany", () => loading.fetchMany(s, keys, loader, options), [keys, loader, options])
      : loading.fetchMany(s, keys, loader, options);
  }

  /**
   * A function that remembers: `fetch` with the arguments as the key. Threads share results where `key` is given: by
   * themselves, they cannot know that two functions are the same.
   *
   * @example const userOf = cache.wrap((id: number) => loadUser(id), { key: (id) => `user:${id}`, ttl: "1m" });
   */
  wrap<Args extends readonly unknown[], R extends V>(
    fn: (...args: Args) => R | PromiseLike<R>,
    options?: Omit<WrapOptions<Args, string>, "idle" | "weight">,
  ): (...args: Args) => Promise<R> {
    if (options !== undefined) checkStoring(options, "wrap");
    return wrap(this.#s, fn, options, `${this.#s.t.owner}.`);
  }

  /**
   * Runs `fn` on a private view of the keys; its writes appear together at the end, in all threads, or not at all if it
   * throws. Transactions that share a key run one after another, whatever thread they are in; one without keys runs alone,
   * and may use any key. If a key was written by others meanwhile, it runs again, up to `retries` (5) times. Do not wait
   * inside it for another one on the same keys. At most 512 keys.
   *
   * @throws TransactionConflictError when others kept writing
   * @example await cache.transaction(["a", "b"], (tx) => tx.set("a", tx.get("b")!));
   */
  transaction<R>(
    keys: Iterable<string>,
    fn: (tx: Transaction<string, V>) => R | PromiseLike<R>,
    options?: { retries?: number },
  ): Promise<R> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "transaction", () => batching.transaction(s, keys, fn, options), [keys, fn, options])
      : batching.transaction(s, keys, fn, options);
  }

  /** Runs a synchronous batch with one reading of the clock; for isolation, see `transaction`. */
  execute<R>(fn: (cache: this) => R): R {
    const s = this.#s;
    return watched(s)
      ? observe(s, "execute", () => batching.execute(s, fn, this), [fn])
      : batching.execute(s, fn, this);
  }

  /** Every entry set with this tag is gone, however many there are, at the cost of one. */
  invalidateTag(tag: string): void {
    const s = this.#s;
    if (watched(s)) observe(s, "invalidateTag", () => writing.invalidateTag(s, tag), [tag]);
    else writing.invalidateTag(s, tag);
  }

  /** Runs a command of this thread's, declared as `commands`. A write command may be run again, as `fn` of getAndUpdate. */
  invoke<Name extends keyof C & string>(
    name: Name,
    key: string,
    ...args: CommandArgs<C[Name]>
  ): CommandResult<C[Name]> {
    const s = this.#s;
    const result: unknown = watched(s)
      ? observe(s, "invoke", () => updating.invoke(s, name, key, ...args), [name, key, ...args])
      : updating.invoke(s, name, key, ...args);
    return result as CommandResult<C[Name]>;
  }

  /** Runs warmers now; how many entries each stored, undefined if it failed. With `{wait: false}` it only starts them. */
  warm(options?: { only?: readonly string[]; wait?: boolean }): Promise<Record<string, number | undefined>> {
    const s = this.#s;
    return watched(s) ? observe(s, "warm", () => warm(s, options), [options]) : warm(s, options);
  }

  /** All live entries as plain data, as `Cache` gives them. */
  export(): ExportedEntry<string, V>[] {
    const s = this.#s;
    return watched(s) ? observe(s, "export", () => dump.exportEntries(s), []) : dump.exportEntries(s);
  }

  /** Stores what `export` gave; equal keys are replaced, others stay. Returns how many were stored. */
  import(entries: Iterable<ExportedEntry<string, V>>): number {
    const s = this.#s;
    return watched(s)
      ? observe(s, "import", () => dump.importEntries(s, entries), [entries])
      : dump.importEntries(s, entries);
  }

  /** Writes all live entries to a file that `Cache` can restore too, streamed and checksummed. See `snapshot` for speed. */
  save(path: string, options?: SaveOptions): Promise<SaveResult> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "save", () => dump.save(s, path, options), [path, options])
      : dump.save(s, path, options);
  }

  /** Stores what `save` wrote: equal keys are replaced, others stay. @throws CorruptDumpError, DumpVersionError */
  restore(path: string, options?: RestoreOptions): Promise<RestoreResult> {
    const s = this.#s;
    return watched(s)
      ? observe(s, "restore", () => dump.restore(s, path, options), [path, options])
      : dump.restore(s, path, options);
  }

  /** Writes the table as it is to a file, without stopping the threads; see SharedTable. */
  snapshot(...args: Parameters<SharedTable["snapshot"]>): ReturnType<SharedTable["snapshot"]> {
    return this.#open("save").table.snapshot(...args);
  }

  /** Reads what `snapshot` wrote; entries that are there stay. See SharedTable. */
  load(...args: Parameters<SharedTable["load"]>): ReturnType<SharedTable["load"]> {
    return this.#open("restore").table.load(...args);
  }

  /** Writes down which keys this thread asks for, as hashes, for the simulator. `sample`: the share of keys (1). */
  record(path: string, options?: { sample?: number }): RunningRecording {
    return record(this.#open("record"), path, options);
  }

  /** What all threads have counted so far; a snapshot. @throws StatsDisabledError on a cache made with `stats: false` */
  stats(): SharedCacheStats {
    const s = this.#s;
    return watched(s) ? observe(s, "stats", () => looking.stats(s), []) : looking.stats(s);
  }

  /** Begins counting anew, for all threads; entries stay. */
  resetStats(): void {
    writing.resetStats(this.#open("resetStats"));
  }

  /** How the cache is doing (looks at every entry); with a key, that entry. */
  inspect(): SharedCacheReport;
  inspect(key: string): EntryView<string, V> | undefined;
  inspect(...key: [] | [string]): SharedCacheReport | EntryView<string, V> | undefined {
    const s = this.#open("inspect");
    const look = (): SharedCacheReport | EntryView<string, V> | undefined =>
      key.length === 0 ? looking.inspect(s) : looking.inspectKey(s, key[0]);
    return watched(s) ? observe(s, "inspect", look, [...key]) : look();
  }

  /** Tells `listener` of each value that a verb of this thread removes or replaces; returns a function that ends it. */
  onRemoval(listener: (event: RemovalEvent<string, V>) => void): () => void {
    if (typeof listener !== "function") {
      throw new InvalidArgumentError("onRemoval", "listener", listener, "a function of the event");
    }
    return this.#open("onRemoval").removals.listen(listener);
  }

  /** Marks a worker's part as free when it ends; needed only where there is no /proc. See SharedTable. */
  watch(...args: Parameters<SharedTable["watch"]>): void {
    this.#open("watch").table.watch(...args);
  }

  /** Asserts every relation between the internal structures; for tests, when no thread is writing. @throws AssertionError */
  verify(): void {
    looking.verify(this.#s);
  }

  /**
   * Ends this thread's use: timers stop, its loads are aborted and pass on, and every verb throws `ClosedError` from now on.
   * The cache lives on in other threads. Closing again does nothing.
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
    s.table.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** For what is no action that hooks are told of. */
  #open(verb: Verb | "record" | "resetStats" | "onRemoval" | "watch"): SharedState<V> {
    if (this.#s.closed) throw new ClosedError(verb);
    return this.#s;
  }
}

/** Whether a verb has to go through `observe`: somebody watches, or the cache is closed. */
function watched<V>(s: SharedState<V>): boolean {
  return s.observed || action.hasSubscribers;
}
