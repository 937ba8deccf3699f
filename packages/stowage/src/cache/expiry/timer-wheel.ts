/**
 * Which entries are due, without a timer per entry and without looking at those that are not: a hierarchical timer wheel
 * (Varghese and Lauck, SOSP '87), as in Caffeine.
 *
 *     level 0:  64 buckets of 1 ms       level 1:  64 of 64 ms       level 2:  64 of 4 s     ...     level 7:  64 of 139 y
 *
 * An entry hangs in the bucket of the finest level that reaches its deadline; scheduling and cancelling are O(1). As
 * time passes a bucket, its whole list is moved in O(1) to `pending`, and from there entry by entry, in slices that the
 * caller sizes, to a finer bucket or, when due, out. So a million entries of one deadline cost the event loop no more
 * at a time than one slice. Links are two integers per slot; a bucket is a ring through a sentinel of its own:
 *
 *     link >= 0: a slot        link < 0: the sentinel of bucket -1 - link
 */
import { assert } from "../../base/assert.js";
import { SlotInts } from "../store/columns.js";

const BITS = 6;
const BUCKETS = 1 << BITS;
const LEVELS = 8;
const PENDING = LEVELS * BUCKETS;
/** Ticks from one bucket of a level to the next. */
const spans = Array.from({ length: LEVELS + 1 }, (_, level) => BUCKETS ** level);

export class TimerWheel {
  /** Of slots: neighbour + BIAS, so that 0, which a fresh column reads, means "not scheduled". */
  readonly #next = new SlotInts();
  readonly #prev = new SlotInts();
  readonly #bucketNext = new Int32Array(PENDING + 1);
  readonly #bucketPrev = new Int32Array(PENDING + 1);
  readonly #deadlineOf: (slot: number) => number;
  /** The last tick (whole millisecond) whose bucket was taken. */
  #tick: number;
  count = 0;

  /** `deadlineOf` tells when a scheduled slot is due now; it may have become later since it was scheduled. */
  constructor(now: number, deadlineOf: (slot: number) => number) {
    this.#tick = Math.floor(now);
    this.#deadlineOf = deadlineOf;
    for (let bucket = 0; bucket <= PENDING; bucket++) {
      this.#bucketNext[bucket] = sentinel(bucket);
      this.#bucketPrev[bucket] = sentinel(bucket);
    }
  }

  reserve(slots: number): void {
    this.#next.reserve(slots);
    this.#prev.reserve(slots);
  }

  /** Puts the slot where its deadline belongs, wherever it was; what is due already comes with the next `drain`. */
  schedule(slot: number, due: number): void {
    if (this.isScheduled(slot)) this.#unlink(slot);
    else this.count++;
    const dueTick = Math.ceil(due);
    this.#link(slot, dueTick <= this.#tick ? PENDING : this.#bucketOf(dueTick));
  }

  cancel(slot: number): void {
    if (!this.isScheduled(slot)) return;
    this.#unlink(slot);
    this.#prev.set(slot, 0);
    this.count--;
  }

  isScheduled(slot: number): boolean {
    return this.#prev.get(slot) !== 0;
  }

  /** Takes the buckets that have passed by `now`; `drain` then gives what is due. */
  advance(now: number): void {
    const to = Math.floor(now);
    if (to <= this.#tick) return;
    const from = this.#tick;
    this.#tick = to;
    if (this.count === 0) return;
    for (let level = 0; level < LEVELS && this.#takeLevel(level, from, to); level++);
  }

  /** Handles up to `limit` entries of the passed buckets; false when none is left. */
  drain(limit: number, onDue: (slot: number) => void): boolean {
    for (let handled = 0; handled < limit; handled++) {
      const slot = this.#bucketNext[PENDING];
      if (slot < 0) return false;
      const due = this.#deadlineOf(slot);
      if (Math.ceil(due) > this.#tick) this.schedule(slot, due);
      else {
        this.cancel(slot);
        onDue(slot);
      }
    }
    return this.#bucketNext[PENDING] >= 0;
  }

  /** Asserts that the scheduled slots are linked both ways, each in a bucket that is taken before it is due. */
  verify(): void {
    let count = 0;
    for (let bucket = 0; bucket <= PENDING; bucket++) {
      let before = sentinel(bucket);
      for (let slot = this.#bucketNext[bucket]; slot >= 0; slot = this.#next.get(slot) - BIAS) {
        assert(this.#prev.get(slot) - BIAS === before, "wheel: a link back is wrong");
        before = slot;
        assert(++count <= this.count, "wheel: more slots are linked than scheduled");
      }
      assert(this.#bucketPrev[bucket] === before, "wheel: a bucket's end is wrong");
    }
    assert(count === this.count, "wheel: fewer slots are linked than scheduled");
  }

  /** Moves what the buckets from..to of a level hold to pending; false when no coarser level has passed a bucket. */
  #takeLevel(level: number, from: number, to: number): boolean {
    const first = Math.floor(from / spans[level]);
    const last = Math.floor(to / spans[level]);
    if (first === last) return false;
    const steps = Math.min(last - first, BUCKETS);
    for (let step = 1; step <= steps; step++) this.#takeBucket(level * BUCKETS + ((first + step) % BUCKETS));
    return true;
  }

  /** For a tick that is ahead: the finest bucket that is taken when it comes, or before. */
  #bucketOf(dueTick: number): number {
    let level = 0;
    while (level < LEVELS - 1 && dueTick - this.#tick >= spans[level + 1]) level++;
    const index = Math.floor(dueTick / spans[level]) % BUCKETS;
    return level * BUCKETS + index;
  }

  #takeBucket(bucket: number): void {
    const head = this.#bucketNext[bucket];
    if (head < 0) return;
    const tail = this.#bucketPrev[bucket];
    const end = this.#bucketPrev[PENDING];
    this.#setNext(end, head);
    this.#setPrev(head, end);
    this.#setNext(tail, sentinel(PENDING));
    this.#bucketPrev[PENDING] = tail;
    this.#bucketNext[bucket] = sentinel(bucket);
    this.#bucketPrev[bucket] = sentinel(bucket);
  }

  #link(slot: number, bucket: number): void {
    const tail = this.#bucketPrev[bucket];
    this.#setNext(tail, slot);
    this.#setPrev(slot, tail);
    this.#setNext(slot, sentinel(bucket));
    this.#bucketPrev[bucket] = slot;
  }

  #unlink(slot: number): void {
    const next = this.#next.get(slot) - BIAS;
    const prev = this.#prev.get(slot) - BIAS;
    this.#setNext(prev, next);
    this.#setPrev(next, prev);
  }

  #setNext(node: number, next: number): void {
    if (node >= 0) this.#next.set(node, next + BIAS);
    else this.#bucketNext[-1 - node] = next;
  }

  #setPrev(node: number, prev: number): void {
    if (node >= 0) this.#prev.set(node, prev + BIAS);
    else this.#bucketPrev[-1 - node] = prev;
  }
}

/** Makes every link, also to the sentinel with the lowest number, positive. */
const BIAS = PENDING + 2;

function sentinel(bucket: number): number {
  return -1 - bucket;
}
