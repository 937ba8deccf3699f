/**
 * An item: one entry's bytes in a segment. Plain functions over (words of its bank, index of its first word).
 *
 *     word 0   key length (17 bits) | DEAD | TIMED | TAGGED | kind (2 bits) | JUMBO | ALIGNED
 *     word 1   value length in bytes
 *     word 2   version of the write; 0 until it is linked
 *     word 3   user flags (8) | reclaim's bits (8) | policy score (16)
 *     word 4   key, padded with zeros to whole words; to 8 bytes if TIMED, TAGGED, ALIGNED or a counter
 *              TIMED:  deadline (double), time to live (double); Infinity: for ever
 *              TAGGED: sequence (double), number of tags, 0, then 8 bytes a tag
 *              value; all padded to 8 bytes
 *
 * The key comes first, so that a lookup need not know what else there is. Numbers read while others write may be
 * anything: whoever reads without the lock checks that the item ends within its segment before he believes a length.
 * A JUMBO item goes on in other segments; what may lie beyond the first one is read through log/jumbo.ts.
 */
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  DEAD,
  EXTRAS,
  I_EXTRA,
  I_INFO,
  I_VALUE_LENGTH,
  I_VERSION,
  ITEM_HEAD_BYTES,
  JUMBO,
  KEY_LENGTH_MASK,
  TAGGED,
  TAGGED_BYTES,
  TAGS_MAX,
  TIMED,
  TIMED_BYTES,
} from "../memory/layout.js";
import type { TableState } from "../state.js";

/** The words of the bank that the location is in. */
export function wordsOf(t: TableState, location: number): Int32Array {
  return t.banks[location >>> BANK_UNIT_BITS];
}

/** The index of the location's first word in its bank. */
export function wordAt(location: number): number {
  return (location & BANK_UNIT_MASK) << 1;
}

export function segmentOf(t: TableState, location: number): number {
  return location >>> t.segmentUnitBits;
}

/** Bytes from the start of its segment. */
export function offsetInSegment(t: TableState, location: number): number {
  return (location & ((1 << t.segmentUnitBits) - 1)) << 3;
}

/** The location of a byte of a segment; `offset` a multiple of 8. */
export function locationAt(t: TableState, segment: number, offset: number): number {
  return (segment << t.segmentUnitBits) | (offset >>> 3) | 0;
}

export function keyLength(words: Int32Array, at: number): number {
  return words[at + I_INFO] & KEY_LENGTH_MASK;
}

export function isDead(words: Int32Array, at: number): boolean {
  return (words[at + I_INFO] & DEAD) !== 0;
}

export function isTimed(words: Int32Array, at: number): boolean {
  return (words[at + I_INFO] & TIMED) !== 0;
}

export function isJumbo(words: Int32Array, at: number): boolean {
  return (words[at + I_INFO] & JUMBO) !== 0;
}

export function valueLength(words: Int32Array, at: number): number {
  return words[at + I_VALUE_LENGTH];
}

export function versionOf(words: Int32Array, at: number): number {
  return words[at + I_VERSION];
}

export function extraOf(words: Int32Array, at: number): number {
  return words[at + I_EXTRA];
}

/** Where key and padding end, in bytes from the item's start: where the extras, or the value, begin. */
export function keyEnd(info: number): number {
  const length = ITEM_HEAD_BYTES + (info & KEY_LENGTH_MASK);
  return (info & EXTRAS) === 0 ? (length + 3) & ~3 : (length + 7) & ~7;
}

/** Where the tags' part begins, in bytes from the item's start. */
export function tagsStart(info: number): number {
  return keyEnd(info) + ((info & TIMED) === 0 ? 0 : TIMED_BYTES);
}

/** Bytes of the part between key and value. */
export function extrasBytes(timed: boolean, tags: number): number {
  return (timed ? TIMED_BYTES : 0) + (tags > 0 ? TAGGED_BYTES + 8 * tags : 0);
}

/** Where the value begins, in bytes from the item's start. Of a jumbo item only if its tags stand in the first segment. */
export function valueStart(words: Int32Array, at: number): number {
  const info = words[at + I_INFO];
  if ((info & EXTRAS) === 0) return (ITEM_HEAD_BYTES + (info & KEY_LENGTH_MASK) + 3) & ~3;
  const start = tagsStart(info);
  return (info & TAGGED) === 0 ? start : start + TAGGED_BYTES + 8 * (words[at + (start >> 2) + 2] & TAGS_MAX);
}

/** All its bytes, a multiple of 8. Of a jumbo item only if its tags stand in the first segment. */
export function itemBytes(words: Int32Array, at: number): number {
  return (valueStart(words, at) + words[at + I_VALUE_LENGTH] + 7) & ~7;
}
