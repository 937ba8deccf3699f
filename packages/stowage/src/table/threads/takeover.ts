/**
 * Taking over from a thread that is gone: one that was terminated, or that ended without `close`.
 *
 * Whoever waits for its lock, attaches, or runs the janitor does it. In this order: the bucket it had
 * locked, its multi-key commit, its named locks, the segments it was writing; then its record is free. Each step can be done twice. The state of
 * the record says who is at it; should he die as well, the next one goes on.
 *
 * At worst the item that was being written is lost. Its statistics stay where they are (stats.ts).
 */
import { recountReserved } from "../directory/account.js";
import { dropOrphan } from "../directory/moves.js";
import { repairBucket } from "../directory/repair.js";
import { wordAt, wordsOf } from "../log/items.js";
import { takeItemKey } from "../log/jumbo.js";
import { repairSegments, seal, stateOf } from "../log/segments.js";
import { forEachItem, recountLive } from "../log/walk.js";
import { KeyBuffer } from "../memory/key-buffer.js";
import {
  C_LOCKS,
  C_SEED,
  C_SEGMENT_HIGH,
  C_TAKEOVERS,
  C_WATCHERS,
  DEAD,
  I_INFO,
  LOCK_SEGMENTS,
  LOCKS,
  R_BUCKET,
  R_OWNER,
  R_STATE,
  R_VERSION,
  RECORD_WORDS,
  S_OWNER,
  SEGMENT_OPEN,
  SEGMENT_WORD_BITS,
  STATE_FREE,
  STATE_LIVE,
  STATE_REAPED_BY,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { isAlive } from "./liveness.js";
import { isLockedBy, ownerOfNamed, takeNamedFromDead, unlockForDead, unlockNamed } from "./locks.js";
import { freeRecord } from "./records.js";
import { stat } from "./stats.js";

const ORPHANS = stat("orphans");

/** Takes over from a thread if it is dead and nobody who lives is at it. */
export function reap(t: TableState, thread: number): void {
  const record = t.recordsAt + thread * RECORD_WORDS;
  const state = Atomics.load(t.control, record + R_STATE);
  if (state === STATE_FREE || thread === t.thread || isAlive(t, thread)) return;
  if (state >= STATE_REAPED_BY && isAlive(t, state - STATE_REAPED_BY)) return;
  if (Atomics.compareExchange(t.control, record + R_STATE, state, STATE_REAPED_BY + t.thread) !== state)
    return;
  takeOver(t, thread, record);
}

/** Takes over from all that are dead. */
export function reapAll(t: TableState): void {
  for (let thread = 0; thread < t.threads; thread++) {
    const state = Atomics.load(t.control, t.recordsAt + thread * RECORD_WORDS + R_STATE);
    if (state === STATE_FREE || thread === t.thread) continue;
    if (state !== STATE_LIVE || !isAlive(t, thread)) reap(t, thread);
  }
}

function takeOver(t: TableState, thread: number, record: number): void {
  const bucket = t.control[record + R_BUCKET] - 1;
  const held = bucket >= 0 && isLockedBy(t, bucket, thread);
  if (held) repairBucket(t, bucket, thread);
  t.recoverCommit(thread); // ends the locks of its commit, this bucket's among them
  if (held) releaseBucket(t, bucket, thread, t.control[record + R_VERSION]);
  releaseNamed(t, thread);
  for (let segment = 0; segment < t.control[C_SEGMENT_HIGH]; segment++) {
    if (t.segments[(segment << SEGMENT_WORD_BITS) + S_OWNER] === thread + 1) closeSegment(t, segment);
  }
  recountReserved(t);
  t.leases.releaseAllOf(t.control[record + R_OWNER]);
  t.ring?.forget(thread);
  Atomics.add(t.control, C_TAKEOVERS, 1);
  freeRecord(t.control, record);
}

function releaseBucket(t: TableState, bucket: number, thread: number, version: number): void {
  if (t.control[C_WATCHERS] !== 0) {
    // What it changed, nobody may have been told of.
    t.ring?.lost();
    t.leases.noteAll();
  }
  unlockForDead(t, bucket, thread, version);
}

function releaseNamed(t: TableState, thread: number): void {
  for (let lock = C_LOCKS; lock < C_LOCKS + LOCKS; lock++) {
    if (ownerOfNamed(t, lock) !== thread || !takeNamedFromDead(t, lock, thread)) continue;
    if (lock === LOCK_SEGMENTS) repairSegments(t);
    unlockNamed(t, lock);
  }
}

/** Buries what the thread had appended and not linked, and seals the segment. */
function closeSegment(t: TableState, segment: number): void {
  const key = new KeyBuffer(t.control[C_SEED]); // whoever waits for the dead one's lock is using the table's own
  forEachItem(t, segment, 0, (location) => {
    if ((wordsOf(t, location)[wordAt(location) + I_INFO] & DEAD) !== 0) return true;
    takeItemKey(t, location, key);
    if (dropOrphan(t, key.h1, location)) t.own[ORPHANS]++;
    return true;
  });
  if (stateOf(t, segment) === SEGMENT_OPEN) seal(t, segment);
  else t.segments[(segment << SEGMENT_WORD_BITS) + S_OWNER] = 0;
  recountLive(t, segment);
}
