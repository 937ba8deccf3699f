/** Ends the commits of threads that died amid one. */
import { repairBucket } from "../directory/repair.js";
import {
  BUCKET_WORD_BITS,
  C_WATCHERS,
  INDEX_BANK_BITS,
  INDEX_BANK_MASK,
  LOCKED,
  R_BUCKET,
  RECORD_WORDS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { COMMIT_DECIDED, COMMIT_NONE, CommitRecord } from "./commit-record.js";
import { end, finish, takeBack } from "./commit-steps.js";

/** For how long another heir is waited for before one looks again. */
const LOOK_AGAIN_MS = 1;

/** Ends the commit of a dead thread: it is done if it was decided, and taken back if not. Can be begun again. */
export function recoverCommit(t: TableState, thread: number): void {
  const record = new CommitRecord(t.parts.leases);
  for (let state = record.state; state !== COMMIT_NONE; state = record.state) {
    const owner = record.thread;
    if (owner === thread || !t.isAlive(owner)) {
      if (record.claim(owner, t.thread)) recover(t, record, thread);
    } else if (!holdsAny(t, record, thread)) return;
    else record.waitWhile(state, LOOK_AGAIN_MS); // another one is at it
  }
}

function recover(t: TableState, record: CommitRecord, thread: number): void {
  const mine = takeLocks(t, record, thread);
  if (record.state === COMMIT_DECIDED) finish(t, record, mine);
  else takeBack(t, record, mine);
  if (t.control[C_WATCHERS] !== 0) {
    // What was changed, nobody may have been told of.
    t.ring?.lost();
    t.leases.noteAll();
  }
  end(t, record, mine, true);
}

/** The buckets of the commit that the dead have left locked, from now on locked in this thread's name. */
function takeLocks(t: TableState, record: CommitRecord, thread: number): Set<number> {
  const mine = new Set<number>();
  for (let index = 0; index < record.buckets; index++) {
    const bucket = record.bucket(index);
    const word = lockWordOf(t, bucket);
    const owner = word < 0 ? word & ~LOCKED : -1;
    if (owner < 0 || (owner !== t.thread && owner !== thread && t.isAlive(owner))) continue;
    // One who died while he recovered this may have been in the middle of a step.
    if (owner !== t.thread && focusOf(t, owner) === bucket) repairBucket(t, bucket, owner);
    if (takeLockWord(t, bucket, word)) mine.add(bucket);
  }
  return mine;
}

function holdsAny(t: TableState, record: CommitRecord, thread: number): boolean {
  for (let index = 0; index < record.buckets; index++) {
    if (lockWordOf(t, record.bucket(index)) === (LOCKED | thread)) return true;
  }
  return false;
}

function lockWordOf(t: TableState, bucket: number): number {
  return Atomics.load(t.index[bucket >>> INDEX_BANK_BITS], (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS);
}

function takeLockWord(t: TableState, bucket: number, word: number): boolean {
  const words = t.index[bucket >>> INDEX_BANK_BITS];
  const at = (bucket & INDEX_BANK_MASK) << BUCKET_WORD_BITS;
  return word === (LOCKED | t.thread) || Atomics.compareExchange(words, at, word, LOCKED | t.thread) === word;
}

function focusOf(t: TableState, thread: number): number {
  return t.control[t.recordsAt + thread * RECORD_WORDS + R_BUCKET] - 1;
}
