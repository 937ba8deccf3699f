/**
 * Overflow buckets: what a chain goes on in when seven slots are not enough. They are taken from the end of the index
 * downwards, while heads grow upwards from its start.
 *
 * The first word of an overflow bucket is the head of the chain that has claimed it, + 1; 0: free. Claiming is one
 * exchange of that word. So there is no free list that a dying thread could break, and a bucket that he claimed but did
 * not link is found again: it names its head, and the head's chain does not lead to it (repair.ts).
 * How many are free, and where to look, are hints.
 */

import { indexBytes } from "../log/segments.js";
import {
  B_VERSION,
  BUCKET_BYTES,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  C_OVERFLOW_FREE,
  C_OVERFLOW_HINT,
  C_OVERFLOW_LOW,
  C_SEGMENTS_USED,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
} from "../memory/layout.js";
import type { TableState } from "../state.js";

/** Buckets looked at before a new one is taken: most claims find one at once, and none may take long. */
const LOOKS = 32;
/** When there are no new ones left; a tenth of a millisecond. Then entries have to go. */
const LOOKS_AT_LAST = 16_384;
/** Buckets that stay between heads and overflow, lest two threads take the same one. */
const GAP = 512;

/** An empty bucket claimed for the chain of `head`, or 0 when the index has no room. */
export function claimOverflow(t: TableState, head: number): number {
  if (t.control[C_OVERFLOW_FREE] > 0) {
    const found = claimFreed(t, head, LOOKS);
    if (found !== 0) return found;
  }
  const fresh = claimFresh(t, head);
  return fresh !== 0 ? fresh : claimFreed(t, head, LOOKS_AT_LAST);
}

/** Gives a bucket back that no chain leads to. */
export function releaseOverflow(t: TableState, id: number): void {
  const words = t.index[id >>> INDEX_BANK_BITS];
  const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  words.fill(0, base + 1, base + BUCKET_WORDS);
  Atomics.store(words, base + B_VERSION, 0);
  Atomics.add(t.control, C_OVERFLOW_FREE, 1);
  t.control[C_OVERFLOW_HINT] = id;
}

/** Whether the index may grow by so many buckets beside the segments in use. */
export function hasIndexRoom(t: TableState, buckets: number): boolean {
  const { control } = t;
  if (control[C_BUCKETS] + buckets + GAP > control[C_OVERFLOW_LOW]) return false;
  return indexBytes(t) + buckets * BUCKET_BYTES + control[C_SEGMENTS_USED] * t.segmentBytes <= t.dataBytes;
}

/** The head that an overflow bucket belongs to, or -1 when it is free. */
export function headOf(t: TableState, id: number): number {
  return t.index[id >>> INDEX_BANK_BITS][(id & INDEX_BANK_MASK) << BUCKET_WORD_BITS] - 1;
}

function claimFreed(t: TableState, head: number, looks: number): number {
  const low = t.control[C_OVERFLOW_LOW];
  const span = t.bucketsMax - low;
  if (span === 0) return 0;
  let id = Math.max(t.control[C_OVERFLOW_HINT], low);
  for (let look = Math.min(looks, span); look > 0; look--, id++) {
    if (id >= t.bucketsMax) id = low;
    if (headOf(t, id) >= 0 || !claim(t, id, head)) continue;
    Atomics.sub(t.control, C_OVERFLOW_FREE, 1);
    t.control[C_OVERFLOW_HINT] = id + 1;
    return id;
  }
  return 0;
}

function claimFresh(t: TableState, head: number): number {
  for (;;) {
    if (!hasIndexRoom(t, 1)) return 0;
    const low = Atomics.load(t.control, C_OVERFLOW_LOW);
    if (Atomics.compareExchange(t.control, C_OVERFLOW_LOW, low, low - 1) !== low) continue;
    if (claim(t, low - 1, head)) return low - 1;
  }
}

function claim(t: TableState, id: number, head: number): boolean {
  const words = t.index[id >>> INDEX_BANK_BITS];
  return Atomics.compareExchange(words, (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS, 0, head + 1) === 0;
}
