/**
 * The shared table: one cache for all threads of a process, in memory that they share. A facade, a line per verb; what a
 * verb does stands in verbs/, what a table is to a thread in state.ts.
 *
 * Every verb is synchronous and works at memory speed, but `snapshot` and `load`, which write and read files.
 */
import type { Duration } from "../base/duration.js";
import { ClosedError } from "../base/errors.js";
import { assemble, checkHandle, clockShift, leave } from "./assemble.js";
import * as leasing from "./leases/verbs.js";
import { createMemory } from "./memory/create.js";
import { C_JANITOR_MS, DEADLINE_UNIT_MS } from "./memory/layout.js";
import { attachOptions, planOf } from "./options.js";
import { load, snapshot } from "./snapshot/index.js";
import type { TableState } from "./state.js";
import { entriesOf, resetStats } from "./threads/stats.js";
import { watchWorker } from "./threads/watching.js";
import type {
  AttachOptions,
  Bytes,
  EntriesOptions,
  EntryMeta,
  Follower,
  FollowOptions,
  Key,
  KeyRange,
  LeaseAnswer,
  LeaseOptions,
  LoadReport,
  NothingOptions,
  ScanOptions,
  ScanResult,
  SnapshotOptions,
  SnapshotReport,
  TableBigCounterOptions,
  TableCounterOptions,
  TableEntry,
  TableHandle,
  TableOptions,
  TableSetOptions,
  TableStats,
  WatchedWorker,
} from "./types.js";
import { clear } from "./verbs/clear.js";
import * as counting from "./verbs/counter.js";
import * as expiring from "./verbs/expiry.js";
import { follow } from "./verbs/follow.js";
import { prefetch } from "./verbs/prefetch.js";
import * as reading from "./verbs/read.js";
import * as removing from "./verbs/remove.js";
import * as scanning from "./verbs/scan.js";
import { stats } from "./verbs/stats.js";
import { invalidateTag } from "./verbs/tags.js";
import * as writing from "./verbs/write.js";
import { verify } from "./verify.js";

/** The inside of a table, for the parts of this package that are built on it. */
export let insideOf: (table: SharedTable) => TableState;

/**
 * A cache in shared memory: every worker thread of the process reads and writes it at memory speed, and none of it is on
 * the JavaScript heap.
 *
 * @example
 * const table = SharedTable.create({ memory: "256mb" });
 * const worker = new Worker("./worker.js", { workerData: table.handle });
 * // in worker.js
 * const table = SharedTable.attach(workerData);
 * table.set("user:1", JSON.stringify(user), { ttl: "5m", tags: ["users"] });
 * table.getString("user:1");
 */
export class SharedTable implements Disposable {
  readonly #t: TableState;

  static {
    insideOf = (table) => table.#t;
  }

  private constructor(t: TableState, janitorMs: number) {
    this.#t = t;
    if (janitorMs > 0) t.reclaim.start(janitorMs);
  }

  /**
   * Makes a table and attaches this thread.
   *
   * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
   */
  static create(options: TableOptions): SharedTable {
    const plan = planOf(options);
    const handle = createMemory(plan, plan.clock.now() - FIRST_MOMENT_MS - clockShift(plan.clock));
    const t = assemble(handle, { clock: plan.clock, onError: plan.onError });
    return new SharedTable(t, t.control[C_JANITOR_MS]);
  }

  /**
   * Attaches this thread to a table that another one made.
   *
   * @throws InvalidHandleError for what is not the handle of a table, or of one of another version of Stowage
   * @throws TooManyThreadsError when as many threads are attached as the table was made for
   */
  static attach(handle: TableHandle, options?: AttachOptions): SharedTable {
    checkHandle(handle);
    const { clock, janitor, onError } = attachOptions.bind(options, "SharedTable.attach");
    const t = assemble(handle, { clock, onError });
    return new SharedTable(t, janitor === undefined ? t.control[C_JANITOR_MS] : janitor || 0);
  }

  /** For `attach` in another thread: send it by `workerData` or `postMessage`. */
  get handle(): TableHandle {
    return this.#t.handle;
  }

  get name(): string {
    return this.#t.name;
  }

  /** Whether this thread has closed the table. */
  get closed(): boolean {
    return this.#t.closed;
  }

  /** A copy of the value, or undefined. A counter reads as its decimal text. Counts as a use of the entry. */
  get(key: Key): Buffer | undefined {
    const t = this.#t;
    if (t.closed) refuse("get");
    return reading.get(t, key);
  }

  /** The value as a text, decoded from UTF-8. */
  getString(key: Key): string | undefined {
    const t = this.#t;
    if (t.closed) refuse("getString");
    return reading.getString(t, key);
  }

  /** The value with its flags, its version for `compareAndSet`, and the milliseconds that it has left. */
  getEntry(key: Key): TableEntry | undefined {
    const t = this.#t;
    if (t.closed) refuse("getEntry");
    return reading.getEntry(t, key);
  }

  /**
   * Copies the value into `target` from `offset` on, and allocates nothing. Returns its length, also when it does not fit,
   * in which case nothing is copied; -1: there is none. `meta` is filled with what else there is to know.
   */
  getInto(key: Key | KeyRange, target: Uint8Array, offset = 0, meta?: EntryMeta): number {
    const t = this.#t;
    if (t.closed) refuse("getInto");
    return reading.getInto(t, key, target, offset, meta);
  }

  /**
   * Has the memory of entries fetched that are asked for right after, for all of them at the same time: for whoever knows
   * several keys at once. Changes nothing, and tells nothing. Key `i` of `count` stands in `bytes` from `ranges[2 * i]`
   * to `ranges[2 * i + 1]`.
   */
  prefetch(bytes: Uint8Array, ranges: Int32Array, count: number): void {
    const t = this.#t;
    if (t.closed) refuse("prefetch");
    prefetch(t, bytes, ranges, count);
  }

  /** Whether there is an entry; `meta` is filled with what else there is to know. Does not count as a use. */
  has(key: Key | KeyRange, meta?: EntryMeta): boolean {
    const t = this.#t;
    if (t.closed) refuse("has");
    return reading.has(t, key, meta);
  }

  /** Milliseconds left; null: for ever; undefined: there is no entry. Does not count as a use. */
  ttl(key: Key): number | null | undefined {
    const t = this.#t;
    if (t.closed) refuse("ttl");
    return reading.ttl(t, key);
  }

  /**
   * Stores a value; whatever the key had before, ttl and tags included, is gone. Returns its version, above 0.
   *
   * @throws KeyTooLargeError, ValueTooLargeError, and TableFullError in a table that does not evict; nothing was changed
   * @example table.set("user:1", bytes, { ttl: "1m", tags: ["users"] });
   */
  set(key: Key | KeyRange, value: Bytes, options?: TableSetOptions): number {
    const t = this.#t;
    if (t.closed) refuse("set");
    return writing.set(t, key, value, options);
  }

  /** Stores a value if the key has none; the version, or 0. */
  add(key: Key, value: Bytes, options?: TableSetOptions): number {
    const t = this.#t;
    if (t.closed) refuse("add");
    return writing.add(t, key, value, options);
  }

  /** Stores a value if the key has one; the version, or 0. */
  replace(key: Key, value: Bytes, options?: TableSetOptions): number {
    const t = this.#t;
    if (t.closed) refuse("replace");
    return writing.replace(t, key, value, options);
  }

  /** Stores a value if the entry is of this version, as `getEntry` gave it; 0: if there is none. The version, or 0. */
  compareAndSet(key: Key, version: number, value: Bytes, options?: TableSetOptions): number {
    const t = this.#t;
    if (t.closed) refuse("compareAndSet");
    return writing.compareAndSet(t, key, version, value, options);
  }

  /** Adds to the end of the value and returns its new length; ttl, flags and tags stay. Stores `bytes` if there is none. */
  append(key: Key, bytes: Bytes): number {
    const t = this.#t;
    if (t.closed) refuse("append");
    return writing.append(t, key, bytes);
  }

  /** Removes the entry; whether there was one. */
  delete(key: Key): boolean {
    const t = this.#t;
    if (t.closed) refuse("delete");
    return removing.remove(t, key);
  }

  /** Removes the entry if it is of this version. */
  deleteIf(key: Key, version: number): boolean {
    const t = this.#t;
    if (t.closed) refuse("deleteIf");
    return removing.removeIf(t, key, version);
  }

  /** Removes the entry and gives its value: to one caller, however many threads ask. */
  take(key: Key): Buffer | undefined {
    const t = this.#t;
    if (t.closed) refuse("take");
    return removing.take(t, key);
  }

  /** Starts the entry's time to live again; whether there is an entry. */
  touch(key: Key): boolean {
    const t = this.#t;
    if (t.closed) refuse("touch");
    return expiring.touch(t, key);
  }

  /** Gives the entry this time to live from now on; null: for ever. Whether there is an entry. */
  expire(key: Key, ttl: Duration | null): boolean {
    const t = this.#t;
    if (t.closed) refuse("expire");
    return expiring.expire(t, key, ttl);
  }

  /** Lets the entry expire at a moment in milliseconds since 1970. Whether there is an entry. */
  expireAt(key: Key, wallMs: number): boolean {
    const t = this.#t;
    if (t.closed) refuse("expireAt");
    return expiring.expireAt(t, key, wallMs);
  }

  /** Lets the entry live for ever. Whether there is an entry. */
  persist(key: Key): boolean {
    const t = this.#t;
    if (t.closed) refuse("persist");
    return expiring.persist(t, key);
  }

  /**
   * Adds to a counter, and returns the sum. Integers are exact within 64 bits (what is returned is a double; see
   * `incrBig`), sums with a fraction are doubles'. The text of a JSON number becomes a counter.
   *
   * @throws NonNumericValueError if the value is neither, CounterOverflowError beyond 64 bits; it is unchanged
   * @example table.incr("hits", 1, { ttl: "1h" });
   */
  incr(key: Key, amount = 1, options?: TableCounterOptions): number {
    const t = this.#t;
    if (t.closed) refuse("incr");
    return counting.incr(t, key, amount, options, "incr");
  }

  /** Takes from a counter; the same as `incr` with the negative amount. */
  decr(key: Key, amount = 1, options?: TableCounterOptions): number {
    const t = this.#t;
    if (t.closed) refuse("decr");
    return counting.incr(t, key, amount, options, "decr");
  }

  /** `incr` for 64-bit integers, exact to the last digit. */
  incrBig(key: Key, amount: bigint, options?: TableBigCounterOptions): bigint {
    const t = this.#t;
    if (t.closed) refuse("incrBig");
    return counting.incrBig(t, key, amount, options);
  }

  /**
   * `incr` that is exact in whatever it returns: a bigint for an integer that a double does not hold, else a number.
   *
   * @example table.incrExact("sequence", 2n ** 60n);
   */
  incrExact(key: Key, amount: number | bigint = 1, options?: TableCounterOptions): number | bigint {
    const t = this.#t;
    if (t.closed) refuse("incrExact");
    return counting.incrExact(t, key, amount, options);
  }

  /** Removes every entry; returns how many went. */
  clear(): number {
    const t = this.#t;
    if (t.closed) refuse("clear");
    return clear(t);
  }

  /** Entries, those that have expired and are still there among them. */
  size(): number {
    const t = this.#t;
    if (t.closed) refuse("size");
    return entriesOf(t);
  }

  /**
   * A part of the entries, in no order that means anything; `cursor` leads to the next part. A key that is there during
   * the whole scan is returned at least once, and twice if the index grows meanwhile.
   *
   * @example for (let cursor = null; ; ) { const part = table.scan({ prefix: "user:", cursor }); ... }
   */
  scan(options?: ScanOptions): ScanResult {
    const t = this.#t;
    if (t.closed) refuse("scan");
    return scanning.scan(t, options);
  }

  /** Every [key, value], lazily, with the guarantee of `scan`. */
  entries(options?: EntriesOptions): IterableIterator<[Buffer, Buffer]> {
    const t = this.#t;
    if (t.closed) refuse("entries");
    return scanning.entries(t, options);
  }

  /** Every key, lazily, with the guarantee of `scan`. */
  keys(options?: EntriesOptions): IterableIterator<Buffer> {
    const t = this.#t;
    if (t.closed) refuse("keys");
    return scanning.keys(t, options);
  }

  /** Makes every entry invalid that was stored with this tag; takes the same time however many there are. */
  invalidateTag(tag: string): void {
    const t = this.#t;
    if (t.closed) refuse("invalidateTag");
    invalidateTag(t, tag);
  }

  /** All that has expired, or was invalidated, leaves now; returns how many went. */
  purge(): number {
    const t = this.#t;
    if (t.closed) refuse("purge");
    return t.reclaim.purge();
  }

  /**
   * Follows the changes that all threads make from now on.
   *
   * @throws InvalidOptionError in a table made with `feed: 0`
   */
  follow(options?: FollowOptions): Follower {
    const t = this.#t;
    if (t.closed) refuse("follow");
    return follow(t, options);
  }

  /** Writes all entries to a file while the table is in use; what is set meanwhile may or may not be in it. */
  snapshot(path: string, options?: SnapshotOptions): Promise<SnapshotReport> {
    const t = this.#t;
    if (t.closed) refuse("snapshot");
    return snapshot(t, path, options);
  }

  /** Adds the entries of a snapshot that are not there; damaged parts of it are left out and reported. */
  load(path: string, options?: SnapshotOptions): Promise<LoadReport> {
    const t = this.#t;
    if (t.closed) refuse("load");
    return load(t, path, options);
  }

  /** The right to fill a key, given to one caller among all threads. */
  lease(key: Key, options?: LeaseOptions): LeaseAnswer {
    const t = this.#t;
    if (t.closed) refuse("lease");
    return leasing.lease(t, key, options);
  }

  /** Stores what a lease was for, unless the key was written, or a tag of it invalidated, since; the version, or 0. */
  fill(key: Key, token: number, value: Bytes, options?: TableSetOptions): number {
    const t = this.#t;
    if (t.closed) refuse("fill");
    return leasing.fill(t, key, token, value, options);
  }

  /**
   * Gives a lease back since there is nothing to fill the key with: what it was to replace goes, and for as long as
   * `options.for` says, nobody else is given the lease. False, and nothing is changed, if the key was written since.
   */
  foundNothing(key: Key, token: number, options?: NothingOptions): boolean {
    const t = this.#t;
    if (t.closed) refuse("foundNothing");
    return leasing.foundNothing(t, key, token, options);
  }

  /** Gives a lease back without a value; whether it was still held. */
  release(token: number): boolean {
    const t = this.#t;
    if (t.closed) refuse("release");
    return leasing.release(t, token);
  }

  /** What happened since `resetStats`, by all threads, and how full the table is. */
  stats(): TableStats {
    const t = this.#t;
    if (t.closed) refuse("stats");
    return stats(t);
  }

  /** Begins counting anew. */
  resetStats(): void {
    const t = this.#t;
    if (t.closed) refuse("resetStats");
    resetStats(t);
  }

  /**
   * Walks everything and asserts every relation between index, segments and counters. For tests: nobody may write
   * meanwhile.
   *
   * @throws AssertionError that says what does not hold
   */
  verify(): void {
    const t = this.#t;
    if (t.closed) refuse("verify");
    verify(t);
  }

  /**
   * Tells the table when a worker ends, so that what it held is taken over. Needed only where the system does not tell:
   * everywhere but on Linux.
   */
  watch(worker: WatchedWorker): void {
    const t = this.#t;
    if (t.closed) refuse("watch");
    watchWorker(t, worker);
  }

  /** Lets go of the table in this thread; others go on. Further calls are refused. */
  close(): void {
    if (!this.#t.closed) leave(this.#t);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Deadlines are noted in units of 64 ms, of which 0 means none. */
const FIRST_MOMENT_MS = DEADLINE_UNIT_MS;

function refuse(verb: string): never {
  throw new ClosedError(verb);
}
