/**
 * The steps of a commit that its thread takes, or else the one who takes over from it: each looks first what is done
 * already, so that it can be taken again.
 */
import { release } from "../directory/account.js";
import { findLocation } from "../directory/find.js";
import { relink, unlink } from "../directory/slots.js";
import { C_BUCKETS } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { bucketOf, focus, unlock, unlockUnchanged } from "../threads/locks.js";
import { COMMIT_NONE, type CommitRecord } from "./commit-record.js";

/** Unlocks those of the buckets, and the commit is over. */
export function end(
  t: TableState,
  record: CommitRecord,
  buckets: ReadonlySet<number>,
  changed: boolean,
): void {
  for (let index = 0; index < record.buckets; index++) {
    const bucket = record.bucket(index);
    if (!buckets.has(bucket)) continue;
    focus(t, bucket, record.version(index));
    if (changed) unlock(t, bucket);
    else unlockUnchanged(t, bucket);
  }
  record.state = COMMIT_NONE;
}

/** Replaces and removes what was there. What is done already is left as it is. */
export function finish(t: TableState, record: CommitRecord, buckets: ReadonlySet<number>): void {
  for (let index = 0; index < record.keys; index++) {
    const old = record.old(index);
    const location = record.fresh(index);
    if (old === 0 || !record.changes(index) || !buckets.has(bucketIn(t, record, index))) continue;
    const bucket = enter(t, record, index);
    if (location !== 0 && findLocation(t, bucket, location)) continue;
    if (!findLocation(t, bucket, old)) continue;
    if (location !== 0) relink(t, old, location);
    else {
      unlink(t, bucket, old);
      release(t);
    }
  }
}

/** Unlinks what was linked before anything was decided; the items are buried with that. */
export function takeBack(t: TableState, record: CommitRecord, buckets: ReadonlySet<number>): void {
  for (let index = 0; index < record.keys; index++) {
    const location = record.fresh(index);
    if (location === 0 || record.old(index) !== 0 || !buckets.has(bucketIn(t, record, index))) continue;
    const bucket = enter(t, record, index);
    if (!findLocation(t, bucket, location)) continue;
    unlink(t, bucket, location);
    release(t);
  }
}

/** What follows concerns this key's bucket, which is locked; its id. */
export function enter(t: TableState, record: CommitRecord, index: number): number {
  const bucket = bucketIn(t, record, index);
  for (let at = 0; at < record.buckets; at++) {
    if (record.bucket(at) === bucket) focus(t, bucket, record.version(at));
  }
  return bucket;
}

/** None of the buckets is split while they are locked. */
export function bucketIn(t: TableState, record: CommitRecord, index: number): number {
  return bucketOf(record.h1(index), t.control[C_BUCKETS]);
}
