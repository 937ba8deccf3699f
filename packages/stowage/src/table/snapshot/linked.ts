/**
 * Reads from an item while it is certain that a slot holds it: without a lock at first, as any reader; and under the lock
 * when others keep changing the bucket, for a reader must not try for ever.
 */
import { findLocation } from "../directory/find.js";
import { bucketVersion, isVersion } from "../directory/walk.js";
import { C_BUCKETS, R_FENCE } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { bucketOf, lockKey, unlockUnchanged } from "../threads/locks.js";

const attemptsMax = 16;

/**
 * What `read` returned, or undefined if no slot holds the location. `read` may be called more than once, and see numbers
 * that make no sense: then its result is not used.
 */
export function readLinked<Result>(
  t: TableState,
  h1: number,
  location: number,
  read: (location: number) => Result,
): Result | undefined {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const bucket = bucketOf(h1, t.control[C_BUCKETS]);
    const version = bucketVersion(t, bucket);
    const result = findLocation(t, bucket, location) ? read(location) : undefined;
    if (isUnchanged(t, bucket, version) && bucket === bucketOf(h1, t.control[C_BUCKETS])) return result;
  }
  const bucket = lockKey(t, h1);
  try {
    return findLocation(t, bucket, location) ? read(location) : undefined;
  } finally {
    unlockUnchanged(t, bucket);
  }
}

/** There, loads are not taken out of order; elsewhere a store with an order of its own stands between them. */
const loadsInOrder = process.arch === "x64";

/** Whether nothing has changed in the bucket: what was read meanwhile can be believed. */
function isUnchanged(t: TableState, bucket: number, version: number): boolean {
  if (!loadsInOrder) Atomics.store(t.control, t.record + R_FENCE, 0);
  return isVersion(t, bucket, version);
}
