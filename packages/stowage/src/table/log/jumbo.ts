/**
 * Items that are longer than a segment: one in its own head segment, going on in segments chained by NEXT.
 *
 * Positions are bytes from the item's start. Each segment holds its size less the first unit; that is a multiple of 8,
 * so doubles and words never lie across two. Everything here works for ordinary items as well, in one piece.
 */
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  I_INFO,
  I_KEY,
  I_VALUE_LENGTH,
  ITEM_HEAD_BYTES,
  JUMBO,
  KEY_LENGTH_MASK,
  SEGMENT_HEAD_BYTES,
  TAGGED,
  TAGGED_BYTES,
  TAGS_MAX,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { locationAt, segmentOf, tagsStart, wordAt, wordsOf } from "./items.js";
import { nextOf } from "./segments.js";

/** Bytes of items that a segment holds. */
export function segmentCapacity(t: TableState): number {
  return t.segmentBytes - SEGMENT_HEAD_BYTES;
}

/** The location of the unit that holds this byte of the item; 0 if its chain does not go so far (it is being freed). */
export function unitOf(t: TableState, location: number, info: number, position: number): number {
  if ((info & JUMBO) === 0) return (location + (position >>> 3)) | 0;
  const capacity = segmentCapacity(t);
  let segment = segmentOf(t, location);
  let left = position;
  for (; left >= capacity; left -= capacity) {
    segment = nextOf(t, segment);
    if (segment < 0 || segment >= t.segmentCount) return 0;
  }
  return locationAt(t, segment, SEGMENT_HEAD_BYTES + left);
}

/** Where the value begins, whatever the segment its tags stand in; -1 if the chain does not go so far. */
export function valueStartOf(t: TableState, location: number): number {
  const words = wordsOf(t, location);
  const info = words[wordAt(location) + I_INFO];
  const start = tagsStart(info);
  if ((info & TAGGED) === 0) return start;
  const unit = unitOf(t, location, info, start + 8);
  return unit === 0 ? -1 : start + TAGGED_BYTES + 8 * (wordsOf(t, unit)[wordAt(unit)] & TAGS_MAX);
}

/** All bytes of an item, however long; a multiple of 8. */
export function sizeOf(t: TableState, location: number): number {
  const length = wordsOf(t, location)[wordAt(location) + I_VALUE_LENGTH];
  return Math.ceil((valueStartOf(t, location) + length) / 8) * 8;
}

/** Segments that an item of so many bytes takes. */
export function segmentsFor(t: TableState, bytes: number): number {
  return Math.ceil(bytes / segmentCapacity(t));
}

/**
 * Calls `visit(bank, from, length, at)` for each piece of the item's bytes from `position` on: bytes of a bank, and where
 * they stand among those asked for. False if the chain ends too early.
 */
export function eachPiece(
  t: TableState,
  location: number,
  position: number,
  length: number,
  visit: (bank: Buffer, from: number, length: number, at: number) => void,
): boolean {
  const capacity = segmentCapacity(t);
  const info = wordsOf(t, location)[wordAt(location) + I_INFO];
  for (let at = 0; at < length; ) {
    const unit = unitOf(t, location, info, (position + at) & ~7);
    if (unit === 0) return false;
    const inUnit = (position + at) & 7;
    const room = (info & JUMBO) === 0 ? length : capacity - ((position + at) % capacity);
    const piece = Math.min(room, length - at);
    visit(t.bankBytes[unit >>> BANK_UNIT_BITS], (unit & BANK_UNIT_MASK) * 8 + inUnit, piece, at);
    at += piece;
  }
  return true;
}

/** Copies bytes of the item out; false if the chain ends too early. */
export function readBytes(
  t: TableState,
  location: number,
  position: number,
  target: Uint8Array,
  offset: number,
  length: number,
): boolean {
  return eachPiece(t, location, position, length, (bank, from, piece, at) => {
    bank.copy(target, offset + at, from, from + piece);
  });
}

/** Copies bytes into an item that is being written. */
export function writeBytes(t: TableState, location: number, position: number, source: Uint8Array): void {
  eachPiece(t, location, position, source.length, (bank, from, piece, at) => {
    bank.set(source.subarray(at, at + piece), from);
  });
}

/** Whether the item's key, of the same length and too long for one segment, is this one. */
export function isLongKey(t: TableState, location: number, key: Uint8Array, length: number): boolean {
  let same = true;
  const whole = eachPiece(t, location, ITEM_HEAD_BYTES, length, (bank, from, piece, at) => {
    same &&= bank.compare(key, at, at + piece, from, from + piece) === 0;
  });
  return whole && same;
}

/** Takes an item's key into a key buffer. */
export function takeItemKey(t: TableState, location: number, key: TableState["key"]): void {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const length = words[at + I_INFO] & KEY_LENGTH_MASK;
  if (ITEM_HEAD_BYTES + length <= segmentCapacity(t)) key.takeWords(words, at + I_KEY, length);
  else {
    readBytes(t, location, ITEM_HEAD_BYTES, key.bytes, 0, length);
    key.adopt(length);
  }
}
