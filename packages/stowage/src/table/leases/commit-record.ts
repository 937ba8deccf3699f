/**
 * The record of the commit that is under way: there is one at a time, under a lock of its own.
 *
 *     0 STATE   none, preparing, committed     1 THREAD   number + 1 of whose it is     2 KEYS     3 BUCKETS
 *     entries: h1, location of the old item, location of the new one (0: none), 1 if anything is to be changed
 *     buckets: id, version before it was locked
 *
 * Everything stands in it before STATE says so, so that whoever takes over from a dead thread can go on from here.
 */
import {
  COMMIT_BUCKET_WORDS,
  COMMIT_BUCKETS_AT,
  COMMIT_ENTRIES_AT,
  COMMIT_ENTRY_WORDS,
  commitAt,
} from "./layout.js";

export const COMMIT_NONE = 0;
export const COMMIT_PREPARING = 1;
export const COMMIT_DECIDED = 2;
/** In place of a location: not looked up yet. */
export const UNKNOWN = -1;

const STATE = 0;
const THREAD = 1;
const KEYS = 2;
const BUCKETS = 3;

export class CommitRecord {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory, commitAt(memory));
  }

  get state(): number {
    return Atomics.load(this.#words, STATE);
  }

  set state(state: number) {
    Atomics.store(this.#words, STATE, state);
    Atomics.notify(this.#words, STATE);
  }

  /** Blocks this thread, for a while, as long as the state is what it is. */
  waitWhile(state: number, ms: number): void {
    Atomics.wait(this.#words, STATE, state, ms);
  }

  /** The number of the thread whose commit it is. */
  get thread(): number {
    return Atomics.load(this.#words, THREAD) - 1;
  }

  set thread(thread: number) {
    Atomics.store(this.#words, THREAD, thread + 1);
  }

  /** Makes another thread's commit one's own; only one of those who try succeeds. */
  claim(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, THREAD, from + 1, to + 1) === from + 1;
  }

  get keys(): number {
    return this.#words[KEYS];
  }

  set keys(count: number) {
    this.#words[KEYS] = count;
    this.#words[BUCKETS] = 0;
  }

  h1(index: number): number {
    return this.#words[COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS];
  }

  old(index: number): number {
    return this.#words[COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS + 1];
  }

  fresh(index: number): number {
    return this.#words[COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS + 2];
  }

  /** Whether the key is to be changed, rather than only looked at. */
  changes(index: number): boolean {
    return this.#words[COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS + 3] !== 0;
  }

  setEntry(index: number, h1: number, fresh: number, changes: boolean): void {
    const at = COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS;
    this.#words[at] = h1;
    this.#words[at + 1] = UNKNOWN;
    this.#words[at + 2] = fresh;
    this.#words[at + 3] = changes ? 1 : 0;
  }

  setOld(index: number, old: number): void {
    this.#words[COMMIT_ENTRIES_AT + index * COMMIT_ENTRY_WORDS + 1] = old;
  }

  get buckets(): number {
    return Atomics.load(this.#words, BUCKETS);
  }

  bucket(index: number): number {
    return this.#words[COMMIT_BUCKETS_AT + index * COMMIT_BUCKET_WORDS];
  }

  version(index: number): number {
    return this.#words[COMMIT_BUCKETS_AT + index * COMMIT_BUCKET_WORDS + 1];
  }

  addBucket(bucket: number, version: number): void {
    const count = this.buckets;
    const at = COMMIT_BUCKETS_AT + count * COMMIT_BUCKET_WORDS;
    this.#words[at] = bucket;
    this.#words[at + 1] = version;
    Atomics.store(this.#words, BUCKETS, count + 1);
  }

  forgetBuckets(): void {
    Atomics.store(this.#words, BUCKETS, 0);
  }
}
