/**
 * Has the memory of several entries fetched before they are asked for. A lookup waits for memory twice, for the bucket and
 * then for the item; of lookups one after the other each waits for itself. Here the buckets of all are read in one row and
 * the items in another, and nothing is made of what is read until then, so the processor waits for many at a time.
 *
 * It changes nothing and promises nothing: what is read may be another's by the time that it is used, and is not used here
 * but as a place to read on from, as `find` does. Left out: long keys and overflow buckets, which are rare.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import {
  B_SLOTS,
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { bucketOf } from "../threads/locks.js";

/** Keys at a time: what is fetched for them has to stay in the processor's nearest caches. */
const KEYS = 64;
const KEY_BYTES_MAX = 64;
/** Of an item, three lines of the processor's cache are read: short values end there, and longer ones are read in a row. */
const LINE_WORDS = 16;

const tags = new Int32Array(KEYS);
const buckets = new Int32Array(KEYS);
/** Takes what was read, so that no compiler leaves the reading out. */
const sink = new Int32Array(1);
const none = new Uint8Array(0);
const range: { bytes: Uint8Array; start: number; end: number } = { bytes: none, start: 0, end: 0 };

export function prefetch(t: TableState, bytes: Uint8Array, ranges: Int32Array, count: number): void {
  if (!(bytes instanceof Uint8Array))
    throw new InvalidArgumentError("prefetch", "the bytes", bytes, "a Uint8Array");
  if (!(ranges instanceof Int32Array))
    throw new InvalidArgumentError("prefetch", "the ranges", ranges, "an Int32Array");
  if (!Number.isInteger(count) || count < 0 || count * 2 > ranges.length)
    throw new InvalidArgumentError("prefetch", "the count", count, "a number of ranges that are there");
  range.bytes = bytes;
  for (let first = 0; first < count; first += KEYS) {
    const known = locate(t, ranges, first, Math.min(count, first + KEYS));
    sink[0] = readBuckets(t, known) ^ readItems(t, known);
  }
  range.bytes = none;
}

/** Bucket and tag of each key; how many there are. */
function locate(t: TableState, ranges: Int32Array, first: number, end: number): number {
  const bucketCount = t.control[C_BUCKETS];
  let known = 0;
  for (let index = first; index < end; index++) {
    range.start = ranges[index * 2];
    range.end = ranges[index * 2 + 1];
    if (range.end - range.start > KEY_BYTES_MAX) continue;
    t.key.take(range, "prefetch");
    tags[known] = t.key.h1;
    buckets[known++] = bucketOf(t.key.h1, bucketCount);
  }
  return known;
}

function readBuckets(t: TableState, count: number): number {
  let all = 0;
  for (let index = 0; index < count; index++) {
    const bucket = buckets[index];
    all ^= t.index[bucket >>> INDEX_BANK_BITS][(bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS];
  }
  return all;
}

function readItems(t: TableState, count: number): number {
  let all = 0;
  for (let index = 0; index < count; index++) {
    const bucket = buckets[index];
    const words = t.index[bucket >>> INDEX_BANK_BITS];
    const location = locationOf(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS, tags[index]);
    const item = t.banks[location >>> BANK_UNIT_BITS];
    const at = (location & BANK_UNIT_MASK) << 1;
    all ^= item[at] ^ item[at + LINE_WORDS] ^ item[at + 2 * LINE_WORDS];
  }
  return all;
}

/** What the bucket at `base` holds under this tag; 0: nothing. */
function locationOf(words: Int32Array, base: number, tag: number): number {
  for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2)
    if (words[at] === tag) return words[at + 1];
  return 0;
}
