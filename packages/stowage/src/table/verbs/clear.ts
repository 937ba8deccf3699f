/**
 * clear: bucket by bucket in ascending order, each under its lock. An entry that was there when the call began is gone
 * when it ends; one that is set meanwhile may stay or go, as if it had been set after or before.
 */
import { release } from "../directory/account.js";
import { findLocation } from "../directory/find.js";
import { unlink } from "../directory/slots.js";
import { bucketCount, collect } from "../directory/walk.js";
import { C_CLEARS, C_WATCHERS } from "../memory/layout.js";
import { CHANGE_CLEAR, type TableState } from "../state.js";
import { lockBucket, unlock, unlockUnchanged } from "../threads/locks.js";
import { CLEARED } from "../threads/stats.js";

/** Removes every entry; returns how many went. */
export function clear(t: TableState): number {
  tell(t); // loads that began before are overtaken
  let removed = 0;
  const locations: number[] = [];
  for (let bucket = 0; bucket < bucketCount(t); bucket++) removed += clearBucket(t, bucket, locations);
  t.own[CLEARED] += removed;
  tell(t); // followers read after the note, and must find nothing then
  return removed;
}

function clearBucket(t: TableState, bucket: number, locations: number[]): number {
  lockBucket(t, bucket);
  const count = collect(t, bucket, locations);
  for (let index = 0; index < count; index++) {
    findLocation(t, bucket, locations[index]);
    unlink(t, bucket, locations[index]);
    release(t);
  }
  if (count === 0) unlockUnchanged(t, bucket);
  else unlock(t, bucket);
  return count;
}

function tell(t: TableState): void {
  Atomics.add(t.control, C_CLEARS, 1);
  if (t.control[C_WATCHERS] === 0) return;
  t.leases.noteAll();
  t.ring?.noteBare(CHANGE_CLEAR, 0, 0);
}
