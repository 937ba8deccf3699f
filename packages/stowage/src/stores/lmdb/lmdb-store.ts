/**
 * A store in a file that the processes of one machine share: a second tier that outlives them, without a server. Reads are calls of
 * lmdb on mapped memory, some microseconds each, and wait for nobody; writes go one after the other through one lock for all
 * processes (writer.ts).
 *
 * A process that is killed leaves the file as its last transaction left it; what a crash of the machine leaves, the option `flush` says.
 */
import { ClosedError, ValueTooLargeError } from "../../base/errors.js";
import { nextTurn } from "../../base/next-turn.js";
import { type KeyRange, keyBytes, keyOf, nextId, rangesAfter } from "../key-bytes.js";
import { Rounds } from "../rounds.js";
import type {
  CounterOptions,
  LeaseRequest,
  ScanPage,
  Store,
  StoreAbilities,
  StoreCall,
  StoreEntry,
  StoreLease,
} from "../store.js";
import * as changes from "./changes.js";
import { type Envelope, unseal, valueAt } from "./envelope.js";
import { Ledger } from "./ledger.js";
import { openFile } from "./open.js";
import { type LmdbStoreOptions, lmdbStoreOptions, valueBytesMaxOf } from "./options.js";
import type { Page } from "./page.js";
import type { LmdbFile } from "./types.js";
import { Writer } from "./writer.js";

type BoundOptions = ReturnType<typeof lmdbStoreOptions.bind>;

interface Opened {
  readonly file: LmdbFile;
  readonly writer: Writer;
}

interface Found {
  readonly id: Buffer;
  readonly envelope: Envelope | undefined;
}

/** Entries that one turn looks at, at the least. */
const SLICE_MIN = 100;

/**
 * A store in a file of lmdb.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const store = new LmdbStore({ path: "./cache", maxSize: "4gb" });
 */
export class LmdbStore implements Required<Store> {
  readonly abilities: StoreAbilities;
  readonly #options: BoundOptions;
  readonly #cleanup: Rounds;
  #opening: Promise<Opened> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: LmdbStoreOptions) {
    const bound = lmdbStoreOptions.bind(options, "new LmdbStore");
    this.#options = bound;
    this.abilities = Object.freeze({
      name: "lmdb",
      shared: true,
      persistent: true,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: Number.POSITIVE_INFINITY,
      valueBytesMax: valueBytesMaxOf(bound.maxSize, bound.maxValueSize),
    });
    this.#cleanup = new Rounds(bound.clock, bound.cleanupEvery, () => this.#removeEnded());
  }

  /** Opens the file: what the first call does else. */
  async open(call: StoreCall): Promise<void> {
    await this.#begin("open", call);
  }

  /**
   * Deletes what has expired, `cleanupBatch` entries a transaction; `cleanupEvery` does it by itself.
   *
   * @returns how many went
   */
  async cleanup(): Promise<number> {
    await this.#begin("cleanup", { signal: new AbortController().signal });
    return this.#removeEnded();
  }

  /** Bytes that the entries take, and how many of them belong to entries without a lifetime. */
  async size(call: StoreCall): Promise<{ readonly bytes: number; readonly fixedBytes: number }> {
    const { file } = await this.#begin("size", call);
    file.root.resetReadTxn();
    const { bytes, fixed } = Ledger.read(file.ends);
    return { bytes, fixedBytes: fixed };
  }

  async getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    const { file } = await this.#begin("getMany", call);
    const now = this.#now();
    file.root.resetReadTxn();
    return keys.map((key) => valueAt(unseal(file.records.getBinaryFast(keyBytes(key).id)), now));
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    // The caller may change his bytes as soon as he has the promise.
    const own = entries.map((entry) => ({ ...entry, bytes: Uint8Array.from(entry.bytes) }));
    for (const { bytes } of own) this.#checkLength("setMany", bytes);
    await this.#write("setMany", call, (page, now) => changes.setAll(page, "setMany", own, now));
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    const ids = keys.map((key) => keyBytes(key).id);
    return this.#write("deleteMany", call, (page, now) => changes.removeAll(page, ids, now));
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    const { id } = keyBytes(key);
    return this.#write("expire", call, (page, now) => changes.expire(page, id, ttlMs, now));
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    const { file } = await this.#begin("ttl", call);
    const now = this.#now();
    file.root.resetReadTxn();
    const found = unseal(file.records.getBinaryFast(keyBytes(key).id));
    if (found === undefined || valueAt(found, now) === undefined) return undefined;
    return found.expires === Number.POSITIVE_INFINITY ? null : found.expires - now;
  }

  /** In transactions of `cleanupBatch` entries, a turn apart. */
  async clear(prefix: string, call: StoreCall): Promise<number> {
    const { file } = await this.#begin("clear", call);
    let count = 0;
    let ranges = rangesAfter(prefix, undefined);
    while (ranges.length > 0) {
      const [range] = ranges;
      const slice = await this.#write("clear", call, (page, now) => {
        const found = this.#look(file, range, this.#options.cleanupBatch);
        const ids = found.filter((one) => isIn(range, one)).map(({ id }) => id);
        count += changes.removeAll(page, ids, now);
        return found;
      });
      const isEnd = slice.length < this.#options.cleanupBatch;
      ranges = isEnd ? ranges.slice(1) : rangesAfter(prefix, nextId(slice[slice.length - 1].id));
    }
    return count;
  }

  async lease(key: string, request: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    return this.#write("lease", call, (page, now) => changes.lease(page, key, request, now));
  }

  async fill(entry: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    const own = { ...entry, bytes: Uint8Array.from(entry.bytes) };
    this.#checkLength("fill", own.bytes);
    return this.#write("fill", call, (page, now) => changes.fill(page, own, token, now));
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    const { id } = keyBytes(key);
    return this.#write("release", call, (page, now) => changes.release(page, id, token, now));
  }

  async incr(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number> {
    return this.#write("incr", call, (page, now) => changes.incr(page, key, amount, options, now));
  }

  async scan(
    prefix: string,
    { cursor, limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    const { file } = await this.#begin("scan", call);
    const after = cursor === undefined ? undefined : Buffer.from(cursor, "hex");
    const [range, next] = rangesAfter(prefix, after);
    if (range === undefined) return { keys: [], cursor: undefined };
    file.root.resetReadTxn();
    const now = this.#now();
    const most = Math.max(limit, SLICE_MIN);
    const found = this.#look(file, range, most);
    const live = found.filter((one) => isIn(range, one) && valueAt(one.envelope, now) !== undefined);
    const given = live.slice(0, limit);
    const keys = given.map(({ id, envelope }) => keyOf(id, wholeOf(envelope)));
    // Where there were more than were asked for, the next page begins behind the last that was given.
    const last = live.length > limit ? given[given.length - 1] : found[found.length - 1];
    const isEnd = found.length < most && live.length <= limit;
    const place = isEnd ? next?.from : nextId(last.id);
    return { keys, cursor: place?.toString("hex") };
  }

  /** A database that the user passed stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cleanup.close();
    const opened = await this.#opening?.catch(() => undefined);
    opened?.writer.close();
    await opened?.file.close();
  }

  #now(): number {
    return this.#options.clock.wall();
  }

  async #begin(verb: string, { signal }: StoreCall): Promise<Opened> {
    this.#check(verb, signal);
    const opened = await this.#open();
    this.#check(verb, signal);
    this.#cleanup.start();
    return opened;
  }

  #check(verb: string, signal: AbortSignal): void {
    if (this.#closing !== undefined) throw new ClosedError(verb);
    signal.throwIfAborted();
  }

  async #write<T>(verb: string, call: StoreCall, work: (page: Page, now: number) => T): Promise<T> {
    const { writer } = await this.#begin(verb, call);
    return writer.do(verb, call.signal, (page) => work(page, this.#now()));
  }

  /** What goes wrong is not kept: the next call tries again. */
  #open(): Promise<Opened> {
    if (this.#opening !== undefined) return this.#opening;
    const { maxSize } = this.#options;
    const opening = openFile(this.#options).then((file) => ({ file, writer: new Writer(file, maxSize) }));
    this.#opening = opening;
    opening.catch(() => {
      this.#opening = undefined;
    });
    return opening;
  }

  async #removeEnded(): Promise<number> {
    const { cleanupBatch } = this.#options;
    const { file, writer } = await this.#open();
    // Readers that were killed would keep what they read from being used again.
    file.root.readerCheck();
    const { signal } = new AbortController();
    for (let all = 0; ; ) {
      const count = await writer.do("cleanup", signal, (page) => page.removeEnded(this.#now(), cleanupBatch));
      all += count;
      if (count < cleanupBatch) return all;
      await nextTurn();
    }
  }

  #look({ records }: LmdbFile, { from, to }: KeyRange, limit: number): Found[] {
    const ids = Array.from(records.getKeys({ start: from, end: to, limit }), (id) => Buffer.from(id));
    return ids.map((id) => ({ id, envelope: unseal(records.getBinaryFast(id)) }));
  }

  #checkLength(verb: string, bytes: Uint8Array): void {
    const { valueBytesMax } = this.abilities;
    if (bytes.length > valueBytesMax) throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }
}

function wholeOf(envelope: Envelope | undefined): Buffer | null {
  return envelope === undefined || envelope.whole.length === 0 ? null : envelope.whole;
}

function isIn({ whole }: KeyRange, { envelope }: Found): boolean {
  if (whole === null) return true;
  const key = wholeOf(envelope);
  return key !== null && Buffer.compare(key, whole.from) >= 0 && Buffer.compare(key, whole.to) < 0;
}
