/** Walks over the index, bucket by bucket in ascending order; splits move entries upwards only, so none is missed. */
import {
  B_LAST_TAG,
  B_SLOTS,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LINK_TAG,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { waitWhileLocked } from "../threads/locks.js";

const HOPS_MAX = 100_000;

/** Head buckets; grows while one walks. */
export function bucketCount(t: TableState): number {
  return Atomics.load(t.control, C_BUCKETS);
}

/** The bucket's version, once nobody has it locked. */
export function bucketVersion(t: TableState, bucket: number): number {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const at = (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  const version = Atomics.load(words, at);
  return version >= 0 ? version : waitWhileLocked(t, words, at);
}

/** Whether nothing in the chain has changed since. */
export function isVersion(t: TableState, bucket: number, version: number): boolean {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  return Atomics.load(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS) === version;
}

/** Puts the locations of the chain into `out` as they stand together at one moment; how many. */
export function locationsIn(t: TableState, bucket: number, out: number[]): number {
  for (;;) {
    const version = bucketVersion(t, bucket);
    const count = collect(t, bucket, out);
    if (isVersion(t, bucket, version)) return count;
  }
}

/** The same without a look at the version: for those that hold the lock, or look at it themselves. */
export function collect(t: TableState, bucket: number, out: number[]): number {
  let count = 0;
  let id = bucket;
  for (let hops = 0; hops < HOPS_MAX; hops++) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    const linked = words[base + B_LAST_TAG] === LINK_TAG;
    const end = base + (linked ? B_LAST_TAG : BUCKET_WORDS);
    for (let at = base + B_SLOTS + 1; at < end; at += 2) {
      if (words[at] !== 0) out[count++] = words[at];
    }
    if (!linked) break;
    id = words[base + B_LAST_TAG + 1];
    if (id <= 0 || id >= t.bucketsMax) break;
  }
  return count;
}
