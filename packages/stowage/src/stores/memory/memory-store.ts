/**
 * The reference of what a store is: every promise of the interface, kept in the memory of this process. For tests, for several
 * caches of one process that share one second tier, and for whoever writes a store and wants to see one.
 *
 * Bytes are copied on their way in and out, as they are by every store that is not memory: nobody changes what is stored by
 * changing what he gave or got.
 */
import type { Clock } from "../../base/clock.js";
import { ClosedError, NonNumericValueError, ValueTooLargeError } from "../../base/errors.js";
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
import { Leases } from "./leases.js";
import { type MemoryStoreOptions, memoryStoreOptions, valueBytesMaxOf } from "./options.js";
import { Records } from "./records.js";

/** What all who are attached to one another share. */
interface Memory {
  readonly records: Records;
  readonly leases: Leases;
  readonly abilities: StoreAbilities;
  readonly clock: Clock;
  attached: number;
}

const utf8 = new TextEncoder();
const ascii = new TextDecoder();

/**
 * A store in the memory of this process.
 *
 * @throws InvalidOptionError for an option that is unknown, wrong, or in conflict with another one
 * @example const store = new MemoryStore({ memory: "16mb" });
 */
export class MemoryStore implements Required<Store> {
  readonly #memory: Memory;
  #isClosed = false;

  constructor(options?: MemoryStoreOptions | MemoryStore) {
    this.#memory = options instanceof MemoryStore ? options.#memory : create(options);
    this.#memory.attached++;
  }

  get abilities(): StoreAbilities {
    return this.#memory.abilities;
  }

  /** Entries, and about how many bytes they take. */
  get size(): { readonly entries: number; readonly bytes: number } {
    const { records } = this.#memory;
    return { entries: records.size, bytes: records.bytes };
  }

  /** Another store over the same memory, as another process has one: it is closed by itself. */
  attach(): MemoryStore {
    if (this.#isClosed) throw new ClosedError("attach");
    return new MemoryStore(this);
  }

  async getMany(keys: readonly string[], call: StoreCall): Promise<readonly (Uint8Array | undefined)[]> {
    this.#begin("getMany", call);
    return keys.map((key) => this.#copyOf(key));
  }

  async setMany(entries: readonly StoreEntry[], call: StoreCall): Promise<void> {
    this.#begin("setMany", call);
    for (const { bytes } of entries) this.#checkLength("setMany", bytes);
    for (const entry of entries) this.#put(entry);
  }

  async deleteMany(keys: readonly string[], call: StoreCall): Promise<number> {
    this.#begin("deleteMany", call);
    const { records, leases } = this.#memory;
    let count = 0;
    for (const key of keys) {
      leases.end(key);
      if (records.delete(key)) count++;
    }
    return count;
  }

  async expire(key: string, ttlMs: number | null, call: StoreCall): Promise<boolean> {
    this.#begin("expire", call);
    return this.#memory.records.expire(key, ttlMs);
  }

  async ttl(key: string, call: StoreCall): Promise<number | null | undefined> {
    this.#begin("ttl", call);
    return this.#memory.records.ttl(key);
  }

  async clear(prefix: string, call: StoreCall): Promise<number> {
    this.#begin("clear", call);
    this.#memory.leases.clear(prefix);
    return this.#memory.records.clear(prefix);
  }

  async lease(key: string, { ttlMs, seen }: LeaseRequest, call: StoreCall): Promise<StoreLease> {
    this.#begin("lease", call);
    const { leases } = this.#memory;
    const bytes = this.#copyOf(key);
    if (bytes !== undefined && !isSame(bytes, seen)) return { kind: "changed", bytes };
    const leftMs = leases.leftMs(key);
    if (leftMs > 0) return { kind: "held", leftMs, bytes };
    return { kind: "granted", token: leases.grant(key, ttlMs), bytes };
  }

  async fill(entry: StoreEntry, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("fill", call);
    this.#checkLength("fill", entry.bytes);
    if (!this.#memory.leases.take(entry.key, token)) return false;
    this.#put(entry);
    return true;
  }

  async release(key: string, token: string, call: StoreCall): Promise<boolean> {
    this.#begin("release", call);
    return this.#memory.leases.take(key, token);
  }

  async incr(key: string, amount: number, options: CounterOptions, call: StoreCall): Promise<number> {
    this.#begin("incr", call);
    const { records, leases } = this.#memory;
    const bytes = records.get(key);
    const { atLeast = Number.NEGATIVE_INFINITY } = options;
    const sum = Math.max((bytes === undefined ? options.initial : numberOf(key, bytes)) + amount, atLeast);
    if (bytes === undefined) records.set(key, utf8.encode(`${sum}`), options.ttlMs);
    else records.replace(key, utf8.encode(`${sum}`));
    leases.end(key);
    return sum;
  }

  async scan(
    prefix: string,
    { cursor = "0", limit }: { readonly cursor?: string; readonly limit: number },
    call: StoreCall,
  ): Promise<ScanPage> {
    this.#begin("scan", call);
    const { keys, place } = this.#memory.records.scan(prefix, Number(cursor), limit);
    return { keys, cursor: place === undefined ? undefined : `${place}` };
  }

  /** The memory goes with the last one that is attached to it. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (--this.#memory.attached > 0) return;
    this.#memory.records.empty();
    this.#memory.leases.clear("");
  }

  #begin(verb: string, { signal }: StoreCall): void {
    if (this.#isClosed) throw new ClosedError(verb);
    signal.throwIfAborted();
  }

  #checkLength(verb: string, bytes: Uint8Array): void {
    const { valueBytesMax } = this.#memory.abilities;
    if (bytes.length > valueBytesMax) throw new ValueTooLargeError(verb, bytes.length, valueBytesMax);
  }

  #put({ key, bytes, ttlMs }: StoreEntry): void {
    this.#memory.leases.end(key);
    this.#memory.records.set(key, Uint8Array.from(bytes), ttlMs);
  }

  #copyOf(key: string): Uint8Array | undefined {
    return this.#memory.records.get(key)?.slice();
  }
}

function create(options: MemoryStoreOptions | undefined): Memory {
  const { max, memory, maxValueSize, clock } = memoryStoreOptions.bind(options, "new MemoryStore");
  return {
    records: new Records(clock, { entriesMax: max, bytesMax: memory }),
    leases: new Leases(clock),
    abilities: Object.freeze({
      name: "memory",
      shared: false,
      persistent: false,
      leases: true,
      counters: true,
      scans: true,
      keyBytesMax: Number.POSITIVE_INFINITY,
      valueBytesMax: valueBytesMaxOf(memory, maxValueSize),
    }),
    clock,
    attached: 0,
  };
}

function isSame(bytes: Uint8Array, seen: Uint8Array | undefined): boolean {
  if (seen?.length !== bytes.length) return false;
  return bytes.every((byte, index) => byte === seen[index]);
}

function numberOf(key: string, bytes: Uint8Array): number {
  const text = ascii.decode(bytes);
  const number = Number(text);
  if (text === "" || !Number.isSafeInteger(number))
    throw new NonNumericValueError("incr", key, text, "a whole number");
  return number;
}
