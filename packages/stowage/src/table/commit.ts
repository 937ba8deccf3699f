/**
 * Several keys as one: all are changed, or none, and nobody sees a part of it.
 *
 *     append the new items ─> lock the buckets, ascending ─> is each key as expected? ─> link what is new ─> decided
 *          ─> replace and remove what was there ─> unlock
 *
 * Up to "decided", everything can be taken back; from there on, nothing can fail. The steps stand in a record in shared
 * memory (leases/commit-record.ts): of a thread that dies on the way, what was not decided is taken back, and what was
 * decided is done, by whoever takes over, before any of the buckets is unlocked.
 *
 * Readers of one of the keys wait for the bucket, for microseconds. One commit is under way at a time, so no two threads
 * ever hold buckets that the other one wants.
 */
import { InvalidArgumentError, TableFullError } from "../base/errors.js";
import { release, reserve } from "./directory/account.js";
import { find } from "./directory/find.js";
import { emptySlot, linkNew } from "./directory/slots.js";
import { grow, LOOK_EVERY } from "./directory/split.js";
import { COMMIT_DECIDED, COMMIT_NONE, COMMIT_PREPARING, CommitRecord } from "./leases/commit-record.js";
import { recoverCommit } from "./leases/commit-recovery.js";
import { end, enter, finish, takeBack } from "./leases/commit-steps.js";
import { COMMIT_KEYS_MAX } from "./leases/layout.js";
import { holdSegments, releaseSegments, settle } from "./log/append.js";
import { deadlineOf, isGoneAt } from "./log/gone.js";
import { isTimed, segmentOf, wordAt, wordsOf } from "./log/items.js";
import { noteDeadline } from "./log/segments.js";
import { C_BUCKETS, C_RESERVED, DEAD, I_INFO, I_VERSION, LOCK_COMMIT } from "./memory/layout.js";
import { CHANGE_DELETE, CHANGE_SET, type TableState } from "./state.js";
import { hashTags } from "./tags.js";
import {
  bucketOf,
  focus,
  lockBucket,
  lockNamed,
  nextVersion,
  unlockNamed,
  unlockUnchanged,
} from "./threads/locks.js";
import { note } from "./threads/notes.js";
import { ADDED, DELETES, WRITES } from "./threads/stats.js";
import type { Bytes, Key } from "./types.js";
import { CONTINUE, drop, makeIndexRoom, SET, succeed } from "./verbs/put.js";
import { readForRewrite } from "./verbs/rewrite.js";
import { appendValue, checkValue } from "./verbs/values.js";

export { COMMIT_KEYS_MAX, recoverCommit };

/** One key's part in a commit. */
export interface CommitStep {
  readonly key: Key;
  /** What must be there: an entry of this version; 0: none. */
  readonly version: number;
  /** "check" changes nothing; "keep" stores a value and leaves expiry and tags as they are. */
  readonly change: "check" | "store" | "keep" | "delete";
  readonly value?: Bytes;
  readonly flags?: number;
  /** 0: for ever. */
  readonly ttlMs?: number;
  readonly tags?: readonly string[];
  /** What tagged items bear instead of the tags' sequence of now. */
  readonly tagSequence?: number;
}

/** For how long a dead committer's heir is waited for before one looks again. */
const LOOK_AGAIN_MS = 1;

/** How an attempt ended. */
const DONE = 1;
const REFUSED = 2;
/** An entry that is to be kept like has got a deadline, or lost it, since the new item was made. */
const CHANGED = 3;
/** Of entries; of buckets in the index. */
const NO_PLACE = 4;
const NO_BUCKET = 5;

/**
 * Changes all keys, or none: false, if one of them was not as expected, or the guard, asked with all buckets locked, was
 * against it. No key twice.
 */
export function commit(t: TableState, steps: readonly CommitStep[], guard: () => boolean): boolean {
  check(t, steps);
  lockNamed(t, LOCK_COMMIT);
  const record = new CommitRecord(t.parts.leases);
  try {
    awaitHeir(t, record);
    for (;;) {
      const outcome = attempt(t, record, steps, guard);
      if (outcome === DONE || outcome === REFUSED) return outcome === DONE;
    }
  } finally {
    unlockNamed(t, LOCK_COMMIT);
  }
}

function check(t: TableState, steps: readonly CommitStep[]): void {
  if (steps.length > COMMIT_KEYS_MAX)
    throw new InvalidArgumentError("commit", "keys", steps.length, `at most ${COMMIT_KEYS_MAX} keys`);
  for (const { value } of steps) if (value !== undefined) checkValue(t, value, "commit");
}

/** The lock may have come from a dead thread whose commit has still to be ended. */
function awaitHeir(t: TableState, record: CommitRecord): void {
  for (let state = record.state; state !== COMMIT_NONE; state = record.state) {
    const { thread } = record;
    if (t.isAlive(thread)) record.waitWhile(state, LOOK_AGAIN_MS);
    else {
      t.reap(thread);
      recoverCommit(t, thread);
    }
  }
}

function attempt(
  t: TableState,
  record: CommitRecord,
  steps: readonly CommitStep[],
  guard: () => boolean,
): number {
  /** The new items' locations; 0 where there is none. */
  const fresh: number[] = [];
  let outcome = REFUSED;
  holdSegments(t);
  try {
    if (appendAll(t, steps, fresh)) outcome = perform(t, record, steps, fresh, guard);
    if (outcome === NO_PLACE) makePlaces(t, record, fresh);
    else if (outcome === NO_BUCKET) makeIndexRoom(t);
    return outcome;
  } finally {
    if (outcome !== DONE) for (const location of fresh) dropUnlessBuried(t, location);
    if (outcome === DONE) noteDeadlines(t, steps, fresh);
    releaseSegments(t);
    if (outcome === DONE) settleAll(t, record, fresh);
  }
}

/** Appends an item for each key that is to be stored; false if one that was to be kept is another by now. */
function appendAll(t: TableState, steps: readonly CommitStep[], fresh: number[]): boolean {
  let surplus =
    steps.filter(({ change, version }) => change === "store" && version === 0).length - t.entriesMax;
  for (const step of steps) {
    if (step.value === undefined || (step.change === "store" && step.version === 0 && surplus-- > 0)) {
      fresh.push(0); // beyond the bound on entries, it would have to leave before it came
      continue;
    }
    t.key.take(step.key, "commit");
    if (step.change === "keep") {
      const old = readForRewrite(t);
      if (old === undefined || old.version !== step.version) return false;
      t.draft.flags = step.flags ?? t.draft.flags;
    } else draft(t, step);
    fresh.push(appendValue(t, step.value));
  }
  return true;
}

function draft(t: TableState, step: CommitStep): void {
  const { ttlMs = 0, tags = [], tagSequence = t.tags.sequence } = step;
  t.draft.plain(step.flags ?? 0);
  if (ttlMs !== 0) {
    t.draft.deadline = t.timekeeper.now() + ttlMs;
    t.draft.ttl = ttlMs;
  }
  if (tags.length === 0) return;
  t.draft.tags = hashTags(tags, "commit");
  t.draft.tagCount = t.draft.tags.length / 2;
  t.draft.tagSequence = tagSequence;
}

/** From the first lock to the last unlock. */
function perform(
  t: TableState,
  record: CommitRecord,
  steps: readonly CommitStep[],
  fresh: number[],
  guard: () => boolean,
): number {
  begin(t, record, steps, fresh);
  lockAll(t, record);
  const all = allOf(record);
  let outcome = lookUp(t, record, steps, fresh);
  if (outcome === DONE && !passes(t, record, all, guard)) outcome = REFUSED;
  if (outcome !== DONE) {
    end(t, record, all, false);
    return outcome;
  }
  outcome = linkNewOnes(t, record, steps);
  if (outcome !== DONE) {
    takeBack(t, record, all);
    end(t, record, all, true);
    return outcome;
  }
  record.state = COMMIT_DECIDED;
  finish(t, record, all);
  tellAll(t, record, steps);
  end(t, record, all, true);
  return DONE;
}

/** A guard that throws leaves nothing locked. */
function passes(
  t: TableState,
  record: CommitRecord,
  buckets: ReadonlySet<number>,
  guard: () => boolean,
): boolean {
  try {
    return guard();
  } catch (error) {
    end(t, record, buckets, false);
    throw error;
  }
}

function begin(t: TableState, record: CommitRecord, steps: readonly CommitStep[], fresh: number[]): void {
  record.keys = steps.length;
  for (const [index, { key, change }] of steps.entries()) {
    t.key.take(key, "commit");
    record.setEntry(index, t.key.h1, fresh[index], change !== "check");
  }
  record.thread = t.thread;
  record.state = COMMIT_PREPARING;
}

/** Locks the buckets of all keys, ascending; again, if one was split meanwhile. */
function lockAll(t: TableState, record: CommitRecord): void {
  const hashes = Array.from({ length: record.keys }, (_, index) => record.h1(index));
  for (;;) {
    const buckets = t.control[C_BUCKETS];
    const wanted = new Set(hashes.map((h1) => bucketOf(h1, buckets)));
    for (const bucket of [...wanted].sort((a, b) => a - b)) record.addBucket(bucket, lockBucket(t, bucket));
    if (hashes.every((h1) => wanted.has(bucketOf(h1, t.control[C_BUCKETS])))) return;
    for (let index = 0; index < record.buckets; index++) {
      focus(t, record.bucket(index), record.version(index));
      unlockUnchanged(t, record.bucket(index));
    }
    record.forgetBuckets();
  }
}

/** Whether every key is as it has to be; notes where its item is. */
function lookUp(t: TableState, record: CommitRecord, steps: readonly CommitStep[], fresh: number[]): number {
  for (const [index, { key, version, change }] of steps.entries()) {
    t.key.take(key, "commit");
    const old = find(t, bucketOf(t.key.h1, t.control[C_BUCKETS]), t.key);
    const live = old !== 0 && !isGoneAt(t, old);
    if ((live ? wordsOf(t, old)[wordAt(old) + I_VERSION] : 0) !== version) return REFUSED;
    if (change === "keep" && isTimedAt(t, old) !== isTimedAt(t, fresh[index])) return CHANGED;
    record.setOld(index, old);
  }
  return DONE;
}

/** Links the items of keys that are not there, and readies those that take another's place. */
function linkNewOnes(t: TableState, record: CommitRecord, steps: readonly CommitStep[]): number {
  for (let index = 0; index < record.keys; index++) {
    const location = record.fresh(index);
    const old = record.old(index);
    if (location === 0) continue;
    const bucket = enter(t, record, index);
    if (old !== 0) {
      succeed(t, old, location, steps[index].change === "keep" ? CONTINUE : SET, true);
      continue;
    }
    const outcome = insert(t, bucket, record.h1(index), location);
    if (outcome !== DONE) return outcome;
  }
  return DONE;
}

function insert(t: TableState, bucket: number, h1: number, location: number): number {
  if (!reserve(t)) return NO_PLACE;
  if (!emptySlot(t, bucket)) {
    release(t);
    return NO_BUCKET;
  }
  wordsOf(t, location)[wordAt(location) + I_VERSION] = nextVersion(t.lockedVersion);
  linkNew(t, h1, location);
  return DONE;
}

/** Under the locks, so that what is told of a key is in the order in which it happened. */
function tellAll(t: TableState, record: CommitRecord, steps: readonly CommitStep[]): void {
  for (const [index, { key, change }] of steps.entries()) {
    if (change === "check") continue;
    if (change === "delete") t.own[DELETES]++;
    else t.own[WRITES]++;
    if (record.old(index) === 0 && record.fresh(index) !== 0) t.own[ADDED]++;
    t.key.take(key, "commit");
    note(t, t.key, change === "delete" ? CHANGE_DELETE : CHANGE_SET);
  }
}

function settleAll(t: TableState, record: CommitRecord, fresh: number[]): void {
  for (const location of fresh) if (location !== 0) settle(t, location);
  t.sinceGrowth += record.keys;
  if (t.sinceGrowth >= LOOK_EVERY) grow(t);
}

/** At `max`: as many entries leave as are to come beyond it. Nothing is locked. */
function makePlaces(t: TableState, record: CommitRecord, fresh: number[]): void {
  const coming = fresh.filter((location, index) => location !== 0 && record.old(index) === 0).length;
  const excess = Atomics.load(t.control, C_RESERVED) + coming - t.entriesMax;
  if (excess <= 0 || t.reclaim.purge() > 0) return; // others have made room
  if (!t.evicts || t.reclaim.evict(excess) === 0)
    throw new TableFullError(`there are ${t.entriesMax} entries, as many as there may be`);
}

function isTimedAt(t: TableState, location: number): boolean {
  return isTimed(wordsOf(t, location), wordAt(location));
}

/** Deadlines that were taken over may be earlier than those that the items were made with. */
function noteDeadlines(t: TableState, steps: readonly CommitStep[], fresh: readonly number[]): void {
  for (const [index, location] of fresh.entries()) {
    if (steps[index].change !== "keep" || !isTimedAt(t, location)) continue;
    const info = wordsOf(t, location)[wordAt(location) + I_INFO];
    noteDeadline(t, segmentOf(t, location), deadlineOf(t, location, info));
  }
}

function isDeadAt(t: TableState, location: number): boolean {
  return (wordsOf(t, location)[wordAt(location) + I_INFO] & DEAD) !== 0;
}

function dropUnlessBuried(t: TableState, location: number): void {
  if (location === 0) return;
  if (isDeadAt(t, location)) settle(t, location);
  else drop(t, location);
}

function allOf(record: CommitRecord): Set<number> {
  return new Set(Array.from({ length: record.buckets }, (_, index) => record.bucket(index)));
}
