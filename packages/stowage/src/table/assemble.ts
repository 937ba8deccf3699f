/** Puts a thread's table together: views of the memory, a record of its own, and the parts. */
import { type Clock, systemClock } from "../base/clock.js";
import { describe } from "../base/describe.js";
import { InvalidHandleError, TooManyThreadsError } from "../base/errors.js";
import { Timekeeper } from "../cache/expiry/timekeeper.js";
import { recoverCommit } from "./commit.js";
import { Ring } from "./feed/ring.js";
import { createLeases } from "./leases/index.js";
import { Draft, sealOpen } from "./log/append.js";
import { KeyBuffer } from "./memory/key-buffer.js";
import {
  C_BUCKETS_MAX,
  C_EVICT,
  C_LAYOUT,
  C_MAGIC,
  C_RECORDS,
  C_SEED,
  C_SEGMENT_BITS,
  C_SEGMENTS,
  C_THREADS,
  C_VALUE_MAX,
  C_WATCHERS,
  CF_DATA_BYTES,
  CF_MAX,
  CF_ORIGIN,
  CF_TTL,
  LAYOUT,
  LOCK_TAGS,
  LOCKED,
  MAGIC,
  R_OWNER,
  RECORD_WORDS,
  RF_STATS,
  SPARE_RECORDS,
} from "./memory/layout.js";
import { createReclaim } from "./reclaim/index.js";
import type { TableState } from "./state.js";
import { TagTable } from "./tags.js";
import { isAlive } from "./threads/liveness.js";
import { lockNamed, unlockNamed } from "./threads/locks.js";
import { claimRecord, freeRecord } from "./threads/records.js";
import { statNames } from "./threads/stats.js";
import { reap, reapAll } from "./threads/takeover.js";
import type { TableHandle } from "./types.js";

export interface ThreadOptions {
  readonly clock: Clock;
  readonly onError: ((error: unknown) => void) | null;
}

/** An item that is larger stands alone: of this share of a segment. */
const ITEM_SHARE = 4;

/**
 * The reading of `clock` at the moment when CLOCK_MONOTONIC shows 0. performance.now begins anew in each thread;
 * process.hrtime is the same for all. A clock of the user's is taken as it is.
 */
export function clockShift(clock: Clock): number {
  return clock === systemClock ? clock.now() - Number(process.hrtime.bigint()) / 1e6 : 0;
}

/** Refuses what is no handle of a table of this layout. */
export function checkHandle(handle: unknown): asserts handle is TableHandle {
  const given = handle as Partial<TableHandle> | null;
  if (typeof given !== "object" || given === null || given.kind !== "stowage-table")
    throw new InvalidHandleError(`${describe(handle)} is not the handle of a table`);
  const shared = [given.control, given.segments, ...(given.index ?? []), ...(given.banks ?? [])];
  if (shared.length < 4 || !shared.every((part) => part instanceof SharedArrayBuffer))
    throw new InvalidHandleError("a part of the handle is not shared memory");
  const words = new Int32Array(given.control as SharedArrayBuffer);
  if (given.layout !== LAYOUT || words[C_MAGIC] !== MAGIC || words[C_LAYOUT] !== LAYOUT)
    throw new InvalidHandleError(`the table has layout ${given.layout}; this Stowage has layout ${LAYOUT}`);
}

/**
 * Attaches this thread to the memory; no timer runs yet. When all records are taken, the spare one is used for as long as
 * it takes to give those back whose threads are gone.
 */
export function assemble(handle: TableHandle, options: ThreadOptions): TableState {
  const control = new Int32Array(handle.control);
  const threads = control[C_THREADS];
  const first = claimRecord(control, C_RECORDS, SPARE_RECORDS, threads + SPARE_RECORDS);
  if (first >= 0) return assembleAs(handle, options, first);
  const spare = claimRecord(control, C_RECORDS, 0, SPARE_RECORDS);
  if (spare >= 0) leave(assembleAs(handle, options, spare));
  const second = claimRecord(control, C_RECORDS, SPARE_RECORDS, threads + SPARE_RECORDS);
  if (second < 0) throw new TooManyThreadsError(threads);
  return assembleAs(handle, options, second);
}

/** Gives back all that the thread has of the table. */
export function leave(t: TableState): void {
  t.closed = true;
  t.reclaim.close();
  sealOpen(t);
  t.leases.releaseAllOf(t.owner);
  t.ring?.forget(t.thread);
  freeRecord(t.control, t.record);
}

/** Attaching takes over from those that are gone. */
function assembleAs(handle: TableHandle, options: ThreadOptions, thread: number): TableState {
  const t = stateOf(handle, options, thread);
  t.isAlive = (thread) => isAlive(t, thread);
  t.reap = (thread) => reap(t, thread);
  t.recoverCommit = (thread) => recoverCommit(t, thread);
  t.ring =
    handle.parts.feed === undefined
      ? undefined
      : new Ring(handle.parts.feed, {
          thread: t.thread,
          watchers: { add: (count) => void Atomics.add(t.control, C_WATCHERS, count) },
        });
  t.tags = new TagTable(handle.parts.tags, {
    acquire: () => void lockNamed(t, LOCK_TAGS),
    release: () => unlockNamed(t, LOCK_TAGS),
  });
  t.leases = createLeases(t);
  t.reclaim = createReclaim(t);
  reapAll(t);
  return t;
}

/** What is left out is filled in by `assemble` before anybody sees the state. */
function stateOf(handle: TableHandle, options: ThreadOptions, thread: number): TableState {
  const control = new Int32Array(handle.control);
  const controlDoubles = new Float64Array(handle.control);
  const record = C_RECORDS + thread * RECORD_WORDS;
  const segmentBits = control[C_SEGMENT_BITS];
  const segments = new Int32Array(handle.segments);
  const index = handle.index.map((part) => new Int32Array(part));
  // One more than there are: a reader who is led astray behind the last one finds something, and then that it is nothing.
  const banks = [...handle.banks, handle.banks[0]];
  const seed = control[C_SEED];
  const { clock, onError } = options;
  return {
    handle,
    name: handle.name,
    control,
    controlDoubles,
    segments,
    segmentDoubles: new Float64Array(handle.segments),
    index,
    banks: banks.map((part) => new Int32Array(part)),
    bankDoubles: banks.map((part) => new Float64Array(part)),
    bankIntegers: banks.map((part) => new BigInt64Array(part)),
    bankBytes: banks.map((part) => Buffer.from(part)),
    parts: handle.parts,
    segmentBits,
    segmentBytes: 2 ** segmentBits,
    segmentUnitBits: segmentBits - 3,
    segmentCount: control[C_SEGMENTS],
    itemBytesMax: 2 ** segmentBits / ITEM_SHARE,
    valueBytesMax: control[C_VALUE_MAX],
    entriesMax: controlDoubles[CF_MAX],
    dataBytes: controlDoubles[CF_DATA_BYTES],
    bucketsMax: control[C_BUCKETS_MAX],
    ttlMs: controlDoubles[CF_TTL],
    evicts: control[C_EVICT] !== 0,
    threads: control[C_THREADS] + SPARE_RECORDS,
    recordsAt: C_RECORDS,
    thread,
    record,
    own: controlDoubles.subarray((record >> 1) + RF_STATS, (record >> 1) + RF_STATS + statNames.length),
    lockWord: LOCKED | thread,
    owner: control[record + R_OWNER],
    timekeeper: new Timekeeper(clock, clock === systemClock, controlDoubles[CF_ORIGIN] + clockShift(clock)),
    key: new KeyBuffer(seed),
    draft: new Draft(),
    itemKey: new KeyBuffer(seed),
    onError,
    openSegment: -1,
    openEnd: 0,
    holding: false,
    held: [],
    slotWords: index[0],
    slotAt: 0,
    slotBucket: 0,
    lockedVersion: 0,
    readWords: index[0],
    readAt: 0,
    readVersion: 0,
    readBuckets: 0,
    readBucket: -1,
    sinceGrowth: 0,
    closed: false,
  } as unknown as TableState;
}
