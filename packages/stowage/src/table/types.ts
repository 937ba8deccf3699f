/**
 * The shapes that users of the shared table see: options, entries, reports. Their checks stand in options.ts.
 *
 * Sizes are bytes, durations milliseconds or texts such as `"5m"`, moments milliseconds since 1970.
 */
import type { Clock } from "../base/clock.js";
import type { Duration } from "../base/duration.js";
import type { TableStats } from "./verbs/stats.js";

export type * from "./feed/types.js";
export type * from "./leases/types.js";
export type * from "./snapshot/types.js";
export type { TableStats };

/**
 * Bytes, or a text. A text stands for its UTF-8 bytes, so `"é"` and `Buffer.from("é")` are the same key; a lone
 * surrogate stands for its three bytes (WTF-8), so that different texts are always different keys. 0 bytes to 64 KiB.
 */
export type Key = string | Uint8Array;

/**
 * The bytes from `start` up to `end` of a buffer, as a key: for those who have keys in the middle of something longer, such
 * as a request, and would otherwise have to make a view for each. One object may be used again and again; it is read
 * during the call and not kept.
 */
export interface KeyRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A value: bytes, or a text, which is stored as UTF-8 (a lone surrogate as U+FFFD, as everywhere in Node). */
export type Bytes = string | Uint8Array;

/** A number of bytes, or a text such as `"64kb"`, `"256mb"`, `"1.5gb"`; powers of 1024. */
export type ByteSize = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** What `SharedTable.create` takes; only `memory` is required. */
export interface TableOptions {
  /**
   * Bytes of everything together: items, index, bookkeeping. At least 1 MiB, at most 32 GiB. It is reserved at once and
   * taken from the system as the table fills.
   */
  memory: ByteSize;
  /** Entries at most, exactly, after each call. Default: as many as the memory holds. */
  max?: number;
  /** The longest value. Default: 16 MiB, or an eighth of the memory if that is less. At most 1 GiB and a quarter of the memory. */
  maxValueSize?: ByteSize;
  /**
   * Items are written into segments of this size, and memory is given back by the segment. A power of two from 16 KiB to
   * 16 MiB. Default: a 256th of the memory, within 16 KiB and 1 MiB.
   */
  segmentSize?: ByteSize;
  /** Threads that may be attached at one time, 250 at most. Default: 32. */
  threads?: number;
  /** How long entries live, unless they are told otherwise. Default: for ever. */
  ttl?: Duration;
  /** What happens when it is full: true evicts what is worth least; false throws TableFullError. Default: true. */
  evict?: boolean;
  /** How often memory of expired and deleted entries is given back; false: only when room is needed. Default: `"1s"`. */
  janitor?: Duration | false;
  /** Changes that the feed remembers for its followers, a power of two; 0: no feed. Default: 8192, fewer below 32 MiB. */
  feed?: number;
  /** Names the table in reports. Default: `"table"`. */
  name?: string;
  /** Where time comes from. Default: the system. */
  clock?: Clock;
  /** Told of errors that reach no caller, such as one in the janitor. They are counted in `stats().errors` in any case. */
  onError?: (error: unknown) => void;
}

/** What `SharedTable.attach` takes: what may differ from thread to thread. */
export interface AttachOptions {
  /** Where time comes from; of the same kind as that given to `create`. Default: the system. */
  clock?: Clock;
  /** How often this thread is ready to give memory back; false: never. Default: as the table was created. */
  janitor?: Duration | false;
  /** Told of errors that reach no caller. */
  onError?: (error: unknown) => void;
}

/** What another thread needs to attach: send it by `workerData` or `postMessage`. */
export interface TableHandle {
  readonly kind: "stowage-table";
  /** The layout of the memory; threads must run the same version of Stowage. */
  readonly layout: number;
  readonly name: string;
  readonly control: SharedArrayBuffer;
  readonly segments: SharedArrayBuffer;
  readonly index: readonly SharedArrayBuffer[];
  readonly banks: readonly SharedArrayBuffer[];
  /** Memory of the parts: feed, tags, leases, eviction policy. */
  readonly parts: Readonly<Record<string, SharedArrayBuffer>>;
}

/** What a write takes. */
export interface TableSetOptions {
  /** How long the entry lives; null: for ever. Default: the table's `ttl`. */
  ttl?: Duration | null;
  /** A number from 0 to 255 that is kept with the value, such as the kind of its content. Default: 0. */
  flags?: number;
  /** What `invalidateTag` finds it by. */
  tags?: readonly string[];
}

/** What `incr` and `decr` take. */
export interface TableCounterOptions {
  /** Where an absent key begins. Default: 0. */
  default?: number;
  /** How long a counter that is made by this call lives; null: for ever. One that is there keeps its time. */
  ttl?: Duration | null;
}

/** What `incrBig` takes. */
export interface TableBigCounterOptions {
  /** Where an absent key begins. Default: 0n. */
  default?: bigint;
  /** How long a counter that is made by this call lives; null: for ever. One that is there keeps its time. */
  ttl?: Duration | null;
}

/** An entry as `getEntry` gives it. */
export interface TableEntry {
  readonly value: Buffer;
  readonly flags: number;
  /** Grows with every write of the key, also over a delete; for `compareAndSet`. */
  readonly version: number;
  /** Milliseconds left; null: for ever. */
  readonly ttl: number | null;
}

/** Filled by `getInto`, so that a read allocates nothing. */
export interface EntryMeta {
  flags: number;
  version: number;
  /** Milliseconds left; Infinity: for ever. */
  ttl: number;
  /** The time to live that it was given, in milliseconds; Infinity: for ever. */
  ttlGiven: number;
  /** Whether it bears tags. */
  tagged?: boolean;
}

export interface ScanOptions {
  /** Only keys that begin with these bytes. */
  prefix?: Key;
  /** Where the last call ended. Default: at the start. */
  cursor?: number | null;
  /** About how many entries to return: what stands in the index together is returned together. Default: 100. */
  limit?: number;
  /**
   * About how many entries to look at, whether they begin with the prefix or not, so that a call takes a bounded time
   * also where few do. It may then return none of them, and a cursor. Default: until `limit` are found.
   */
  visit?: number;
  /** Whether to return values too. Default: false. */
  values?: boolean;
}

export interface ScannedEntry {
  readonly key: Buffer;
  /** Only with `values: true`. */
  readonly value?: Buffer;
  readonly flags: number;
  readonly version: number;
}

export interface ScanResult {
  readonly entries: ScannedEntry[];
  /** For the next call; null: that was all. */
  readonly cursor: number | null;
}

export interface EntriesOptions {
  /** Only keys that begin with these bytes. */
  prefix?: Key;
}

/** What `watch` takes: a Worker of node:worker_threads. */
export interface WatchedWorker {
  readonly threadId: number;
  once(event: "exit", listener: () => void): unknown;
}
