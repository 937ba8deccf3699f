/**
 * Appending: a new item's bytes go behind the last one in the thread's own open segment, where nobody looks for it yet.
 * It becomes an entry when a slot is made to point to it, and is buried if that does not happen after all.
 *
 * Values are written where they stay; a text too, straight from the string: the longest that its UTF-8 may get is
 * reserved, and what it did not take is still free. Bytes come first, the segment's END after them.
 */
import {
  ALIGNED,
  ALIGNED_FROM_BYTES,
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  FLAGS_MASK,
  I_EXTRA,
  I_INFO,
  I_KEY,
  I_VALUE_LENGTH,
  I_VERSION,
  ITEM_HEAD_BYTES,
  JUMBO,
  KIND_DOUBLE,
  KIND_INTEGER,
  LOG_WINDOW,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  TAGGED,
  TAGGED_BYTES,
  TIMED,
  TIMED_BYTES,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { extrasBytes, keyEnd, locationAt, segmentOf } from "./items.js";
import { segmentsFor, sizeOf, writeBytes } from "./jumbo.js";
import * as segments from "./segments.js";

/** In so many parts (a power of two) of a segment a writer lets reclaim work ahead. */
const WORK_AHEAD_BITS = 4;
export const WORK_AHEAD_PARTS = 1 << WORK_AHEAD_BITS;

/** What an item is to carry beside key and value. One per table, used again and again. */
export class Draft {
  flags = 0;
  /** In table time; 0: none. */
  deadline = 0;
  ttl = 0;
  /** Two words a tag. */
  tags: Int32Array | null = null;
  tagCount = 0;
  tagSequence = 0;

  plain(flags: number): void {
    this.flags = flags;
    this.deadline = 0;
    this.ttl = 0;
    this.tags = null;
    this.tagCount = 0;
    this.tagSequence = 0;
  }

  get info(): number {
    return (this.deadline === 0 ? 0 : TIMED) | (this.tagCount === 0 ? 0 : TAGGED);
  }
}

/** Bytes of an item of the current key with this draft and a value of so many bytes; `kind`: of w0's bits. */
export function bytesFor(t: TableState, draft: Draft, kind: number, valueBytes: number): number {
  const start = keyEnd(t.key.length | draft.info | kind) + extrasBytes(draft.deadline !== 0, draft.tagCount);
  return Math.ceil((start + valueBytes) / 8) * 8;
}

/** Appends an item of the current key with a value of bytes; its location. */
export function appendBytes(t: TableState, draft: Draft, value: Uint8Array): number {
  const kind = value.length >= ALIGNED_FROM_BYTES ? ALIGNED : 0;
  const bytes = bytesFor(t, draft, kind, value.length);
  if (bytes > t.itemBytesMax) return appendJumbo(t, draft, value, bytes, kind);
  const location = reserve(t, bytes);
  const start = writeHead(t, location, draft, kind, value.length);
  t.bankBytes[location >>> BANK_UNIT_BITS].set(value, (location & BANK_UNIT_MASK) * 8 + start);
  return committed(t, location, bytes, draft);
}

/** Appends an item of the current key with a text as its value. */
export function appendText(t: TableState, draft: Draft, text: string): number {
  const kind = text.length >= ALIGNED_FROM_BYTES ? ALIGNED : 0;
  const longest = bytesFor(t, draft, kind, text.length * 3);
  if (longest > t.itemBytesMax) return appendBytes(t, draft, Buffer.from(text, "utf8"));
  const location = reserve(t, longest);
  const start = writeHead(t, location, draft, kind, 0);
  const bank = location >>> BANK_UNIT_BITS;
  const length = t.bankBytes[bank].write(text, (location & BANK_UNIT_MASK) * 8 + start, "utf8");
  t.banks[bank][((location & BANK_UNIT_MASK) << 1) + I_VALUE_LENGTH] = length;
  return committed(t, location, (start + length + 7) & ~7, draft);
}

/** Appends an item of the current key that is a counter. */
export function appendCounter(t: TableState, draft: Draft, value: number | bigint): number {
  const kind = typeof value === "bigint" ? KIND_INTEGER : KIND_DOUBLE;
  const bytes = bytesFor(t, draft, kind, 8);
  if (bytes > t.itemBytesMax) return appendJumbo(t, draft, counterBytes(value), bytes, kind);
  const location = reserve(t, bytes);
  const start = writeHead(t, location, draft, kind, 8);
  const unit = (location & BANK_UNIT_MASK) + (start >> 3);
  if (typeof value === "bigint") t.bankIntegers[location >>> BANK_UNIT_BITS][unit] = value;
  else t.bankDoubles[location >>> BANK_UNIT_BITS][unit] = value;
  return committed(t, location, bytes, draft);
}

/**
 * An item that was appended has been linked or buried. A long one's segment is sealed only now: while it is open, nobody
 * but its owner may judge what is in it.
 */
export function settle(t: TableState, location: number): void {
  const segment = segmentOf(t, location);
  if (segment === t.openSegment || t.held.includes(segment)) return;
  if (segments.stateOf(t, segment) === SEGMENT_OPEN) segments.seal(t, segment, sizeOf(t, location));
}

/** From now on full segments stay open: several items are appended before the first is linked. */
export function holdSegments(t: TableState): void {
  t.holding = true;
}

/** Seals what was held open. */
export function releaseSegments(t: TableState): void {
  t.holding = false;
  for (const segment of t.held) segments.seal(t, segment);
  t.held.length = 0;
}

/** Seals the thread's open segment, with what it has; for `close`. */
export function sealOpen(t: TableState): void {
  if (t.openSegment < 0) return;
  if (t.holding) t.held.push(t.openSegment);
  else segments.seal(t, t.openSegment, t.openEnd - SEGMENT_HEAD_BYTES);
  t.openSegment = -1;
}

/** Room for an item in the open segment; a new one is opened if need be, which may make reclaim work. */
function reserve(t: TableState, bytes: number): number {
  if (
    t.openSegment < 0 ||
    t.openEnd + bytes > t.segmentBytes ||
    segments.logOf(t, t.openSegment) !== LOG_WINDOW
  )
    openAnother(t);
  else if ((t.openEnd ^ (t.openEnd + bytes)) >>> (t.segmentBits - WORK_AHEAD_BITS) !== 0)
    t.reclaim.workAhead();
  return locationAt(t, t.openSegment, t.openEnd);
}

function openAnother(t: TableState): void {
  for (;;) {
    const segment = segments.open(t, LOG_WINDOW, segments.RECLAIM_RESERVE);
    if (segment >= 0) {
      sealOpen(t);
      t.openSegment = segment;
      t.openEnd = SEGMENT_HEAD_BYTES;
      return;
    }
    // What is in the full one can be evicted once it is sealed. Where nothing is evicted, a shorter item may still fit.
    if (t.evicts) sealOpen(t);
    t.reclaim.freeSegments(segments.RECLAIM_RESERVE + 1);
  }
}

function committed(t: TableState, location: number, bytes: number, draft: Draft): number {
  t.openEnd += bytes;
  segments.commit(t, t.openSegment, t.openEnd);
  if (draft.deadline !== 0) segments.noteDeadline(t, t.openSegment, draft.deadline);
  return location;
}

/** Writes all but the value; returns where the value begins. */
function writeHead(t: TableState, location: number, draft: Draft, kind: number, valueBytes: number): number {
  const words = t.banks[location >>> BANK_UNIT_BITS];
  const at = (location & BANK_UNIT_MASK) << 1;
  const { key } = t;
  const info = key.length | draft.info | kind;
  words[at + I_INFO] = info;
  words[at + I_VALUE_LENGTH] = valueBytes;
  words[at + I_VERSION] = 0;
  words[at + I_EXTRA] = draft.flags & FLAGS_MASK;
  const count = (key.length + 3) >>> 2;
  for (let index = 0; index < count; index++) words[at + I_KEY + index] = key.words[index];
  const end = keyEnd(info);
  return (info & (TIMED | TAGGED)) === 0 ? end : writeExtras(t, location, draft, end);
}

function writeExtras(t: TableState, location: number, draft: Draft, end: number): number {
  const doubles = t.bankDoubles[location >>> BANK_UNIT_BITS];
  let unit = (location & BANK_UNIT_MASK) + (end >> 3);
  let start = end;
  if (draft.deadline !== 0) {
    doubles[unit] = draft.deadline;
    doubles[unit + 1] = draft.ttl;
    unit += 2;
    start += TIMED_BYTES;
  }
  if (draft.tagCount === 0) return start;
  const words = t.banks[location >>> BANK_UNIT_BITS];
  doubles[unit] = draft.tagSequence;
  words[(unit << 1) + 2] = draft.tagCount;
  words[(unit << 1) + 3] = 0;
  const tags = draft.tags as Int32Array;
  for (let index = 0; index < draft.tagCount * 2; index++) words[(unit << 1) + 4 + index] = tags[index];
  return start + TAGGED_BYTES + 8 * draft.tagCount;
}

/** A long item: its own segments, chained; head, key and extras are put together first, for they may not fit in one. */
function appendJumbo(t: TableState, draft: Draft, value: Uint8Array, bytes: number, kind: number): number {
  const head = openChain(t, segmentsFor(t, bytes));
  const location = locationAt(t, head, SEGMENT_HEAD_BYTES);
  const start = bytesBefore(t, draft, kind);
  const front = Buffer.alloc(start);
  writeFront(t, front, draft, kind, value.length);
  const words = t.banks[location >>> BANK_UNIT_BITS];
  words[((location & BANK_UNIT_MASK) << 1) + I_INFO] = JUMBO; // the pieces are found by it
  writeBytes(t, location, 0, front);
  writeBytes(t, location, start, value);
  segments.commit(t, head, Math.min(SEGMENT_HEAD_BYTES + bytes, t.segmentBytes));
  if (draft.deadline !== 0) segments.noteDeadline(t, head, draft.deadline);
  return location;
}

function bytesBefore(t: TableState, draft: Draft, kind: number): number {
  return keyEnd(t.key.length | draft.info | kind) + extrasBytes(draft.deadline !== 0, draft.tagCount);
}

/** The same as writeHead, into a buffer. */
function writeFront(t: TableState, front: Buffer, draft: Draft, kind: number, valueBytes: number): void {
  const info = t.key.length | draft.info | kind;
  front.writeInt32LE(info | JUMBO, I_INFO * 4);
  front.writeInt32LE(valueBytes, I_VALUE_LENGTH * 4);
  front.writeInt32LE(draft.flags & FLAGS_MASK, I_EXTRA * 4);
  t.key.bytes.copy(front, ITEM_HEAD_BYTES, 0, t.key.length);
  let at = keyEnd(info);
  if (draft.deadline !== 0) {
    front.writeDoubleLE(draft.deadline, at);
    front.writeDoubleLE(draft.ttl, at + 8);
    at += TIMED_BYTES;
  }
  if (draft.tagCount === 0) return;
  front.writeDoubleLE(draft.tagSequence, at);
  front.writeInt32LE(draft.tagCount, at + 8);
  const tags = draft.tags as Int32Array;
  for (let index = 0; index < draft.tagCount * 2; index++)
    front.writeInt32LE(tags[index], at + TAGGED_BYTES + 4 * index);
}

function openChain(t: TableState, count: number): number {
  for (;;) {
    const head = segments.openChain(t, LOG_WINDOW, count);
    if (head >= 0) return head;
    t.reclaim.freeSegments(segments.RECLAIM_RESERVE + count);
  }
}

function counterBytes(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  if (typeof value === "bigint") bytes.writeBigInt64LE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}
