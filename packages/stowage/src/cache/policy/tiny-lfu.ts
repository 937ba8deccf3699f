/**
 * The default policy: lazy W-TinyLFU (Einziger, Friedman, Manes 2017) with exact histories in place of a sketch.
 *
 *     new ---> window (a CLOCK queue) ---- candidate ----> contest ---- wins ---> main (a CLOCK)
 *              1 to 99 %, moved by          oldest entry      |                   the victim gives way
 *              what an entry earns          not read since    `-- loses --> out, score to the history
 *
 * Most new keys never come back; they pass through the window. The oldest window entry that was not read since it was
 * last looked at is the candidate for main, whose hand offers a victim that was not read since either. The one with the
 * higher score stays: requests of the past, each half as heavy after a half-life of 4 requests an entry.
 *
 * - **Lazy**: a read bumps a counter in one byte, and nothing else. The counters are poured into scores when an entry is
 *   examined for eviction, so scores are late and never wrong by much.
 * - **The candidate's present request does not count**; its score is that of the requests before. A key that comes back
 *   beats a resident that has been idle for longer than the key was away, which is what LIRS (Jiang, Zhang 2002) goes by,
 *   and many requests beat few. In a loop over more keys than fit nobody beats anybody, and main keeps a fixed part
 *   of it, which is the best one can do.
 * - **Keys that are gone keep their score** for as many keys as there are entries (tiny-lfu/history.ts). One that is not
 *   known there counts as last asked for 16 half-lives ago, so that a main space full of the dead is overrun in time.
 * - **No dice against crafted keys**: a score is the key's own, so nobody can raise it through collisions, and it ages;
 *   nothing holds its place without being asked for. The history's salt keeps attackers from choosing its buckets.
 *
 * Per entry: a byte of state, 4 of hash, 2 of score, 4 for one remembered key, 4 per cell of the window's queue. A call
 * examines at most 64 entries of each space, moves at most 2 into main, and allocates nothing once grown.
 * Left out: weights (an entry is an entry), and keeping the history when the cache outgrows it twofold.
 */
import { assert } from "../../base/assert.js";
import { CHUNK_BITS, CHUNK_MASK, growChunks } from "../store/chunks.js";
import type { Policy } from "./policy.js";
import { ageOf, earlier, SCORE_STEPS, scoreAfter } from "./tiny-lfu/decayed-score.js";
import { History } from "./tiny-lfu/history.js";
import { SlotQueue } from "./tiny-lfu/slot-queue.js";
import { LATE, MAIN, MAIN_BIT, QUEUED, READS, SlotStates, USED } from "./tiny-lfu/slot-states.js";
import { WindowShare } from "./tiny-lfu/window-share.js";

/** Entries looked at in each space for one victim. Each was read since the last time, which paid for it. */
const EXAMINED_MAX = 64;
/** Entries that one call lets into main without a contest, where main has room: one comes in at a time, so two suffice. */
const ADMITTED_MAX = 2;
/** Requests per entry in which a request loses half its weight; from 2 to 8 the traces come out the same within 0.2 %. */
const HALF_LIFE = 4;
/** Steps of score (16 half-lives) after which a key counts as unknown, and the most that time advances at once. */
const HORIZON = 16 * SCORE_STEPS;
/** Keys remembered per entry. */
const REMEMBERED = 1;
const NONE = -1;

export interface TinyLfuOptions {
  /** Numbers from 0 up to 1; salts the history. Default: Math.random. */
  random?: () => number;
}

export class TinyLfuPolicy implements Policy {
  readonly name = "w-tinylfu";
  readonly #states = new SlotStates();
  #bytes = this.#states.bytes;
  readonly #hashes: Int32Array[] = [];
  readonly #scores: Uint16Array[] = [];
  readonly #salt: number;
  #queue = new SlotQueue();
  #share = new WindowShare();
  #history: History | undefined;
  #capacity = 0;
  /** Up to the first eviction everything goes to main: there is nothing to choose yet. */
  #filling = true;
  #windowLength = 0;
  #mainLength = 0;
  #hand = 0;
  /** Reads that hit, of [window, main], and entries added, in this period. */
  readonly #hits = new Int32Array(2);
  #added = 0;
  /** Those of them that are part of `now` already, in steps of scores, of `step` requests each. */
  #timed = 0;
  #now = 0;
  #step = 1;
  /** Entries when last asked for a victim, and how many of them the window should have. */
  #room = 0;
  #windowMax = 1;

  constructor({ random = Math.random }: TinyLfuOptions = {}) {
    this.#salt = Math.floor(random() * 2 ** 32) | 0;
  }

  /** The spaces share what is there when a victim is asked for; the capacity only tells when that will be. */
  resize(capacity: number): void {
    if (capacity > this.#capacity) this.#filling = true;
    this.#capacity = capacity;
  }

  reserve(slots: number): void {
    this.#states.reserve(slots);
    this.#bytes = this.#states.bytes;
    growChunks(this.#hashes, slots, Int32Array);
    growChunks(this.#scores, slots, Uint16Array);
  }

  added(slot: number, hash: number): void {
    this.#added++;
    this.#hashes[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = hash;
    const known = this.#history === undefined ? NONE : this.#history.take(hash, this.#now);
    const score = known === NONE ? earlier(this.#now, HORIZON) : known;
    if (this.#filling) {
      this.#bytes[slot] &= QUEUED;
      this.#enterMain(slot, score);
    } else this.#enterWindow(slot, score);
  }

  hit(slot: number): void {
    const state = this.#bytes[slot];
    if ((state & READS) !== READS) this.#bytes[slot] = state + 1;
    this.#hits[(state >>> MAIN_BIT) & 1]++;
  }

  written(slot: number): void {
    this.hit(slot);
  }

  removed(slot: number): void {
    const state = this.#bytes[slot];
    this.#bytes[slot] = state & QUEUED;
    let score = this.#scoreOf(slot);
    if ((state & READS) !== 0) score = scoreAfter(score, state & READS, this.#now);
    if ((state & MAIN) !== 0) {
      this.#mainLength--;
      this.#states.leaveMain(slot);
    } else {
      this.#windowLength--;
      if (this.#queue.head() === slot && (state & QUEUED) !== 0) this.#dropHead(slot);
      score = scoreAfter(score, 1, this.#now);
    }
    this.#history?.put(this.#hashes[slot >>> CHUNK_BITS][slot & CHUNK_MASK], score, this.#now);
  }

  victim(): number {
    const room = this.#windowLength + this.#mainLength;
    const requests = (this.#hits[0] + this.#hits[1] + this.#added) >>> 0;
    this.#filling = false;
    if (room !== this.#room) this.#settle(room);
    if (requests - this.#timed >= this.#step) this.#passTime(requests);
    const windowMax = this.#windowMax;
    if (this.#windowLength < windowMax && this.#mainLength > 0) return this.#mainVictim();
    for (let admitted = 0; admitted < ADMITTED_MAX && this.#windowLength > windowMax; admitted++) {
      const candidate = this.#candidate();
      if (candidate !== NONE) this.#admit(candidate);
    }
    const candidate = this.#candidate();
    if (this.#mainLength === 0) return candidate;
    return this.#contest(candidate, this.#mainVictim());
  }

  clear(): void {
    this.#states.clear();
    this.#queue = new SlotQueue();
    this.#share = new WindowShare();
    this.#history = undefined;
    this.#filling = true;
    this.#windowLength = 0;
    this.#mainLength = 0;
    this.#room = 0;
    this.#startPeriod();
  }

  verify(slots: readonly number[]): void {
    this.#states.verify();
    const given = new Set(slots);
    assert(given.size === slots.length, "a slot is given twice");
    assert(given.size === this.#windowLength + this.#mainLength, `${given.size} slots are given`);
    const queued = new Set(this.#queue.slots());
    assert(queued.size === this.#queue.length, "a slot is queued twice");
    let main = 0;
    for (let slot = 0; slot < this.#bytes.length; slot++) {
      const state = this.#bytes[slot];
      assert(((state & USED) !== 0) === given.has(slot), `slot ${slot} is in state ${state}`);
      assert(
        ((state & QUEUED) !== 0) === queued.has(slot),
        `slot ${slot} is queued and not marked so, or not queued`,
      );
      assert((state & (USED | MAIN)) !== USED || queued.has(slot), `slot ${slot} is lost to the window`);
      if ((state & MAIN) !== 0) main++;
    }
    assert(main === this.#mainLength, `${main} slots of main, not ${this.#mainLength}`);
  }

  #scoreOf(slot: number): number {
    return this.#scores[slot >>> CHUNK_BITS][slot & CHUNK_MASK];
  }

  #setScore(slot: number, score: number): void {
    this.#scores[slot >>> CHUNK_BITS][slot & CHUNK_MASK] = score;
  }

  #enterWindow(slot: number, score: number): void {
    this.#setScore(slot, score);
    this.#windowLength++;
    if ((this.#bytes[slot] & QUEUED) !== 0) this.#bytes[slot] = USED | QUEUED | LATE;
    else {
      this.#bytes[slot] = USED | QUEUED;
      this.#queue.push(slot);
    }
  }

  /** Now its first request counts as well. Keeps the mark of a cell in the queue. */
  #enterMain(slot: number, score: number): void {
    this.#setScore(slot, scoreAfter(score, 1, this.#now));
    this.#bytes[slot] = (this.#bytes[slot] & QUEUED) | USED | MAIN;
    this.#states.enterMain(slot);
    this.#mainLength++;
  }

  /** From the head of the window's queue into main. */
  #admit(candidate: number): void {
    this.#dropHead(candidate);
    this.#windowLength--;
    this.#enterMain(candidate, this.#scoreOf(candidate));
  }

  #contest(candidate: number, victim: number): number {
    if (candidate === NONE) return victim;
    const now = this.#now;
    if (ageOf(this.#scoreOf(candidate), now) >= ageOf(this.#scoreOf(victim), now)) return candidate;
    this.#admit(candidate);
    return victim;
  }

  /** The oldest window entry, at the queue's head, after those that were read had another turn; or NONE within reach. */
  #candidate(): number {
    for (let examined = 0; this.#windowLength > 0; examined++) {
      const slot = this.#queue.head();
      const state = this.#bytes[slot];
      const inWindow = (state & (USED | MAIN)) === USED;
      if (inWindow && ((state & (READS | LATE)) === 0 || examined >= EXAMINED_MAX)) return slot;
      if (examined >= EXAMINED_MAX && this.#mainLength > 0) return NONE;
      this.#dropHead(slot);
      if (inWindow) this.#carry(slot);
    }
    return NONE;
  }

  #carry(slot: number): void {
    this.#pour(slot);
    this.#bytes[slot] = USED | QUEUED;
    this.#queue.push(slot);
  }

  #dropHead(slot: number): void {
    this.#queue.shift();
    this.#bytes[slot] &= ~QUEUED;
  }

  /** The entry of main at the hand, after those that were read had another turn. The hand stays at it. */
  #mainVictim(): number {
    let slot = this.#states.nextInMain(this.#hand);
    for (let examined = 0; examined < EXAMINED_MAX && (this.#bytes[slot] & READS) !== 0; examined++) {
      this.#pour(slot);
      slot = this.#states.nextInMain(this.#states.after(slot));
    }
    this.#hand = slot;
    return slot;
  }

  /** Counts the reads since the entry was last examined into its score. */
  #pour(slot: number): void {
    const reads = this.#bytes[slot] & READS;
    if (reads === 0) return;
    this.#bytes[slot] &= ~READS;
    this.#setScore(slot, scoreAfter(this.#scoreOf(slot), reads, this.#now));
  }

  /** The number of entries that share the cache has changed. A history too small, or far too large, is begun anew. */
  #settle(room: number): void {
    this.#room = room;
    this.#step = Math.max(1, Math.floor((room * HALF_LIFE) / SCORE_STEPS));
    this.#windowMax = this.#share.of(room);
    const keys = room * REMEMBERED;
    const size = this.#history === undefined ? 0 : this.#history.size;
    if (keys > size * 2 || keys * 8 < size) this.#history = new History(keys, this.#salt, this.#now);
  }

  /** Time passes with requests. No more than the horizon at once: what is beyond it is equally old. */
  #passTime(requests: number): void {
    const steps = Math.floor((requests - this.#timed) / this.#step);
    this.#timed += steps * this.#step;
    this.#now = earlier(this.#now, -Math.min(steps, HORIZON));
    if (requests < this.#room) return;
    this.#share.adapt(this.#hits[0] >>> 0, this.#hits[1] >>> 0, this.#windowLength, this.#mainLength);
    this.#windowMax = this.#share.of(this.#room);
    this.#startPeriod();
  }

  /** Requests that have not made a step of time are lost; they are less than one in four of a period. */
  #startPeriod(): void {
    this.#hits.fill(0);
    this.#added = 0;
    this.#timed = 0;
  }
}
