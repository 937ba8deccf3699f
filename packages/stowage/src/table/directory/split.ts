/**
 * Growth: linear hashing (Litwin 1980). When there are more than LOAD entries a head bucket, one bucket is split: with N
 * heads and 2^L <= N < 2^(L+1), bucket b = N - 2^L gives those of its slots whose hash has bit L to bucket N, and N grows
 * by one. A call splits a few at most, so no write ever waits for the index to be made anew.
 *
 * Slots only ever move upwards, so a scan in ascending order misses nothing. The tag is the whole hash: no key is read.
 * Locking b keeps every other thread from splitting, for N cannot change but by splitting b. What can be seen on the way
 * is repaired by doing it again (repair.ts): while N is the old one, bucket N is nobody's and is emptied; once N is the
 * new one, what has moved is taken out of b.
 *
 * The index does not shrink: the memory it has taken stays its own.
 */
import {
  B_COUNTERS,
  B_LAST_TAG,
  B_SLOTS,
  B_VERSION,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  COUNTER_MAX,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LINK_TAG,
  R_STEP,
  STEP_SPLIT,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { bucketOf, lockBucket, nextVersion, unlock, unlockUnchanged } from "../threads/locks.js";
import { ENTRIES, SPLITS, total } from "../threads/stats.js";
import { setUses } from "./find.js";
import { hasIndexRoom, releaseOverflow } from "./overflow.js";
import { dropEmptyTail, emptySlot } from "./slots.js";

/**
 * Entries a head bucket, on average: of seven slots. Buckets that were not split yet have up to twice as many as those that
 * were. At 5.6 an entry costs 14.2 bytes of index, overflow included, and one in seven stands in an overflow bucket; at
 * 5.2 it is 14.7 bytes and one in eight.
 */
export const LOAD = 5.6;
/** Buckets split by one call at most: it is a few microseconds. */
const SPLITS_MAX = 8;
/** The load is looked at once for so many new entries of a thread. */
export const LOOK_EVERY = 4;

/** Splits what has to be split; false when the index may not grow beside the segments in use. */
export function grow(t: TableState): boolean {
  t.sinceGrowth = 0;
  const entries = total(t, ENTRIES);
  for (let splits = 0; splits < SPLITS_MAX; splits++) {
    const buckets = t.control[C_BUCKETS];
    if (entries <= buckets * LOAD) return true;
    if (!hasIndexRoom(t, 4)) return false;
    split(t, buckets);
  }
  return true;
}

/** The bucket that is split when there are so many heads. */
export function splitBucketOf(buckets: number): number {
  return buckets - 2 ** (31 - Math.clz32(buckets));
}

function split(t: TableState, buckets: number): void {
  const bucket = splitBucketOf(buckets);
  lockBucket(t, bucket);
  if (t.control[C_BUCKETS] !== buckets) {
    unlockUnchanged(t, bucket);
    return;
  }
  t.control[t.record + R_STEP] = STEP_SPLIT;
  if (copyUpwards(t, bucket, buckets)) {
    publish(t, buckets, t.lockedVersion);
    removeMoved(t, bucket, buckets + 1);
    t.own[SPLITS]++;
  } else emptyChain(t, buckets); // no overflow bucket for the new chain: the chains stay as they are
  unlock(t, bucket);
}

/** The new bucket gets the version that the old one gets when it is unlocked; then it is a bucket. */
function publish(t: TableState, bucket: number, version: number): void {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  Atomics.store(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS, nextVersion(version));
  Atomics.store(t.control, C_BUCKETS, bucket + 1);
}

/** Copies the slots that belong to bucket `to` once there is one; false if there is no room for them. */
function copyUpwards(t: TableState, from: number, to: number): boolean {
  for (let id = from; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2) {
      const tag = words[at];
      if (tag === LINK_TAG || words[at + 1] === 0 || bucketOf(tag, to + 1) !== to) continue;
      if (!emptySlot(t, to)) return false;
      putSlot(t, tag, words[at + 1], (words[base + B_COUNTERS] >>> shiftOf(at)) & COUNTER_MAX);
    }
    if (words[base + B_LAST_TAG] !== LINK_TAG) return true;
    id = words[base + B_LAST_TAG + 1];
  }
}

/** Fills the empty slot that was found; the location last, for it decides. */
function putSlot(t: TableState, tag: number, location: number, uses: number): void {
  t.slotWords[t.slotAt - 1] = tag;
  setUses(t, uses);
  t.slotWords[t.slotAt] = location;
}

/** The place of a slot's counter, by its tag's word. */
function shiftOf(at: number): number {
  return (((at & (BUCKET_WORDS - 1)) - B_SLOTS) >> 1) << 2;
}

/** Empties the slots that belong to other buckets by now, and closes the gaps. */
export function removeMoved(t: TableState, bucket: number, buckets: number): void {
  for (let id = bucket; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2) {
      if (words[at] !== LINK_TAG && words[at + 1] !== 0 && bucketOf(words[at], buckets) !== bucket)
        words[at + 1] = 0;
    }
    if (words[base + B_LAST_TAG] !== LINK_TAG) break;
    id = words[base + B_LAST_TAG + 1];
  }
  compact(t, bucket);
}

/**
 * Moves slots from the chain's end into gaps before it, and gives back what gets empty. A slot is copied first and then
 * emptied: one that is there twice after a crash is taken out by repair.ts.
 */
function compact(t: TableState, bucket: number): void {
  for (;;) {
    const tail = tailOf(t, bucket);
    if (tail === bucket) return;
    const words = t.index[tail >>> INDEX_BANK_BITS];
    const base = (tail & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    for (let at = base + B_SLOTS; at < base + BUCKET_WORDS; at += 2) {
      if (words[at + 1] === 0) continue;
      emptySlot(t, bucket);
      if (t.slotBucket === tail) return;
      putSlot(t, words[at], words[at + 1], (words[base + B_COUNTERS] >>> shiftOf(at)) & COUNTER_MAX);
      words[at + 1] = 0;
    }
    dropEmptyTail(t, bucket);
  }
}

/** The last bucket of a chain. */
function tailOf(t: TableState, bucket: number): number {
  for (let id = bucket; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const last = ((id & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_LAST_TAG;
    if (words[last] !== LINK_TAG) return id;
    id = words[last + 1];
  }
}

/** Empties a bucket that is not in use, and its chain. */
export function emptyChain(t: TableState, bucket: number): void {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const base = (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  let id = words[base + B_LAST_TAG] === LINK_TAG ? words[base + B_LAST_TAG + 1] : 0;
  words.fill(0, base + B_VERSION, base + BUCKET_WORDS);
  while (id !== 0) {
    const chained = t.index[id >>> INDEX_BANK_BITS];
    const at = ((id & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_LAST_TAG;
    const next = chained[at] === LINK_TAG ? chained[at + 1] : 0;
    releaseOverflow(t, id);
    id = next;
  }
}
