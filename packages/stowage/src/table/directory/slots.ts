/**
 * Changes of a chain whose head is locked: a slot is taken, pointed elsewhere, emptied.
 *
 * Each change first writes into the thread's record what it is about to do, then does it so that one word, the slot's
 * location, decides whether it has happened. Whoever takes over from a dead owner reads the record, looks at that word,
 * and finishes or drops the change (repair.ts). Entries are counted by storing the sum that was reckoned before, which
 * can be done twice.
 *
 * A buried item is marked before its bytes are taken off LIVE, and not touched afterwards: at LIVE 0 its segment may be
 * used anew.
 */
import { isJumbo, itemBytes, segmentOf, wordAt, wordsOf } from "../log/items.js";
import { sizeOf } from "../log/jumbo.js";
import { generationOf, takeOffLive } from "../log/segments.js";
import {
  B_LAST_TAG,
  B_SLOTS,
  BUCKET_WORD_BITS,
  BUCKET_WORDS,
  DEAD,
  I_INFO,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LINK_TAG,
  R_NEW,
  R_OLD,
  R_OLD_GENERATION,
  R_PENDING,
  R_STEP,
  RF_COUNT_AFTER,
  STEP_LINK,
  STEP_UNLINK,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ENTRIES } from "../threads/stats.js";
import { setUses } from "./find.js";
import { claimOverflow, releaseOverflow } from "./overflow.js";

/** Finds an empty slot in the chain, or makes one; false if the index has no room. */
export function emptySlot(t: TableState, bucket: number): boolean {
  for (let id = bucket; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    const linked = words[base + B_LAST_TAG] === LINK_TAG;
    const end = base + (linked ? B_LAST_TAG : BUCKET_WORDS);
    for (let at = base + B_SLOTS + 1; at < end; at += 2) {
      if (words[at] === 0) return here(t, words, at, id);
    }
    if (!linked) return extend(t, bucket, words, base);
    id = words[base + B_LAST_TAG + 1];
  }
}

/** Points the empty slot that was found to a new item: one entry more, that `reserve` has granted a place. */
export function linkNew(t: TableState, tag: number, location: number): void {
  const { slotWords, slotAt } = t;
  const after = t.own[ENTRIES] + 1;
  begin(t, STEP_LINK, 0, location, after);
  slotWords[slotAt - 1] = tag;
  setUses(t, 0);
  slotWords[slotAt] = location;
  t.own[ENTRIES] = after;
  if (t.entriesMax !== Number.POSITIVE_INFINITY) t.control[t.record + R_PENDING]--;
}

/** Points the slot that was found from `old` to `location`; the old item is buried. */
export function relink(t: TableState, old: number, location: number): void {
  begin(t, STEP_LINK, old, location, t.own[ENTRIES]);
  t.slotWords[t.slotAt] = location;
  bury(t, old);
}

/** Empties the slot that was found; its item is buried: one entry less. `release` gives its place back. */
export function unlink(t: TableState, bucket: number, old: number): void {
  const after = t.own[ENTRIES] - 1;
  if (t.entriesMax !== Number.POSITIVE_INFINITY) t.control[t.record + R_PENDING]++;
  begin(t, STEP_UNLINK, old, 0, after);
  t.slotWords[t.slotAt] = 0;
  bury(t, old);
  t.own[ENTRIES] = after;
  if (t.slotBucket !== bucket) dropEmptyTail(t, bucket);
}

/** Marks an item dead and takes it off its segment's account. */
export function bury(t: TableState, location: number): void {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const bytes = isJumbo(words, at) ? sizeOf(t, location) : itemBytes(words, at);
  words[at + I_INFO] |= DEAD;
  takeOffLive(t, segmentOf(t, location), bytes);
}

/** Unlinks the chain's last bucket if it is an overflow bucket and empty. */
export function dropEmptyTail(t: TableState, bucket: number): void {
  let before = -1;
  for (let id = bucket; ; ) {
    const words = t.index[id >>> INDEX_BANK_BITS];
    const base = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
    if (words[base + B_LAST_TAG] === LINK_TAG) {
      before = id;
      id = words[base + B_LAST_TAG + 1];
      continue;
    }
    if (before < 0 || !isEmpty(words, base)) return;
    unlinkTail(t, before);
    releaseOverflow(t, id);
    return;
  }
}

function unlinkTail(t: TableState, before: number): void {
  const words = t.index[before >>> INDEX_BANK_BITS];
  const at = ((before & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_LAST_TAG;
  words[at + 1] = 0;
  words[at] = 0;
}

function isEmpty(words: Int32Array, base: number): boolean {
  for (let at = base + B_SLOTS + 1; at < base + BUCKET_WORDS; at += 2) {
    if (words[at] !== 0) return false;
  }
  return true;
}

/**
 * Adds an overflow bucket behind a full one: what stood in the last slot moves to the new bucket's first. In this order:
 * copied, emptied, marked as a link, linked; repair.ts tells from what it finds how far that went.
 */
function extend(t: TableState, bucket: number, words: Int32Array, base: number): boolean {
  const id = claimOverflow(t, bucket);
  if (id === 0) return false;
  const fresh = t.index[id >>> INDEX_BANK_BITS];
  const at = (id & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  const last = base + B_LAST_TAG;
  fresh[at + B_SLOTS] = words[last];
  fresh[at + B_SLOTS + 1] = words[last + 1];
  fresh[at + 1] = (words[base + 1] >>> 24) & 0xf;
  words[last + 1] = 0;
  words[last] = LINK_TAG;
  words[last + 1] = id;
  words[base + 1] &= 0x00ff_ffff;
  return here(t, fresh, at + B_SLOTS + 3, id);
}

function here(t: TableState, words: Int32Array, at: number, id: number): true {
  t.slotWords = words;
  t.slotAt = at;
  t.slotBucket = id;
  return true;
}

function begin(t: TableState, step: number, old: number, location: number, after: number): void {
  const { control, record } = t;
  control[record + R_OLD] = old;
  control[record + R_NEW] = location;
  if (old !== 0) control[record + R_OLD_GENERATION] = generationOf(t, segmentOf(t, old));
  t.controlDoubles[(record >> 1) + RF_COUNT_AFTER] = after;
  control[record + R_STEP] = step;
}
