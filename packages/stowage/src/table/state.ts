/**
 * What a table is to one thread: views of the shared memory, its own record, and the parts that lean on them.
 *
 * A record, no behaviour: verbs, directory and log are functions over it. Fields that hot functions read are plain and
 * keep their kinds, so that V8 sees one shape.
 */
import type { Timekeeper } from "../cache/expiry/timekeeper.js";
import { changeKind } from "./feed/layout.js";
import type { Ring } from "./feed/ring.js";
import type { LeaseTable } from "./leases/leases.js";
import type { Draft } from "./log/append.js";
import type { KeyBuffer } from "./memory/key-buffer.js";
import type { TagTable } from "./tags.js";
import type { TableHandle } from "./types.js";

/** What a note to followers says. */
export const CHANGE_SET = changeKind.set;
export const CHANGE_DELETE = changeKind.delete;
export const CHANGE_EXPIRE = changeKind.expire;
export const CHANGE_EVICT = changeKind.evict;
export const CHANGE_CLEAR = changeKind.clear;

/** Gives memory back: table/reclaim. */
export interface Reclaim {
  /** No bucket locked. Afterwards `segments.freeCount(t)` is at least n, or TableFullError was thrown. */
  freeSegments(count: number): void;
  /**
   * A writer has filled another WORK_AHEAD_PARTS-th of its segment. Where segments run short, about as much is made free,
   * so that none has to wait until a whole one is. Does nothing while somebody else is at it.
   */
  workAhead(): void;
  /**
   * At `max`: evicts at least one entry, or throws TableFullError. `pendingBytes`: of the item that was appended and waits
   * to be linked.
   */
  makeEntryRoom(pendingBytes: number): void;
  /** Memory of expired and dead items back, for 2 ms at most; milliseconds until it wants to be called again. */
  janitorTick(): number;
  /** All that has expired leaves now; how many. */
  purge(): number;
  /** Evicts so many entries by the policy; how many there were to evict. */
  evict(count: number): number;
  /** The timer of this thread. */
  start(janitorMs: number): void;
  close(): void;
  verify(): void;
}

/** The parts that lean on the state, and are therefore made after it. */
export interface Services {
  reclaim: Reclaim;
  /** Undefined in a table without a feed. */
  ring: Ring | undefined;
  tags: TagTable;
  leases: LeaseTable;
  /** Whether the thread of this number is still there: threads/liveness.ts. */
  isAlive: (thread: number) => boolean;
  /** Takes over from a dead thread: threads/takeover.ts. */
  reap: (thread: number) => void;
  /** Rolls a dead thread's multi-key commit forward, or drops it; its bucket locks are still held. */
  recoverCommit: (thread: number) => void;
}

export interface TableState extends Services {
  readonly handle: TableHandle;
  readonly name: string;
  /** Header words and thread records; the layout stands in memory/layout.ts. */
  readonly control: Int32Array;
  readonly controlDoubles: Float64Array;
  /** The segment table. */
  readonly segments: Int32Array;
  readonly segmentDoubles: Float64Array;
  /** Buckets: bank `id >>> INDEX_BANK_BITS`, words from `(id & INDEX_BANK_MASK) << 4`. */
  readonly index: readonly Int32Array[];
  /** One more than there are (assemble.ts). Items: bank `location >>> BANK_UNIT_BITS`, unit `location & BANK_UNIT_MASK`; two words, eight bytes each. */
  readonly banks: readonly Int32Array[];
  readonly bankDoubles: readonly Float64Array[];
  readonly bankIntegers: readonly BigInt64Array[];
  readonly bankBytes: readonly Buffer[];
  /** The parts' own memory: feed, tags, leases, history. */
  readonly parts: Readonly<Record<string, SharedArrayBuffer>>;

  readonly segmentBits: number;
  readonly segmentBytes: number;
  /** `location >>> segmentUnitBits` is the segment's id. */
  readonly segmentUnitBits: number;
  readonly segmentCount: number;
  /** Larger items stand alone. */
  readonly itemBytesMax: number;
  readonly valueBytesMax: number;
  readonly entriesMax: number;
  /** Bytes for segments and buckets together. */
  readonly dataBytes: number;
  readonly bucketsMax: number;
  readonly ttlMs: number;
  readonly evicts: boolean;

  /** Thread records, and the word where the first begins. */
  readonly threads: number;
  readonly recordsAt: number;
  /** This thread's number, its record's first word and double, its statistics, its lock word, its owner number. */
  readonly thread: number;
  readonly record: number;
  readonly own: Float64Array;
  readonly lockWord: number;
  readonly owner: number;

  readonly timekeeper: Timekeeper;
  /** The key of the call at hand. */
  readonly key: KeyBuffer;
  /** What the item that is being written carries. */
  readonly draft: Draft;
  /** The key of an item that is looked at on the way. */
  readonly itemKey: KeyBuffer;
  readonly onError: ((error: unknown) => void) | null;

  /** The segment that this thread appends to, or -1; bytes committed in it. */
  openSegment: number;
  openEnd: number;
  /** Several items are appended before the first is linked: full segments stay open, and stand in `held`. */
  holding: boolean;
  readonly held: number[];
  /** Where `find` found: the bucket's words and the index of the slot's location. */
  slotWords: Int32Array;
  slotAt: number;
  /** The bucket that the slot is in. */
  slotBucket: number;
  /** The version before the lock that is held. */
  lockedVersion: number;
  /** A read at hand: the bucket's version and where it stands, the number of buckets; the bucket when it is locked, or -1. */
  readWords: Int32Array;
  readAt: number;
  readVersion: number;
  readBuckets: number;
  readBucket: number;
  /** Writes of new keys since the load of the index was last looked at. */
  sinceGrowth: number;
  closed: boolean;
}
