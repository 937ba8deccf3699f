/**
 * What reclaim does to entries: each call locks one bucket, looks whether the slot still holds the location, acts, and
 * unlocks. By hash and location, so that nothing has to be compared: a location is in one slot at most.
 */

import { deadlineOf, isExpiredAt, isGoneAt } from "../log/gone.js";
import { keyEnd, segmentOf, valueStart, wordAt, wordsOf } from "../log/items.js";
import { takeItemKey } from "../log/jumbo.js";
import { noteDeadline } from "../log/segments.js";
import type { KeyBuffer } from "../memory/key-buffer.js";
import { C_BUCKETS, C_WATCHERS, DEAD, I_INFO, I_VERSION, KIND_MASK, TIMED } from "../memory/layout.js";
import { CHANGE_EVICT, CHANGE_EXPIRE, type TableState } from "../state.js";
import { bucketOf, lockKey, unlock, unlockUnchanged } from "../threads/locks.js";
import { note } from "../threads/notes.js";
import { EVICTIONS, EXPIRATIONS, INVALIDATIONS } from "../threads/stats.js";
import { release } from "./account.js";
import { find, findLocation, setUses, usesOf } from "./find.js";
import { bury, relink, unlink } from "./slots.js";

/** The use counter, 0 to 15, of the slot that holds the location; -1 if none does. */
export function useCount(t: TableState, h1: number, location: number): number {
  for (;;) {
    const buckets = t.control[C_BUCKETS];
    if (findLocation(t, bucketOf(h1, buckets), location)) return usesOf(t);
    if (buckets === t.control[C_BUCKETS]) return -1; // else a split may just have moved it
  }
}

/** Sets the counter to 0 without the lock: a use counted at the same moment may be lost or survive. */
export function clearUse(t: TableState, h1: number, location: number): void {
  if (findLocation(t, bucketOf(h1, t.control[C_BUCKETS]), location)) setUses(t, 0);
}

/** Takes the entry out if its slot still holds the location, and, to expire it, if it is still gone. */
export function unlinkIf(
  t: TableState,
  h1: number,
  location: number,
  cause: typeof CHANGE_EVICT | typeof CHANGE_EXPIRE,
): boolean {
  const bucket = lockKey(t, h1);
  if (!findLocation(t, bucket, location) || (cause === CHANGE_EXPIRE && !isGoneAt(t, location))) {
    unlockUnchanged(t, bucket);
    return false;
  }
  const told = t.control[C_WATCHERS] !== 0;
  if (told) takeItemKey(t, location, t.itemKey);
  t.own[cause === CHANGE_EVICT ? EVICTIONS : isExpiredAt(t, location) ? EXPIRATIONS : INVALIDATIONS]++;
  unlink(t, bucket, location);
  release(t);
  if (told) note(t, t.itemKey, cause);
  unlock(t, bucket);
  return true;
}

/** Takes the key's entry out if it has expired or a tag of it was invalidated. */
export function unlinkGone(t: TableState, key: KeyBuffer, cause: typeof CHANGE_EXPIRE): boolean {
  const bucket = lockKey(t, key.h1);
  const location = find(t, bucket, key);
  if (location === 0 || !isGoneAt(t, location)) {
    unlockUnchanged(t, bucket);
    return false;
  }
  t.own[isExpiredAt(t, location) ? EXPIRATIONS : INVALIDATIONS]++;
  unlink(t, bucket, location);
  release(t);
  note(t, key, cause);
  unlock(t, bucket);
  return true;
}

/** Points the slot from one location to a copy of its item; false if it holds another one by now: the copy is buried. */
export function relocate(t: TableState, h1: number, from: number, to: number): boolean {
  const bucket = lockKey(t, h1);
  const there = findLocation(t, bucket, from);
  let deadline = 0;
  if (there) {
    deadline = copyMutable(t, from, to);
    relink(t, from, to);
  } else bury(t, to);
  if (there) unlock(t, bucket);
  else unlockUnchanged(t, bucket);
  // An earlier deadline than the copy was made with: nobody else tells the copy's segment.
  if (there && deadline !== 0) noteDeadline(t, segmentOf(t, to), deadline);
  return there;
}

/**
 * Buries an item of a sealed segment that no slot holds: what a thread left that died between append and link. False if
 * a slot does hold it, or somebody has buried it already.
 */
export function dropOrphan(t: TableState, h1: number, location: number): boolean {
  const bucket = lockKey(t, h1);
  const words = wordsOf(t, location);
  const orphan = (words[wordAt(location) + I_INFO] & DEAD) === 0 && !findLocation(t, bucket, location);
  if (orphan) bury(t, location);
  unlockUnchanged(t, bucket);
  return orphan;
}

/** Whether a slot holds the location; exact, for it locks. */
export function isLinked(t: TableState, h1: number, location: number): boolean {
  const bucket = lockKey(t, h1);
  const linked = findLocation(t, bucket, location);
  unlockUnchanged(t, bucket);
  return linked;
}

/** What verbs change in place may have changed since the copy was made: version, deadline, counter. The deadline, or 0. */
function copyMutable(t: TableState, from: number, to: number): number {
  const source = wordsOf(t, from);
  const target = wordsOf(t, to);
  const at = wordAt(from);
  const into = wordAt(to);
  const info = source[at + I_INFO];
  target[into + I_VERSION] = source[at + I_VERSION];
  const extras = keyEnd(info) >> 2;
  if ((info & TIMED) !== 0)
    for (let word = extras; word < extras + 4; word++) target[into + word] = source[at + word];
  if ((info & KIND_MASK) !== 0) {
    const start = valueStart(source, at) >> 2;
    target[into + start] = source[at + start];
    target[into + start + 1] = source[at + start + 1];
  }
  return (info & TIMED) === 0 ? 0 : deadlineOf(t, from, info);
}
