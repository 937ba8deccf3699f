/** Whether an item that stands in a slot is there no more: its time is over, or a tag of it was invalidated. */
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  I_INFO,
  JUMBO,
  TAGGED,
  TAGGED_BYTES,
  TAGS_MAX,
  TIMED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { keyEnd, offsetInSegment, tagsStart, wordAt, wordsOf } from "./items.js";
import { readBytes, unitOf } from "./jumbo.js";

/** `info` is the item's first word. Lengths are checked before they are used: others may be writing there. */
export function isGone(t: TableState, location: number, info: number): boolean {
  if ((info & TIMED) !== 0 && t.timekeeper.passed(deadlineOf(t, location, info))) return true;
  return (info & TAGGED) !== 0 && isInvalid(t, location, info);
}

export function isGoneAt(t: TableState, location: number): boolean {
  const info = wordsOf(t, location)[wordAt(location) + I_INFO];
  return (info & (TIMED | TAGGED)) !== 0 && isGone(t, location, info);
}

/** Whether its time is over, rather than that a tag was invalidated. */
export function isExpiredAt(t: TableState, location: number): boolean {
  const info = wordsOf(t, location)[wordAt(location) + I_INFO];
  return (info & TIMED) !== 0 && t.timekeeper.passed(deadlineOf(t, location, info));
}

/** The deadline of a TIMED item. */
export function deadlineOf(t: TableState, location: number, info: number): number {
  const unit = unitOf(t, location, info, keyEnd(info));
  return t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK];
}

/** The time to live that a TIMED item was given. */
export function ttlGivenOf(t: TableState, location: number, info: number): number {
  const unit = unitOf(t, location, info, keyEnd(info) + 8);
  return t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK];
}

/** Sequence and tags of a TAGGED item; undefined if what stands there makes no sense, because it is being replaced. */
export function tagsOf(
  t: TableState,
  location: number,
  info: number,
): { sequence: number; tags: Int32Array } | undefined {
  const start = tagsStart(info);
  const unit = unitOf(t, location, info, start);
  const words = wordsOf(t, unit);
  const count = words[wordAt(unit) + 2];
  if (!(count > 0 && count <= TAGS_MAX)) return undefined;
  const end = start + TAGGED_BYTES + 8 * count;
  if ((info & JUMBO) === 0 && end > t.segmentBytes - offsetInSegment(t, location)) return undefined;
  const tags = new Int32Array(count * 2);
  const bytes = new Uint8Array(tags.buffer);
  if (!readBytes(t, location, start + TAGGED_BYTES, bytes, 0, bytes.length)) return undefined;
  return { sequence: t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK], tags };
}

function isInvalid(t: TableState, location: number, info: number): boolean {
  if ((info & JUMBO) !== 0) {
    const found = tagsOf(t, location, info);
    return found !== undefined && t.tags.isInvalid(found.sequence, found.tags, 0, found.tags.length / 2);
  }
  const unit = (location + (tagsStart(info) >> 3)) | 0;
  const words = t.banks[unit >>> BANK_UNIT_BITS];
  const at = (unit & BANK_UNIT_MASK) << 1;
  const count = words[at + 2];
  if (!(count > 0 && count <= TAGS_MAX)) return false;
  const sequence = t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK];
  return t.tags.isInvalid(sequence, words, at + (TAGGED_BYTES >> 2), count);
}
