/**
 * Reading without a lock: find, copy, and look whether the bucket's version is still the one from before. After
 * LOCK_AFTER failures the bucket is locked to read; a reader among writers comes to an end all the same.
 *
 *     for (let failures = 0; ; failures++) {
 *       const location = probe(t, failures);
 *       if (location === 0) return nothing;       // that was checked
 *       ... copy what is wanted ...
 *       if (unchanged(t)) return it;
 *     }
 *
 * Between `probe` and `unchanged` nothing may throw, and no number that was read may be trusted as a length or a place
 * before it was compared with what is possible.
 */

import { countUse, find } from "../directory/find.js";
import { unlinkGone } from "../directory/moves.js";
import { offsetInSegment } from "../log/items.js";
import {
  BUCKET_WORD_BITS,
  C_BUCKETS,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  R_FENCE,
  S_LOG,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import { CHANGE_EXPIRE, type TableState } from "../state.js";
import { bucketOf, isStrictlyOrdered, lockKey, unlockUnchanged, waitWhileLocked } from "../threads/locks.js";
import { HITS, LOCK_READS, MISSES, RETRIES } from "../threads/stats.js";

const LOCK_AFTER = 16;
const NOT_LOCKED = -1;

/** The location of the current key's item; 0: there is none. */
export function probe(t: TableState, failures: number): number {
  if (failures !== 0) return probeAgain(t, failures);
  return probeOnce(t) || (unchanged(t) ? 0 : probeAgain(t, 1));
}

/** Whether nothing in the bucket has changed since `probe`, so that what was copied is whole. Ends the read. */
export function unchanged(t: TableState): boolean {
  if (t.readBucket !== NOT_LOCKED) {
    unlockUnchanged(t, t.readBucket);
    t.readBucket = NOT_LOCKED;
    return true;
  }
  if (!isStrictlyOrdered) Atomics.store(t.control, t.record + R_FENCE, 0);
  return Atomics.load(t.readWords, t.readAt) === t.readVersion && t.control[C_BUCKETS] === t.readBuckets;
}

/** Whether a value of this length can be there: it ends within its segment. */
export function isPlausible(t: TableState, location: number, start: number, length: number): boolean {
  return length >= 0 && start + length <= t.segmentBytes - offsetInSegment(t, location);
}

/** Counts a hit, and a use for the policy. */
export function hit(t: TableState, location: number): void {
  countUse(t);
  const log = t.segments[((location >>> t.segmentUnitBits) << SEGMENT_WORD_BITS) + S_LOG];
  t.own[HITS + (log & 1)]++;
}

/** Counts a miss. */
export function miss(t: TableState): undefined {
  t.own[MISSES]++;
  return undefined;
}

/** A read found the entry expired or invalid: it leaves now. */
export function expire(t: TableState): void {
  unlinkGone(t, t.key, CHANGE_EXPIRE);
}

/** Memory for a copy of the value. When there is none, the lock that may be held to read is let go first. */
export function memoryFor(t: TableState, length: number): Buffer {
  try {
    return Buffer.allocUnsafeSlow(length);
  } catch (error) {
    unchanged(t);
    throw error;
  }
}

function probeOnce(t: TableState): number {
  const buckets = t.control[C_BUCKETS];
  const bucket = bucketOf(t.key.h1, buckets);
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const at = (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  let version = Atomics.load(words, at);
  if (version < 0) version = waitWhileLocked(t, words, at);
  t.readWords = words;
  t.readAt = at;
  t.readVersion = version;
  t.readBuckets = buckets;
  return find(t, bucket, t.key);
}

function probeAgain(t: TableState, failures: number): number {
  for (let tries = failures; tries < LOCK_AFTER; tries++) {
    t.own[RETRIES]++;
    const location = probeOnce(t);
    if (location !== 0 || unchanged(t)) return location;
  }
  return probeLocked(t);
}

function probeLocked(t: TableState): number {
  t.own[LOCK_READS]++;
  t.readBucket = lockKey(t, t.key.h1);
  const location = find(t, t.readBucket, t.key);
  if (location === 0) unchanged(t);
  return location;
}
