/**
 * The segment table: which segment is free, open, sealed; how much of it is live.
 *
 * Segments are taken and freed under one lock, held for a walk of a few words. It happens once for thousands of items,
 * and makes the count of used ones exact after any crash. Everything else in a segment's words is written by its owner,
 * by reclaim under its own lock, or with atomics (LIVE, EARLIEST).
 *
 * LIVE counts an item from its append on. While a segment is open its LIVE is what was taken off, zero or less: an
 * append then costs no atomic operation; sealing adds the bytes that were appended.
 *
 * Invariant: segments in use x their size + buckets in use x 64 <= the table's data bytes.
 */
import { assert } from "../../base/assert.js";
import {
  BUCKET_BYTES,
  C_BUCKETS,
  C_OVERFLOW_LOW,
  C_SEGMENT_HIGH,
  C_SEGMENT_HINT,
  C_SEGMENTS_USED,
  C_SEQ_WINDOW,
  DEADLINE_UNIT_MS,
  LOCK_SEGMENTS,
  S_CURSOR,
  S_EARLIEST,
  S_END,
  S_GENERATION,
  S_LIVE,
  S_LOG,
  S_NEXT,
  S_OWNER,
  S_SEQ,
  S_STATE,
  S_TURN_END,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  SEGMENT_SEALED,
  SEGMENT_WORD_BITS,
  SF_NEXT_VISIT,
  SF_OPENED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { lockNamed, unlockNamed } from "../threads/locks.js";

/** Free segments that writers leave to reclaim, which needs somewhere to copy to. */
export const RECLAIM_RESERVE = 2;
const NONE = -1;
/** Deadlines that are further away, which is four years and more, are looked at then. */
const EARLIEST_MAX = 0x7fff_ffff;

export function stateOf(t: TableState, segment: number): number {
  return Atomics.load(t.segments, (segment << SEGMENT_WORD_BITS) + S_STATE);
}

export function ownerOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_OWNER];
}

export function logOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_LOG];
}

export function seqOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_SEQ];
}

/** Committed bytes, from the segment's start; items begin at SEGMENT_HEAD_BYTES. */
export function endOf(t: TableState, segment: number): number {
  return Atomics.load(t.segments, (segment << SEGMENT_WORD_BITS) + S_END);
}

export function generationOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_GENERATION];
}

/** The segment that a long item goes on in, or -1. */
export function nextOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_NEXT] - 1;
}

/** Bytes of items in it that are not dead. */
export function liveBytes(t: TableState, segment: number): number {
  const at = segment << SEGMENT_WORD_BITS;
  const live = Atomics.load(t.segments, at + S_LIVE);
  return t.segments[at + S_STATE] === SEGMENT_OPEN
    ? live + t.segments[at + S_END] - SEGMENT_HEAD_BYTES
    : live;
}

/** An item of so many bytes is dead. */
export function takeOffLive(t: TableState, segment: number, bytes: number): void {
  Atomics.sub(t.segments, (segment << SEGMENT_WORD_BITS) + S_LIVE, bytes);
}

/** Ids from here on were never used. */
export function highWater(t: TableState): number {
  return t.control[C_SEGMENT_HIGH];
}

/** Segments that may be in use with the index as large as it is. */
export function usableSegments(t: TableState): number {
  const byMemory = Math.floor((t.dataBytes - indexBytes(t)) / t.segmentBytes);
  return Math.min(byMemory, t.segmentCount);
}

/** How many segments may be taken; less than 0 when the index has grown into them. */
export function freeCount(t: TableState): number {
  return usableSegments(t) - t.control[C_SEGMENTS_USED];
}

export function indexBytes(t: TableState): number {
  return (t.control[C_BUCKETS] + (t.bucketsMax - t.control[C_OVERFLOW_LOW])) * BUCKET_BYTES;
}

/** The next place in a log's order. */
export function nextSeq(t: TableState, log: number): number {
  return Atomics.add(t.control, C_SEQ_WINDOW + log, 1);
}

/**
 * Takes a free segment and opens it at the end of `log`; -1 if none may be taken. Writers leave RECLAIM_RESERVE to
 * reclaim, which passes 0.
 */
export function open(t: TableState, log: number, reserve: number): number {
  lockSegments(t);
  const segment = freeCount(t) > reserve ? take(t, log, SEGMENT_OPEN) : NONE;
  unlockNamed(t, LOCK_SEGMENTS);
  return segment;
}

/** Takes `count` segments as one chain for a long item; the first one's id, or -1. */
export function openChain(t: TableState, log: number, count: number): number {
  lockSegments(t);
  let head = NONE;
  if (freeCount(t) >= count + RECLAIM_RESERVE) {
    for (let left = count; left > 0; left--) {
      const segment = take(t, log, SEGMENT_OPEN);
      if (head !== NONE) t.segments[(head << SEGMENT_WORD_BITS) + S_STATE] = SEGMENT_CHAINED;
      t.segments[(segment << SEGMENT_WORD_BITS) + S_NEXT] = head + 1;
      head = segment;
    }
  }
  unlockNamed(t, LOCK_SEGMENTS);
  return head;
}

/** Publishes what was appended up to `end`: bytes first, then this. */
export function commit(t: TableState, segment: number, end: number): void {
  Atomics.store(t.segments, (segment << SEGMENT_WORD_BITS) + S_END, end);
}

/** Nothing will be appended any more. Its LIVE becomes what is live in it. */
export function seal(
  t: TableState,
  segment: number,
  appended = endOf(t, segment) - SEGMENT_HEAD_BYTES,
): void {
  const at = segment << SEGMENT_WORD_BITS;
  assert(t.segments[at + S_STATE] === SEGMENT_OPEN, "only an open segment can be sealed");
  // In this order: a sealed segment that seems to have nothing live would be freed at once.
  Atomics.add(t.segments, at + S_LIVE, appended);
  Atomics.store(t.segments, at + S_STATE, SEGMENT_SEALED);
  t.segments[at + S_OWNER] = 0;
}

/** Gives a segment back, with all that its item goes on in. Nothing may point into it; the caller holds the reclaim lock. */
export function free(t: TableState, segment: number): void {
  assert(liveBytes(t, segment) === 0, "a segment is freed when nothing in it is live");
  lockSegments(t);
  for (let each = segment; each !== NONE; ) {
    const next = nextOf(t, each);
    freeOne(t, each);
    each = next;
  }
  unlockNamed(t, LOCK_SEGMENTS);
}

/** Lowers EARLIEST to a deadline that an item of the segment got. */
export function noteDeadline(t: TableState, segment: number, deadline: number): void {
  if (deadline === Number.POSITIVE_INFINITY) return;
  const at = (segment << SEGMENT_WORD_BITS) + S_EARLIEST;
  const wanted = Math.max(1, Math.min(Math.floor(deadline / DEADLINE_UNIT_MS), EARLIEST_MAX));
  for (let found = t.segments[at]; found === 0 || wanted < found; ) {
    const before = Atomics.compareExchange(t.segments, at, found, wanted);
    if (before === found) return;
    found = before;
  }
}

/** What a holder of the lock left when he died: half a chain, a count that is off by one. The lock is held. */
export function repairSegments(t: TableState): void {
  freeLooseLinks(t);
  let used = 0;
  for (let segment = 0; segment < t.segmentCount; segment++) {
    if (t.segments[(segment << SEGMENT_WORD_BITS) + S_STATE] !== SEGMENT_FREE) used++;
  }
  t.control[C_SEGMENTS_USED] = used;
  t.control[C_SEGMENT_HINT] = 0;
}

/** Links of a chain that no head leads to are freed; a head that leads to none ends there. */
function freeLooseLinks(t: TableState): void {
  const reached = new Set<number>();
  for (let segment = 0; segment < t.segmentCount; segment++) {
    const state = stateOf(t, segment);
    if (state === SEGMENT_OPEN || state === SEGMENT_SEALED) followChain(t, segment, reached);
  }
  for (let segment = 0; segment < t.segmentCount; segment++) {
    if (stateOf(t, segment) !== SEGMENT_CHAINED || reached.has(segment)) continue;
    t.segments[(segment << SEGMENT_WORD_BITS) + S_NEXT] = 0;
    t.segments[(segment << SEGMENT_WORD_BITS) + S_STATE] = SEGMENT_FREE;
  }
}

function followChain(t: TableState, head: number, reached: Set<number>): void {
  for (let each = head; ; ) {
    const next = nextOf(t, each);
    if (next === NONE) return;
    if (stateOf(t, next) !== SEGMENT_CHAINED) {
      t.segments[(each << SEGMENT_WORD_BITS) + S_NEXT] = 0;
      return;
    }
    reached.add(next);
    each = next;
  }
}

function lockSegments(t: TableState): void {
  if (lockNamed(t, LOCK_SEGMENTS)) repairSegments(t);
}

function take(t: TableState, log: number, state: number): number {
  const { control } = t;
  let segment = control[C_SEGMENT_HINT];
  while (t.segments[(segment << SEGMENT_WORD_BITS) + S_STATE] !== SEGMENT_FREE) segment++;
  assert(segment < t.segmentCount, "a segment is free when the count says so");
  prepare(t, segment, log);
  control[C_SEGMENTS_USED]++;
  control[C_SEGMENT_HINT] = segment + 1;
  if (segment >= control[C_SEGMENT_HIGH]) control[C_SEGMENT_HIGH] = segment + 1;
  Atomics.store(t.segments, (segment << SEGMENT_WORD_BITS) + S_STATE, state);
  return segment;
}

function prepare(t: TableState, segment: number, log: number): void {
  const at = segment << SEGMENT_WORD_BITS;
  const words = t.segments;
  words[at + S_OWNER] = t.thread + 1;
  words[at + S_LOG] = log;
  words[at + S_SEQ] = nextSeq(t, log);
  words[at + S_END] = SEGMENT_HEAD_BYTES;
  words[at + S_LIVE] = 0;
  words[at + S_CURSOR] = 0;
  words[at + S_NEXT] = 0;
  words[at + S_EARLIEST] = 0;
  words[at + S_TURN_END] = 0;
  words[at + S_GENERATION]++;
  t.segmentDoubles[(at >> 1) + SF_NEXT_VISIT] = 0;
  t.segmentDoubles[(at >> 1) + SF_OPENED] = t.timekeeper.now();
}

function freeOne(t: TableState, segment: number): void {
  const at = segment << SEGMENT_WORD_BITS;
  assert(t.segments[at + S_STATE] !== SEGMENT_FREE, "a segment is freed once");
  t.segments[at + S_NEXT] = 0;
  t.segments[at + S_END] = SEGMENT_HEAD_BYTES;
  t.segments[at + S_LIVE] = 0;
  t.segments[at + S_OWNER] = 0;
  Atomics.store(t.segments, at + S_STATE, SEGMENT_FREE);
  t.control[C_SEGMENTS_USED]--;
  if (segment < t.control[C_SEGMENT_HINT]) t.control[C_SEGMENT_HINT] = segment;
}
