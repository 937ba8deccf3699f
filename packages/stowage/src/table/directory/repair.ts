/**
 * Puts right the bucket that a dead thread had locked, from what its record says it was about to do.
 *
 * The record is judged with the bucket still locked in the dead one's name, and everything here can be done twice: if the
 * one who repairs dies as well, the next begins again.
 */

import { segmentOf, wordAt, wordsOf } from "../log/items.js";
import { generationOf, stateOf } from "../log/segments.js";
import { recountLive } from "../log/walk.js";
import {
  B_LAST_TAG,
  B_SLOTS,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  C_BUCKETS,
  C_OVERFLOW_LOW,
  DEAD,
  I_INFO,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LINK_TAG,
  R_NEW,
  R_OLD,
  R_OLD_GENERATION,
  R_STEP,
  RECORD_WORDS,
  RF_COUNT_AFTER,
  RF_STATS,
  SEGMENT_FREE,
  STEP_LINK,
  STEP_SPLIT,
  STEP_UNLINK,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ENTRIES } from "../threads/stats.js";
import { findLocation } from "./find.js";
import { headOf, releaseOverflow } from "./overflow.js";
import { bury } from "./slots.js";
import { emptyChain, removeMoved, splitBucketOf } from "./split.js";

/** The bucket is locked by the dead thread, whose record this is. */
export function repairBucket(t: TableState, bucket: number, thread: number): void {
  const record = t.recordsAt + thread * RECORD_WORDS;
  const step = t.control[record + R_STEP];
  relinkOverflow(t, bucket);
  if (step === STEP_LINK) finishLink(t, bucket, record);
  else if (step === STEP_UNLINK) finishUnlink(t, bucket, record);
  else if (step === STEP_SPLIT) redoSplit(t, bucket);
}

function finishLink(t: TableState, bucket: number, record: number): void {
  const old = t.control[record + R_OLD];
  if (findLocation(t, bucket, t.control[record + R_NEW])) {
    if (old !== 0) finishBurial(t, old, t.control[record + R_OLD_GENERATION]);
    storeCount(t, record);
  }
}

function finishUnlink(t: TableState, bucket: number, record: number): void {
  const old = t.control[record + R_OLD];
  if (findLocation(t, bucket, old)) return;
  finishBurial(t, old, t.control[record + R_OLD_GENERATION]);
  storeCount(t, record);
}

/** The item is in no slot any more. If its segment was used anew, it had been buried. */
function finishBurial(t: TableState, location: number, generation: number): void {
  const segment = segmentOf(t, location);
  if (stateOf(t, segment) === SEGMENT_FREE || generationOf(t, segment) !== generation) return;
  if ((wordsOf(t, location)[wordAt(location) + I_INFO] & DEAD) === 0) bury(t, location);
  recountLive(t, segment);
}

function storeCount(t: TableState, record: number): void {
  t.controlDoubles[(record >> 1) + RF_STATS + ENTRIES] = t.controlDoubles[(record >> 1) + RF_COUNT_AFTER];
}

/** Before the new number of buckets was published, the new one is emptied; after it, the old one is cleared. */
function redoSplit(t: TableState, bucket: number): void {
  const buckets = t.control[C_BUCKETS];
  if (splitBucketOf(buckets) === bucket) {
    emptyChain(t, buckets);
    releaseClaimed(t, buckets, new Set());
  }
  dropDoubles(t, bucket);
  removeMoved(t, bucket, buckets);
}

/** A slot that was copied forward and not yet emptied is taken out of its old place. */
function dropDoubles(t: TableState, bucket: number): void {
  const seen = new Set<number>();
  for (const id of chainOf(t, bucket)) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    for (let at = base + B_SLOTS + 1; at < base + BUCKET_WORDS; at += 2) {
      if (words[at] === 0 || words[at - 1] === LINK_TAG) continue;
      if (seen.has(words[at])) words[at] = 0;
      else seen.add(words[at]);
    }
  }
}

/**
 * An overflow bucket that names this chain but is not in it: the thread died while linking it (slots.ts, `extend`) or
 * taking it out. What the chain's last slot holds says which.
 */
function relinkOverflow(t: TableState, bucket: number): void {
  const chain = chainOf(t, bucket);
  const tail = chain[chain.length - 1];
  const words = t.index[tail >>> INDEX_BANK_BITS];
  const last = ((tail & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_LAST_TAG;
  const loose = claimedBy(t, bucket).filter((id) => !chain.includes(id));
  const moved = words[last + 1] === 0 ? loose.find((id) => hasEntries(t, id)) : undefined;
  if (moved !== undefined) {
    words[last] = LINK_TAG;
    words[last + 1] = moved;
  } else if (words[last] === LINK_TAG) words[last] = 0;
  releaseClaimed(t, bucket, new Set(chainOf(t, bucket)));
}

function releaseClaimed(t: TableState, head: number, kept: ReadonlySet<number>): void {
  for (const id of claimedBy(t, head)) if (!kept.has(id)) releaseOverflow(t, id);
}

function claimedBy(t: TableState, head: number): number[] {
  const found: number[] = [];
  for (let id = t.control[C_OVERFLOW_LOW]; id < t.bucketsMax; id++)
    if (headOf(t, id) === head) found.push(id);
  return found;
}

function hasEntries(t: TableState, id: number): boolean {
  const words = t.index[id >>> INDEX_BANK_BITS];
  const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  for (let at = base + B_SLOTS + 1; at < base + BUCKET_WORDS; at += 2) if (words[at] !== 0) return true;
  return false;
}

/** The ids of a chain's buckets, the head's first. */
export function chainOf(t: TableState, bucket: number): number[] {
  const chain = [bucket];
  for (let id = bucket; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const last = ((id & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_LAST_TAG;
    id = words[last] === LINK_TAG ? words[last + 1] : 0;
    if (id === 0) return chain;
    chain.push(id);
  }
}
