/**
 * Storing: the item is appended first, where nobody sees it; then, with its bucket locked, a slot is made to point to it,
 * or it is buried because the entry that is there is not as the caller wants it.
 *
 * Invariant: no lock is held while memory is looked for. What has no room unlocks, lets reclaim work, and begins again.
 */
import { TableFullError } from "../../base/errors.js";
import { release, reserve } from "../directory/account.js";
import { countUse, find } from "../directory/find.js";
import { bury, emptySlot, linkNew, relink } from "../directory/slots.js";
import { grow, LOOK_EVERY } from "../directory/split.js";
import { settle } from "../log/append.js";
import { deadlineOf, isExpiredAt, isGoneAt, ttlGivenOf } from "../log/gone.js";
import { keyEnd, segmentOf, wordAt, wordsOf } from "../log/items.js";
import { unitOf } from "../log/jumbo.js";
import { freeCount, logOf, noteDeadline } from "../log/segments.js";
import { bytesAt } from "../log/walk.js";
import {
  BANK_UNIT_BITS,
  BANK_UNIT_MASK,
  FLAGS_MASK,
  HOME,
  I_EXTRA,
  I_INFO,
  I_VERSION,
  LOG_MAIN,
  POLICY_MASK,
  TIMED,
} from "../memory/layout.js";
import { CHANGE_SET, type TableState } from "../state.js";
import { lockKey, nextVersion, unlock, unlockUnchanged } from "../threads/locks.js";
import { note } from "../threads/notes.js";
import { ADDED, EXPIRATIONS, INVALIDATIONS, OVERWRITES, REFUSED, WRITES } from "../threads/stats.js";
import { appendValue, type Stored } from "./values.js";

/** Whatever is there. */
export const SET = 0;
/** Only if nothing is there. */
export const ADD = 1;
/** Only if something is there. */
export const REPLACE = 2;
/** Only if the entry is of the version `expected`; 0: only if nothing is there. */
export const IF_VERSION = 3;
/** Only if the entry is of the version `expected`; the new item takes its deadline over, which may have changed since. */
export const CONTINUE = 4;
/** The same with a deadline of its own, and the old version: nothing was written, only the deadline is another one. */
export const RETIME = 5;

export type PutMode =
  | typeof SET
  | typeof ADD
  | typeof REPLACE
  | typeof IF_VERSION
  | typeof CONTINUE
  | typeof RETIME;

/** Entries that leave when the index has no bucket left although the memory has. */
const EVICTED_FOR_INDEX = 64;
const NO_PLACE = 0;
const NO_BUCKET = -1;

/**
 * Stores `value` under the current key, with what the draft says. `guard` has the last word, under the bucket's lock.
 * Returns the version; 0: not stored.
 */
export function put(
  t: TableState,
  value: Stored,
  mode: PutMode,
  expected: number,
  guard?: () => boolean,
): number {
  return link(t, appendValue(t, value), mode, expected, guard);
}

/** Makes an appended item the current key's entry, or buries it, also when there is no room for one entry more. */
export function link(
  t: TableState,
  location: number,
  mode: PutMode,
  expected: number,
  guard: (() => boolean) | undefined,
): number {
  try {
    return tryToLink(t, location, mode, expected, guard);
  } catch (error) {
    drop(t, location);
    throw error;
  }
}

function tryToLink(
  t: TableState,
  location: number,
  mode: PutMode,
  expected: number,
  guard: (() => boolean) | undefined,
): number {
  const { key } = t;
  for (;;) {
    const bucket = lockKey(t, key.h1);
    const old = find(t, bucket, key);
    const live = old !== 0 && !isGoneAt(t, old);
    if ((mode !== SET && !isWanted(t, location, mode, expected, old, live)) || !passes(t, bucket, guard)) {
      unlockUnchanged(t, bucket);
      t.own[REFUSED]++;
      drop(t, location);
      return 0;
    }
    const version = old !== 0 ? replace(t, old, location, mode, live) : insert(t, bucket, location);
    if (version <= 0) {
      unlockUnchanged(t, bucket);
      if (version === NO_PLACE) t.reclaim.makeEntryRoom(bytesAt(t, location));
      else makeIndexRoom(t);
      continue;
    }
    note(t, key, CHANGE_SET);
    unlock(t, bucket);
    linked(t, location, mode, old === 0);
    return version;
  }
}

/** Buries an item that was appended and is not wanted. */
export function drop(t: TableState, location: number): void {
  bury(t, location);
  settle(t, location);
}

/** Gives a new item its version, and what it takes over from the old one's head. */
export function succeed(t: TableState, old: number, location: number, mode: PutMode, live: boolean): number {
  const from = wordsOf(t, old);
  const at = wordAt(old);
  const words = wordsOf(t, location);
  const into = wordAt(location);
  const home = logOf(t, segmentOf(t, old)) === LOG_MAIN ? HOME : 0;
  const version = mode === RETIME ? from[at + I_VERSION] : nextVersion(t.lockedVersion);
  words[into + I_VERSION] = version;
  words[into + I_EXTRA] = (words[into + I_EXTRA] & FLAGS_MASK) | (from[at + I_EXTRA] & POLICY_MASK) | home;
  if (mode === CONTINUE && live) takeDeadline(t, old, location);
  return version;
}

function replace(t: TableState, old: number, location: number, mode: PutMode, live: boolean): number {
  const version = succeed(t, old, location, mode, live);
  if (!live) t.own[isExpiredAt(t, old) ? EXPIRATIONS : INVALIDATIONS]++;
  countUse(t);
  t.own[OVERWRITES + (logOf(t, segmentOf(t, old)) & 1)]++;
  relink(t, old, location);
  return version;
}

/** The version; NO_PLACE at `max`, NO_BUCKET when the index has no room. */
function insert(t: TableState, bucket: number, location: number): number {
  if (!reserve(t)) return NO_PLACE;
  if (!emptySlot(t, bucket)) {
    release(t);
    return NO_BUCKET;
  }
  const version = nextVersion(t.lockedVersion);
  wordsOf(t, location)[wordAt(location) + I_VERSION] = version;
  linkNew(t, t.key.h1, location);
  t.own[ADDED]++;
  return version;
}

function isWanted(
  t: TableState,
  location: number,
  mode: PutMode,
  expected: number,
  old: number,
  live: boolean,
): boolean {
  if (mode === ADD) return !live;
  if (mode === REPLACE) return live;
  if (!live) return mode === IF_VERSION && expected === 0;
  const words = wordsOf(t, old);
  const at = wordAt(old);
  if (words[at + I_VERSION] !== expected) return false;
  // A deadline can only be taken over where there is room for one. It may have got one since the draft was made.
  return (
    mode !== CONTINUE ||
    ((words[at + I_INFO] ^ wordsOf(t, location)[wordAt(location) + I_INFO]) & TIMED) === 0
  );
}

/** A guard that throws leaves nothing locked. */
function passes(t: TableState, bucket: number, guard: (() => boolean) | undefined): boolean {
  if (guard === undefined) return true;
  try {
    return guard();
  } catch (error) {
    unlockUnchanged(t, bucket);
    throw error;
  }
}

/** The deadline may have been changed in place since the draft was made from it. It is noted after the unlock. */
function takeDeadline(t: TableState, old: number, location: number): void {
  const info = wordsOf(t, old)[wordAt(old) + I_INFO];
  if ((info & TIMED) === 0) return;
  const deadline = deadlineOf(t, old, info);
  const unit = unitOf(t, location, wordsOf(t, location)[wordAt(location) + I_INFO], keyEnd(info));
  t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK] = deadline;
  t.bankDoubles[unit >>> BANK_UNIT_BITS][(unit & BANK_UNIT_MASK) + 1] = ttlGivenOf(t, old, info);
  t.draft.deadline = deadline;
}

/** After the unlock: a long item's segment is sealed; the index grows when it is time. */
function linked(t: TableState, location: number, mode: PutMode, isNew: boolean): void {
  t.own[WRITES]++;
  if (mode === CONTINUE && t.draft.deadline !== 0) noteDeadline(t, segmentOf(t, location), t.draft.deadline);
  if (segmentOf(t, location) !== t.openSegment) settle(t, location);
  if (isNew && ++t.sinceGrowth >= LOOK_EVERY) grow(t);
}

/** Nothing is locked. A segment less in use lets the index grow. */
export function makeIndexRoom(t: TableState): void {
  if (freeCount(t) < 1) t.reclaim.freeSegments(1);
  else if (t.reclaim.evict(EVICTED_FOR_INDEX) === 0) throw new TableFullError("its index has no bucket left");
}
