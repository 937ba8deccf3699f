/**
 * The shared table as a store: one second tier for all threads of a process, at memory speed, in memory that is not on the heap.
 *
 * Leases are not those of the table, which know of no prefix: `clear(prefix)` has to end leases of keys that there is nothing
 * under yet. They stand in the entries themselves (lease-head.ts), are taken by compareAndSet, and go with whatever removes
 * the entry: a write, a deletion, eviction.
 */
import {
  ClosedError,
  InvalidOptionError,
  KeyTooLargeError,
  NonNumericValueError,
  ValueTooLargeError,
} from "../../base/errors.js";
import { KEY_BYTES_MAX } from "../../table/memory/layout.js";
import { textOf } from "../../table/shared-cache/wtf8.js";
import type { TableState } from "../../table/state.js";
import { insideOf, type SharedTable } from "../../table/table.js";
import { writeKeeping } from "../../table/verbs/write.js";
import { wholeNumberIn } from "../numbers.js";
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
import { LEASE_BYTES, LEASE_ONLY, LEASED, leaseLeftMs, PLAIN, valueIn, withLease } from "./lease-head.js";
import { type TableStoreOptions, tableStoreOptions } from "./options.js";

/** What stands under a key. */
interface Found {
  readonly value: Buffer | undefined;
  /** Of the lease; 0: there is none. */
  readonly leftMs: number;
  readonly version: number;
}

/** Entries that a page of a scan looks at, for each that it may give: so long the thread does nothing else. */
const VISITED_PER_KEY = 20;
/** After so many entries of a walk, others have their turn. */
const SLICE = 1_000;
const HALF_PAIR = /[\ud800-\udbff]$/;

/**
 * A store over a shared table: what one thread writes, all threads that attached to the table read.
 *
 * Keys are as long as the table takes (64 KiB, with the prefix), values 16 bytes shorter than its `maxValueSize`. With a table
 * that evicts, leases may be evicted like everything else: their fill is refused then.
 *
 * @throws InvalidOptionError for an option that is unknown or wrong, or where there is no table
 * @example
 * const table = SharedTable.create({ memory: "256mb" });
 * const store = new TableStore({ table, prefix: "l2:" });
 */
export class TableStore implements Required<Store> {
  readonly abilities: StoreAbilities;
  readonly #table: SharedTable;
  readonly #inside: TableState;
  readonly #prefix: string;
  #isClosed = false;

  constructor(options: TableStoreOptions) {
    const { table, prefix } = tableStoreOptions.bind(options, "new TableStore");
    if (table === undefined)
      throw new InvalidOptionError({
        where: "new TableStore",
        option: "table",
        received: table,
        expected: tableStoreOptions.specs.table.type.text,
      });
    this.#table = table;
    this.#inside = insideOf(table);
    this.#prefix = prefix;
    this.abilities = Object.freeze({
      name: "table",
      shared: true,
      persistent: false,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: KEY_BYTES_MAX - Buffer.byteLength(prefix),
      valueBytesMax: this.#inside.valueBytesMax - LEASE_BYTES,
    });
  }

  async getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    this.#begin("getMany", call);
    return keys.map((key) => this.#find(key)?.value);
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    this.#begin("setMany", call);
    for (const { key, bytes } of entries) this.#checkLengths("setMany", key, bytes);
    for (const { key, bytes, ttlMs } of entries)
      this.#table.set(this.#prefix + key, bytes, { ttl: ttlMs, flags: PLAIN });
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    this.#begin("deleteMany", call);
    let count = 0;
    for (const key of keys) if (this.#remove(this.#prefix + key)) count++;
    return count;
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    this.#begin("expire", call);
    if (this.#find(key)?.value === undefined) return false;
    return this.#table.expire(this.#prefix + key, ttlMs);
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    this.#begin("ttl", call);
    return this.#find(key)?.value && this.#table.ttl(this.#prefix + key);
  }

  async clear(prefix: string, call: StoreCall): Promise<number> {
    this.#begin("clear", call);
    let count = 0;
    let cursor: number | null = null;
    do {
      const page = this.#table.scan({ prefix: this.#scanned(prefix), cursor, limit: SLICE, visit: SLICE });
      for (const { key } of page.entries) if (this.#begins(key, prefix) && this.#remove(key)) count++;
      ({ cursor } = page);
      if (cursor !== null) await this.#pause("clear", call);
    } while (cursor !== null);
    return count;
  }

  async lease(key: string, { ttlMs, seen }: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    this.#begin("lease", call);
    this.#checkLengths("lease", key);
    for (;;) {
      const found = this.#find(key);
      const bytes = found?.value;
      if (bytes !== undefined && (seen === undefined || bytes.compare(seen) !== 0))
        return { kind: "changed", bytes };
      if (found !== undefined && found.leftMs > 0) return { kind: "held", leftMs: found.leftMs, bytes };
      const version = this.#grant(key, ttlMs, found);
      if (version !== 0) return { kind: "granted", token: `${version}`, bytes };
    }
  }

  async fill({ key, bytes, ttlMs }: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("fill", call);
    this.#checkLengths("fill", key, bytes);
    const found = this.#held(key, token);
    if (found === undefined) return false;
    const options = { ttl: ttlMs, flags: PLAIN };
    return this.#table.compareAndSet(this.#prefix + key, found.version, bytes, options) !== 0;
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("release", call);
    const found = this.#held(key, token);
    if (found === undefined) return false;
    return this.#giveBack(key, found);
  }

  async incr(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number> {
    this.#begin("incr", call);
    const { initial, ttlMs, atLeast } = options;
    for (;;) {
      try {
        if (atLeast === undefined)
          return this.#table.incr(this.#prefix + key, amount, { default: initial, ttl: ttlMs });
        const sum = this.#raise(key, amount, { initial, ttlMs, atLeast });
        if (sum !== undefined) return sum;
      } catch (error) {
        // A lease stands before the number, or in its place: counting ends it.
        if (!(error instanceof NonNumericValueError) || !this.#endLease(key)) throw error;
      }
    }
  }

  async scan(
    prefix: string,
    { cursor = "0", limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    this.#begin("scan", call);
    const page = this.#table.scan({
      prefix: this.#scanned(prefix),
      cursor: Number(cursor),
      limit,
      visit: limit * VISITED_PER_KEY,
    });
    const keys = page.entries
      .filter(({ key, flags }) => flags !== LEASE_ONLY && this.#begins(key, prefix))
      .map(({ key }) => textOf(key).slice(this.#prefix.length));
    return { keys, cursor: page.cursor === null ? undefined : `${page.cursor}` };
  }

  /** The table is the user's, and stays open. */
  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #begin(verb: string, { signal }: StoreCall): void {
    if (this.#isClosed) throw new ClosedError(verb);
    signal.throwIfAborted();
  }

  async #pause(verb: string, call: StoreCall): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#begin(verb, call);
  }

  #checkLengths(verb: string, key: string, bytes?: Uint8Array): void {
    const { keyBytesMax, valueBytesMax } = this.abilities;
    const length = Buffer.byteLength(key);
    if (length > keyBytesMax) throw new KeyTooLargeError(verb, length, keyBytesMax);
    if (bytes !== undefined && bytes.length > valueBytesMax)
      throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }

  #find(key: string): Found | undefined {
    const entry = this.#table.getEntry(this.#prefix + key);
    if (entry === undefined) return undefined;
    const { flags, value, version } = entry;
    const leftMs = leaseLeftMs(flags, value, this.#wallMs);
    return { value: valueIn(flags, value), leftMs, version };
  }

  /** The entry, if the lease of this token still stands in it. */
  #held(key: string, token: string): Found | undefined {
    const found = this.#find(key);
    return found !== undefined && found.leftMs > 0 && `${found.version}` === token ? found : undefined;
  }

  /** The version of the entry that holds the lease; 0: somebody was faster. */
  #grant(key: string, ttlMs: number, found: Found | undefined): number {
    const bytes = withLease({ dueMs: this.#wallMs + ttlMs, ttlMs }, found?.value);
    if (found?.value !== undefined)
      return writeKeeping(this.#inside, this.#prefix + key, found.version, bytes, "lease", LEASED);
    const options = { ttl: ttlMs, flags: LEASE_ONLY };
    return this.#table.compareAndSet(this.#prefix + key, found?.version ?? 0, bytes, options);
  }

  #giveBack(key: string, { value, version }: Found): boolean {
    if (value === undefined) return this.#table.deleteIf(this.#prefix + key, version);
    return writeKeeping(this.#inside, this.#prefix + key, version, value, "release", PLAIN) !== 0;
  }

  /** False: there is no lease; what is there is what it looks like. */
  #endLease(key: string): boolean {
    const entry = this.#table.getEntry(this.#prefix + key);
    if (entry === undefined) return true;
    if (entry.flags !== LEASED && entry.flags !== LEASE_ONLY) return false;
    this.#giveBack(key, { value: valueIn(entry.flags, entry.value), leftMs: 0, version: entry.version });
    return true;
  }

  /** Undefined: somebody was faster. */
  #raise(key: string, amount: number, options: Required<CounterOptions>): number | undefined {
    const { initial, ttlMs, atLeast } = options;
    const found = this.#find(key);
    const sum = Math.max(
      (found?.value === undefined ? initial : wholeNumberIn(key, found.value)) + amount,
      atLeast,
    );
    const version =
      found?.value === undefined
        ? this.#table.compareAndSet(this.#prefix + key, found?.version ?? 0, `${sum}`, { ttl: ttlMs })
        : writeKeeping(this.#inside, this.#prefix + key, found.version, `${sum}`, "incr", PLAIN);
    return version === 0 ? undefined : sum;
  }

  /** Whether there was a value; a lease alone is none. */
  #remove(key: string | Buffer): boolean {
    const meta = { flags: 0, version: 0, ttl: 0, ttlGiven: 0 };
    while (this.#table.has(key, meta))
      if (this.#table.deleteIf(key, meta.version)) return meta.flags !== LEASE_ONLY;
    return false;
  }

  /** Half a surrogate pair at the end is other bytes than in the pair that it may begin. */
  #scanned(prefix: string): string {
    return (this.#prefix + prefix).replace(HALF_PAIR, "");
  }

  #begins(key: Buffer, prefix: string): boolean {
    return !HALF_PAIR.test(this.#prefix + prefix) || textOf(key).startsWith(this.#prefix + prefix);
  }

  get #wallMs(): number {
    return this.#inside.timekeeper.clock.wall();
  }
}
