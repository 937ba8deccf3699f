/**
 * What the memory store keeps, in the order in which keys came: a key that is written again stays where it is, so that a scan
 * can go on where it was by a number that only grows.
 *
 * At a bound SIEVE evicts (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024): a hand goes from the oldest to the newest;
 * what was read since it last came by is spared once. A read then costs a bit, and moves nothing.
 *
 * What has expired is absent to everybody, and leaves when it is met or evicted; there is no timer.
 */
import type { Clock } from "../../base/clock.js";

interface Record {
  bytes: Uint8Array;
  /** By the clock's now(); Infinity: never. */
  dueMs: number;
  /** Grows from key to key. */
  readonly place: number;
  isUsed: boolean;
}

export interface Bounds {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** About what an entry costs beside its key and its value: the record, the view of bytes, its place in the map. */
const ENTRY_BYTES = 200;

export class Records {
  readonly #clock: Clock;
  readonly #bounds: Bounds;
  readonly #all = new Map<string, Record>();
  #hand: Iterator<[string, Record]> = this.#all.entries();
  #places = 0;
  #bytes = 0;

  constructor(clock: Clock, bounds: Bounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Entries, those that have expired and were not met since among them. */
  get size(): number {
    return this.#all.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Not a copy. Counts as a use. */
  get(key: string): Uint8Array | undefined {
    const record = this.#find(key);
    if (record !== undefined) record.isUsed = true;
    return record?.bytes;
  }

  /** Keeps the bytes themselves. */
  set(key: string, bytes: Uint8Array, ttlMs: number | null): void {
    const dueMs = this.#due(ttlMs);
    const old = this.#find(key);
    if (old === undefined) this.#all.set(key, { bytes, dueMs, place: ++this.#places, isUsed: false });
    else {
      this.#bytes -= weightOf(key, old.bytes);
      Object.assign(old, { bytes, dueMs });
    }
    this.#bytes += weightOf(key, bytes);
    this.#evict(key);
  }

  /** Other bytes, the same lifetime. */
  replace(key: string, bytes: Uint8Array): void {
    const record = this.#find(key);
    if (record === undefined) return;
    this.#bytes += weightOf(key, bytes) - weightOf(key, record.bytes);
    record.bytes = bytes;
    this.#evict(key);
  }

  delete(key: string): boolean {
    const record = this.#find(key);
    if (record !== undefined) this.#remove(key, record);
    return record !== undefined;
  }

  expire(key: string, ttlMs: number | null): boolean {
    const record = this.#find(key);
    if (record !== undefined) record.dueMs = this.#due(ttlMs);
    return record !== undefined;
  }

  ttl(key: string): number | null | undefined {
    const record = this.#find(key);
    if (record === undefined) return undefined;
    return record.dueMs === Number.POSITIVE_INFINITY ? null : record.dueMs - this.#clock.now();
  }

  clear(prefix: string): number {
    let count = 0;
    for (const [key, record] of this.#all) {
      if (!key.startsWith(prefix)) continue;
      if (!this.#isOver(record)) count++;
      this.#remove(key, record);
    }
    return count;
  }

  /** Keys behind a place, and the place to go on behind; undefined: that was all. */
  scan(prefix: string, behind: number, limit: number): { keys: string[]; place: number | undefined } {
    const keys: string[] = [];
    let last = behind;
    for (const [key, record] of this.#all) {
      if (record.place <= behind || !key.startsWith(prefix) || this.#isOver(record)) continue;
      if (keys.length === limit) return { keys, place: last };
      keys.push(key);
      last = record.place;
    }
    return { keys, place: undefined };
  }

  empty(): void {
    this.#all.clear();
    this.#bytes = 0;
  }

  #find(key: string): Record | undefined {
    const record = this.#all.get(key);
    if (record === undefined || !this.#isOver(record)) return record;
    this.#remove(key, record);
    return undefined;
  }

  #isOver(record: Record): boolean {
    return record.dueMs <= this.#clock.now();
  }

  #due(ttlMs: number | null): number {
    return ttlMs === null ? Number.POSITIVE_INFINITY : this.#clock.now() + ttlMs;
  }

  #remove(key: string, record: Record): void {
    this.#all.delete(key);
    this.#bytes -= weightOf(key, record.bytes);
  }

  /** Until both bounds hold; all but `kept`, which was written just now. */
  #evict(kept: string): void {
    const { entriesMax, bytesMax } = this.#bounds;
    while (this.#all.size > 1 && (this.#all.size > entriesMax || this.#bytes > bytesMax)) {
      const [key, record] = this.#next();
      if (key === kept) continue;
      if (record.isUsed && !this.#isOver(record)) record.isUsed = false;
      else this.#remove(key, record);
    }
  }

  /** An iterator of a Map sees what comes later, and passes over what has gone. */
  #next(): [string, Record] {
    for (;;) {
      const { done, value } = this.#hand.next();
      if (done !== true) return value;
      this.#hand = this.#all.entries();
    }
  }
}

function weightOf(key: string, bytes: Uint8Array): number {
  return key.length * 2 + bytes.length + ENTRY_BYTES;
}
