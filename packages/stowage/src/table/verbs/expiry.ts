/**
 * touch, expire, expireAt, persist: a deadline is changed where it stands. An item that has none is written anew with room
 * for one; its version stays, for nothing was written. Those who keep copies are told if it is to leave sooner.
 */
import type { Duration } from "../../base/duration.js";
import { parseDuration } from "../../base/duration.js";
import { InvalidArgumentError } from "../../base/errors.js";
import { find } from "../directory/find.js";
import { isGoneAt, ttlGivenOf } from "../log/gone.js";
import { keyEnd, segmentOf, wordAt, wordsOf } from "../log/items.js";
import { unitOf } from "../log/jumbo.js";
import { noteDeadline } from "../log/segments.js";
import { BANK_UNIT_BITS, BANK_UNIT_MASK, I_INFO, TIMED } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { lockKey, unlock, unlockUnchanged } from "../threads/locks.js";
import { noteSooner } from "../threads/notes.js";
import type { Key } from "../types.js";
import { put, RETIME } from "./put.js";
import { remove } from "./remove.js";
import { readForRewrite } from "./rewrite.js";

const FOR_EVER = Number.POSITIVE_INFINITY;
/** The item has no room for a deadline. */
const NO_ROOM = 2;
const ABSENT = 0;
const DONE = 1;

/** Starts the entry's time to live again; true if there is an entry. */
export function touch(t: TableState, key: Key): boolean {
  t.key.take(key, "touch");
  return setInPlace(t, -1, -1) !== ABSENT;
}

/** Gives the entry this time to live from now on; null: for ever. */
export function expire(t: TableState, key: Key, ttl: Duration | null): boolean {
  if (ttl === null) return persist(t, key);
  const ttlMs = parseDuration(ttl, "expire", "ttl");
  t.key.take(key, "expire");
  return retime(t, t.timekeeper.now() + ttlMs, ttlMs);
}

/** Lets the entry expire at a moment in milliseconds since 1970; one that has passed removes it. */
export function expireAt(t: TableState, key: Key, wallMs: number): boolean {
  if (!Number.isFinite(wallMs))
    throw new InvalidArgumentError("expireAt", "the moment", wallMs, "milliseconds since 1970");
  const ttlMs = wallMs - t.timekeeper.clock.wall();
  if (ttlMs <= 0) return remove(t, key);
  t.key.take(key, "expireAt");
  return retime(t, t.timekeeper.now() + ttlMs, ttlMs);
}

/** Lets the entry live for ever. */
export function persist(t: TableState, key: Key): boolean {
  t.key.take(key, "persist");
  return setInPlace(t, FOR_EVER, FOR_EVER) !== ABSENT;
}

function retime(t: TableState, deadline: number, ttlMs: number): boolean {
  for (;;) {
    const outcome = setInPlace(t, deadline, ttlMs);
    if (outcome !== NO_ROOM) return outcome === DONE;
    const old = readForRewrite(t);
    if (old === undefined) return false;
    t.draft.deadline = deadline;
    t.draft.ttl = ttlMs;
    if (put(t, old.value, RETIME, old.version) !== 0) return true;
  }
}

/** Sets the deadline of a TIMED item; a negative one: its own ttl from now. */
function setInPlace(t: TableState, deadline: number, ttlMs: number): number {
  const bucket = lockKey(t, t.key.h1);
  const location = find(t, bucket, t.key);
  const info = location === 0 ? 0 : wordsOf(t, location)[wordAt(location) + I_INFO];
  if (location === 0 || isGoneAt(t, location) || (info & TIMED) === 0) {
    const absent = location === 0 || isGoneAt(t, location);
    unlockUnchanged(t, bucket);
    return absent ? ABSENT : NO_ROOM;
  }
  const ttl = ttlMs < 0 ? ttlGivenOf(t, location, info) : ttlMs;
  const until = deadline < 0 ? t.timekeeper.now() + ttl : deadline;
  const unit = unitOf(t, location, info, keyEnd(info));
  const before = t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK];
  t.bankDoubles[unit >>> BANK_UNIT_BITS][unit & BANK_UNIT_MASK] = until;
  t.bankDoubles[unit >>> BANK_UNIT_BITS][(unit & BANK_UNIT_MASK) + 1] = ttl;
  if (until < before) noteSooner(t, t.key);
  unlock(t, bucket);
  noteDeadline(t, segmentOf(t, location), until); // after the deadline can be seen: reclaim looks the other way round
  return DONE;
}
