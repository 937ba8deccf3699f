/**
 * Lookups. A bucket is a cache line: version, use counters, seven slots of (tag, location).
 *
 *     word 0 version | 1 counters | 2 tag 3 location | 4 tag 5 location | ... | 14 tag 15 location
 *
 * The tag is the key's first hash, whole, so that a split needs no key to be read, and that of a million keys one lookup
 * in a thousand compares a key in vain. A slot is empty when its location is 0. When seven are not enough, the last slot
 * holds LINK_TAG and the id of an overflow bucket; the head's version covers its whole chain.
 *
 * Nothing here locks. Readers check the head's version after they have copied; numbers read while others write may be
 * anything, so each is checked before it is used as a place.
 */

import { isLongKey } from "../log/jumbo.js";
import type { KeyBuffer } from "../memory/key-buffer.js";
import {
  B_LAST_TAG,
  B_SLOTS,
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  COUNTER_MAX,
  I_KEY,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  KEY_LENGTH_MASK,
  LINK_TAG,
} from "../memory/layout.js";
import type { TableState } from "../state.js";

/** A reader who is led astray by what others write must come to an end; chains are a few buckets long. */
const HOPS_MAX = 100_000;

/** The item of `key` in this chain, or 0; where its slot is stands in t.slotWords, t.slotAt, t.slotBucket. */
export function find(t: TableState, bucket: number, key: KeyBuffer): number {
  const tag = key.h1;
  let id = bucket;
  for (let hops = 0; hops < HOPS_MAX; hops++) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2) {
      if (words[at] !== tag) continue;
      const location = words[at + 1];
      if (location === 0 || !hasKey(t, location, key)) continue;
      t.slotWords = words;
      t.slotAt = at + 1;
      t.slotBucket = id;
      return location;
    }
    if (words[base + B_LAST_TAG] !== LINK_TAG) return 0;
    id = words[base + B_LAST_TAG + 1];
    if (id <= 0 || id >= t.bucketsMax) return 0;
  }
  return 0;
}

/** Whether the slot of this location is in the chain; where stands in t.slotWords, t.slotAt, t.slotBucket. */
export function findLocation(t: TableState, bucket: number, location: number): boolean {
  let id = bucket;
  for (let hops = 0; hops < HOPS_MAX; hops++) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    const linked = words[base + B_LAST_TAG] === LINK_TAG;
    const end = base + (linked ? B_LAST_TAG : BUCKET_WORDS);
    for (let at = base + B_SLOTS + 1; at < end; at += 2) {
      if (words[at] !== location) continue;
      t.slotWords = words;
      t.slotAt = at;
      t.slotBucket = id;
      return true;
    }
    if (!linked) return false;
    id = words[base + B_LAST_TAG + 1];
    if (id <= 0 || id >= t.bucketsMax) return false;
  }
  return false;
}

/** Whether the item at the location has this key. */
export function hasKey(t: TableState, location: number, key: KeyBuffer): boolean {
  const words = t.banks[location >>> BANK_UNIT_BITS];
  const at = (location & BANK_UNIT_MASK) << 1;
  const length = key.length;
  if ((words[at] & KEY_LENGTH_MASK) !== length) return false;
  if (length > t.segmentBytes >> 2) return isLongKey(t, location, key.bytes, length);
  const wanted = key.words;
  const count = (length + 3) >>> 2;
  for (let index = 0; index < count; index++) {
    if (words[at + I_KEY + index] !== wanted[index]) return false;
  }
  return true;
}

/** One use more for the slot that was found; saturates. Readers do it without the lock: a count lost is no harm. */
export function countUse(t: TableState): void {
  const base = t.slotAt & ~(BUCKET_WORDS - 1);
  const shift = ((t.slotAt - base - B_SLOTS) >> 1) << 2;
  const counters = t.slotWords[base + 1];
  if (((counters >>> shift) & COUNTER_MAX) < COUNTER_MAX) t.slotWords[base + 1] = counters + (1 << shift);
}

/** The use counter of the slot that was found. */
export function usesOf(t: TableState): number {
  const base = t.slotAt & ~(BUCKET_WORDS - 1);
  return (t.slotWords[base + 1] >>> (((t.slotAt - base - B_SLOTS) >> 1) << 2)) & COUNTER_MAX;
}

export function setUses(t: TableState, uses: number): void {
  const base = t.slotAt & ~(BUCKET_WORDS - 1);
  const shift = ((t.slotAt - base - B_SLOTS) >> 1) << 2;
  t.slotWords[base + 1] = (t.slotWords[base + 1] & ~(COUNTER_MAX << shift)) | (uses << shift);
}
