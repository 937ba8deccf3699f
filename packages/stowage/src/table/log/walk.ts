/** Walks over the items of a segment, in the order in which they were appended. */
import {
  DEAD,
  I_INFO,
  S_LIVE,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { isJumbo, itemBytes, locationAt, wordAt, wordsOf } from "./items.js";
import { sizeOf } from "./jumbo.js";
import { endOf, stateOf } from "./segments.js";

/**
 * Calls `visit(location, bytes)` for each committed item from the offset on (bytes from the segment's start), the dead
 * ones too. Stops when it returns false. Returns where it stopped: the offset of the item refused, or the end.
 */
export function forEachItem(
  t: TableState,
  segment: number,
  from: number,
  visit: (location: number, bytes: number) => boolean,
): number {
  const state = stateOf(t, segment);
  if (state === SEGMENT_FREE || state === SEGMENT_CHAINED) return from;
  const end = endOf(t, segment);
  for (let offset = Math.max(from, SEGMENT_HEAD_BYTES); offset < end; ) {
    const location = locationAt(t, segment, offset);
    const bytes = bytesAt(t, location);
    if (!visit(location, bytes)) return offset;
    offset += bytes;
  }
  return end;
}

/** All bytes of the item. */
export function bytesAt(t: TableState, location: number): number {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  return isJumbo(words, at) ? sizeOf(t, location) : itemBytes(words, at);
}

/** Bytes of items in the segment that are not dead, by looking at each. */
export function sumLive(t: TableState, segment: number): number {
  let sum = 0;
  forEachItem(t, segment, 0, (location, bytes) => {
    if ((wordsOf(t, location)[wordAt(location) + I_INFO] & DEAD) === 0) sum += bytes;
    return true;
  });
  return sum;
}

/**
 * Sets LIVE to what is live: after a crash nobody knows whether the last change was taken off. Others may bury items of
 * the segment meanwhile; the exchange fails if they have, and it is counted again.
 */
export function recountLive(t: TableState, segment: number): void {
  const at = (segment << SEGMENT_WORD_BITS) + S_LIVE;
  for (;;) {
    const found = Atomics.load(t.segments, at);
    const appended = stateOf(t, segment) === SEGMENT_OPEN ? endOf(t, segment) - SEGMENT_HEAD_BYTES : 0;
    const live = sumLive(t, segment) - appended;
    if (Atomics.compareExchange(t.segments, at, found, live) === found) return;
  }
}
