/**
 * The only place that locks and unlocks.
 *
 * A bucket's first word is its version (31 bits, never 0) or, while it is locked, the sign bit and the owner's thread
 * number. Whoever wants the lock writes bucket and version into his own record and then exchanges the word; should he
 * die, others know from his record what the version was and what he was about to do (R_STEP). Unlocking stores the next
 * version, or the old one if nothing was changed, so that readers are not disturbed for nothing.
 *
 * Waiting: a short spin, since locks are held for less than a microsecond; then sleeps of a fraction of a millisecond,
 * for the owner may not be running; and once the same owner has kept it for DEAD_AFTER_MS, a look whether he is alive.
 *
 * Invariant: nobody waits for a lock while he holds a bucket, but commit.ts, which takes buckets in ascending order.
 */
import {
  B_VERSION,
  BUCKET_WORD_BITS,
  C_BUCKETS,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LOCKED,
  R_BUCKET,
  R_STEP,
  R_VERSION,
  STEP_NONE,
  VERSION_MASK,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { LOCK_WAITS } from "./stats.js";

/**
 * x64 does what it is told in order, but that a store may wait while later loads go on. Elsewhere stores after the lock
 * could be seen before it, and loads be taken after the look at the version that follows them: an atomic load behind the
 * first, an atomic store and load around the second, keep them apart.
 */
export const isStrictlyOrdered = process.arch === "x64";

const SPINS = 100;
const NAP_MS = 0.05;
const NAP_MS_MAX = 1;
const DEAD_AFTER_MS = 5;

/** The bucket of a hash when there are so many: linear hashing (Litwin 1980). */
export function bucketOf(h1: number, buckets: number): number {
  const mask = (1 << (32 - Math.clz32(buckets - 1))) - 1;
  const bucket = h1 & mask;
  return bucket < buckets ? bucket : bucket & (mask >>> 1);
}

export function nextVersion(version: number): number {
  const next = (version + 1) & VERSION_MASK;
  return next === 0 ? 1 : next;
}

/** Locks the bucket that the hash belongs to, and returns its id. */
export function lockKey(t: TableState, h1: number): number {
  for (;;) {
    const bucket = bucketOf(h1, t.control[C_BUCKETS]);
    lockBucket(t, bucket);
    if (bucket === bucketOf(h1, t.control[C_BUCKETS])) return bucket;
    unlockUnchanged(t, bucket); // it was split meanwhile
  }
}

/** Locks a bucket; its version before is returned, and stands in `t.lockedVersion`. */
export function lockBucket(t: TableState, bucket: number): number {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const at = ((bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS) + B_VERSION;
  for (;;) {
    const version = Atomics.load(words, at);
    if (version < 0) {
      waitWhileLocked(t, words, at);
      continue;
    }
    focus(t, bucket, version);
    if (Atomics.compareExchange(words, at, version, LOCKED | t.thread) !== version) continue;
    if (!isStrictlyOrdered) Atomics.load(words, at);
    return version;
  }
}

/** Says in the own record that what follows concerns this locked bucket, of this version before. */
export function focus(t: TableState, bucket: number, version: number): void {
  const { control, record } = t;
  control[record + R_STEP] = STEP_NONE;
  control[record + R_BUCKET] = bucket + 1;
  control[record + R_VERSION] = version;
  t.lockedVersion = version;
}

/** Unlocks after a change: readers who have begun begin again. */
export function unlock(t: TableState, bucket: number): void {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  Atomics.store(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS, nextVersion(t.lockedVersion));
}

/** Unlocks a bucket in which nothing was changed. */
export function unlockUnchanged(t: TableState, bucket: number): void {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  Atomics.store(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS, t.lockedVersion);
}

/** Whether the bucket is locked by this thread number, alive or dead. */
export function isLockedBy(t: TableState, bucket: number, thread: number): boolean {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  return Atomics.load(words, (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS) === (LOCKED | thread);
}

/** Ends a dead thread's lock; for those that took its record over. */
export function unlockForDead(t: TableState, bucket: number, thread: number, version: number): void {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const at = (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  Atomics.compareExchange(words, at, LOCKED | thread, nextVersion(version));
}

/** Waits until the word at `at` of a bucket is a version again; returns it. */
export function waitWhileLocked(t: TableState, words: Int32Array, at: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const version = Atomics.load(words, at);
    if (version >= 0) return version;
  }
  t.own[LOCK_WAITS]++;
  return sleepWhile(t, words, at, (word) => (word < 0 ? word & ~LOCKED : -1));
}

/** Takes a named lock. True: its owner had died, and what he left half done has to be put right. */
export function lockNamed(t: TableState, lock: number): boolean {
  for (let spin = 0; ; spin++) {
    if (tryLockNamed(t, lock)) return false;
    if (spin < SPINS) continue;
    const owner = Atomics.load(t.control, lock) - 1;
    if (owner >= 0 && !t.isAlive(owner) && takeNamedFromDead(t, lock, owner)) return true;
    Atomics.wait(t.control, lock, owner + 1, NAP_MS_MAX);
  }
}

export function tryLockNamed(t: TableState, lock: number): boolean {
  return Atomics.compareExchange(t.control, lock, 0, t.thread + 1) === 0;
}

/** The thread number of a named lock's owner, or -1. */
export function ownerOfNamed(t: TableState, lock: number): number {
  return Atomics.load(t.control, lock) - 1;
}

/** Takes a named lock from a thread that is known to be dead; false if it has changed hands. */
export function takeNamedFromDead(t: TableState, lock: number, owner: number): boolean {
  return Atomics.compareExchange(t.control, lock, owner + 1, t.thread + 1) === owner + 1;
}

export function unlockNamed(t: TableState, lock: number): void {
  Atomics.store(t.control, lock, 0);
}

/** Sleeps while `ownerOf` names an owner; reaps him when he is dead. Returns the word that names none. */
function sleepWhile(t: TableState, words: Int32Array, at: number, ownerOf: (word: number) => number): number {
  let napMs = NAP_MS;
  let slept = 0;
  for (let word = Atomics.load(words, at); ; word = Atomics.load(words, at)) {
    const owner = ownerOf(word);
    if (owner < 0) return word;
    Atomics.wait(words, at, word, napMs);
    slept += napMs;
    napMs = Math.min(napMs * 2, NAP_MS_MAX);
    if (slept < DEAD_AFTER_MS) continue;
    slept = 0;
    if (!t.isAlive(owner)) t.reap(owner);
  }
}
