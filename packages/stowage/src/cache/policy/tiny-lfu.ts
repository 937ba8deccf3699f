/**
 * The default policy: lazy W-TinyLFU (Einziger, Friedman, Manes 2017), with exact histories in place of a sketch.
 *
 *     new --> window (CLOCK queue) -- candidate --> contest -- wins --> main (CLOCK sweep), the victim goes
 *             1 to 99 % of entries                     `------ loses -> gone
 *                                                                        | score
 *     a new key takes its score back <---------------------------------- history
 *
 * Most new keys never come back; they pass through the window. The oldest window entry that was not read since it was
 * last looked at is the candidate for main, whose hand offers a victim that was not read since it passed. The higher
 * score stays: the requests so far, each half as heavy after a half-life (tiny-lfu/decayed-score.ts).
 *
 * - **Lazy**: a read bumps a counter in one byte, and nothing else. Counters are poured into scores when an entry is
 *   examined for eviction; main's hand (Corbató's CLOCK) goes by slot numbers, and needs no links.
 * - **The candidate's present request does not count.** A key that comes back beats a resident which has been idle for
 *   longer than the key was away (the rule of LIRS, Jiang and Zhang 2002), and many requests beat few. In a loop over
 *   more keys than fit, nobody beats anybody: main keeps a fixed part of it, which is the best one can do.
 * - **Keys that are gone keep their score** in as many cells as there are entries (tiny-lfu/history.ts). A key that is
 *   not known counts as last asked for 16 half-lives ago, so that a main space full of the dead is overrun in time.
 * - **The window's share follows the hits** (tiny-lfu/window-share.ts): from next to nothing to nearly LRU.
 * - **No dice against crafted keys.** A score is the key's own and ages, so collisions cannot make anybody immortal,
 *   and nothing holds its place without being asked for.
 *
 * Per entry 1 byte of state, 2 of score, 4 of history, and 4 for each in the window. A call examines at most
 * 64 entries of each space. Left out: weights (an entry is an entry), and carrying the history over when the cache
 * has outgrown it.
 */
import { assert } from "../../base/assert.js";
import type { Policy } from "./policy.js";
import { ageOf, earlier, SlotScores, scoreAfter } from "./tiny-lfu/decayed-score.js";
import { History } from "./tiny-lfu/history.js";
import { HORIZON, RequestClock } from "./tiny-lfu/request-clock.js";
import { SlotQueue } from "./tiny-lfu/slot-queue.js";
import { SlotBit, SlotShift, SlotStates } from "./tiny-lfu/slot-states.js";
import { WindowShare } from "./tiny-lfu/window-share.js";

/** Entries looked at in each space for one victim. Each was read since the last time, which paid for it. */
export const EXAMINED_MAX = 64;
/**
 * The window is made smaller only once it has so many times its share, one entry at a call. Those come into main without
 * a contest, which must not happen just because the number of entries goes up and down, as it does under weights.
 */
export const OVERSIZED = 1.25;
const NONE = -1;

export interface TinyLfuOptions {
  /** Numbers from 0 up to 1; asked once, for what salts the history. Default: Math.random. */
  random?: () => number;
}

export class TinyLfuPolicy implements Policy {
  readonly name = "w-tinylfu";
  readonly #states = new SlotStates();
  readonly #scores = new SlotScores();
  readonly #clock = new RequestClock();
  readonly #salt: number;
  /** The states' bytes, the scores and the clock's hits, at hand. */
  #bytes = this.#states.bytes;
  #steps = this.#scores.steps;
  readonly #hits = this.#clock.hits;
  #queue = new SlotQueue();
  #share = new WindowShare();
  #history: History | undefined;
  #windowLength = 0;
  #mainLength = 0;
  /** Where main's sweep goes on. */
  #hand = 0;
  /** Until the first eviction everything goes to main: there is nothing to choose yet. */
  #filling = true;
  #capacity = 0;
  /** Entries when last asked for a victim, and how many of them the window should have. */
  #entries = 0;
  #windowTarget = 1;

  constructor({ random = Math.random }: TinyLfuOptions = {}) {
    this.#salt = Math.floor(random() * 2 ** 32) | 0;
  }

  /** Window and main share what is there when a victim is asked for; the capacity only tells when that may be. */
  resize(capacity: number): void {
    if (capacity > this.#capacity) this.#filling = true;
    this.#capacity = capacity;
  }

  reserve(slots: number): void {
    this.#states.reserve(slots);
    this.#bytes = this.#states.bytes;
    this.#scores.reserve(slots);
    this.#steps = this.#scores.steps;
  }

  added(slot: number, hash: number): void {
    const now = this.#clock.now;
    this.#clock.added++;
    const unknown = earlier(now, HORIZON);
    this.#steps[slot] = this.#history === undefined ? unknown : this.#history.take(hash, now, unknown);
    if (this.#filling) this.#enterMain(slot);
    else this.#enterWindow(slot);
  }

  hit(slot: number): void {
    const bytes = this.#bytes;
    const state = bytes[slot];
    if ((state & SlotBit.READS) !== SlotBit.READS) bytes[slot] = state + 1;
    this.#hits[(state >>> SlotShift.MAIN) & 1]++;
  }

  written(slot: number): void {
    this.hit(slot);
  }

  removed(slot: number, hash: number): void {
    const state = this.#bytes[slot];
    if ((state & SlotBit.READS) !== 0) this.#pour(slot);
    if ((state & SlotBit.MAIN) !== 0) this.#leaveMain(slot);
    else this.#leaveWindow(slot);
    this.#history?.put(hash, this.#steps[slot], this.#clock.now);
  }

  victim(): number {
    const entries = this.#windowLength + this.#mainLength;
    this.#filling = false;
    if (entries !== this.#entries) this.#settle(entries);
    if (this.#clock.passes(entries)) this.#adapt();
    if (this.#windowLength < this.#windowTarget && this.#mainLength > 0) return this.#mainVictim();
    if (this.#windowLength > this.#windowTarget * OVERSIZED) this.#admit(this.#candidate());
    const candidate = this.#candidate();
    if (this.#mainLength === 0) return candidate;
    return this.#contest(candidate, this.#mainVictim());
  }

  clear(): void {
    this.#states.clear();
    this.#clock.startPeriod();
    this.#queue = new SlotQueue();
    this.#share = new WindowShare();
    this.#history = undefined;
    this.#windowLength = 0;
    this.#mainLength = 0;
    this.#filling = true;
    this.#entries = 0;
  }

  verify(slots: readonly number[]): void {
    const given = new Set(slots);
    const queued = new Set(this.#queue.slots());
    assert(given.size === slots.length, "a slot is given twice");
    assert(queued.size === this.#queue.length, "a slot is queued twice");
    assert(given.size === this.#windowLength + this.#mainLength, `${given.size} slots are given, not all`);
    let main = 0;
    for (let slot = 0; slot < this.#bytes.length; slot++) {
      const state = this.#bytes[slot];
      const inWindow = (state & (SlotBit.USED | SlotBit.MAIN)) === SlotBit.USED;
      assert(((state & SlotBit.USED) !== 0) === given.has(slot), `slot ${slot} is in state ${state}`);
      assert(((state & SlotBit.QUEUED) !== 0) === queued.has(slot), `slot ${slot} and the queue disagree`);
      assert(!inWindow || queued.has(slot), `slot ${slot} of the window is not queued`);
      if ((state & SlotBit.MAIN) !== 0) main++;
    }
    assert(main === this.#mainLength, `${main} slots are of main, not ${this.#mainLength}`);
    this.#states.verify();
  }

  /** A cell that an earlier entry of the slot left in the middle of the queue becomes this one's. */
  #enterWindow(slot: number): void {
    this.#windowLength++;
    if ((this.#bytes[slot] & SlotBit.QUEUED) !== 0)
      this.#bytes[slot] = SlotBit.USED | SlotBit.QUEUED | SlotBit.LATE;
    else this.#enqueue(slot);
  }

  /** Its first request counts from now on. A cell in the middle of the queue stays there until it comes up. */
  #leaveWindow(slot: number): void {
    this.#windowLength--;
    this.#countRequests(slot, 1);
    this.#bytes[slot] &= SlotBit.QUEUED;
    if (this.#bytes[slot] !== 0 && this.#queue.head() === slot) this.#dropHead(slot);
  }

  #enterMain(slot: number): void {
    this.#mainLength++;
    this.#countRequests(slot, 1);
    this.#bytes[slot] = (this.#bytes[slot] & SlotBit.QUEUED) | SlotBit.USED | SlotBit.MAIN;
    this.#states.enterMain(slot);
  }

  #leaveMain(slot: number): void {
    this.#mainLength--;
    this.#bytes[slot] &= SlotBit.QUEUED;
    this.#states.leaveMain(slot);
  }

  #enqueue(slot: number): void {
    this.#bytes[slot] = SlotBit.USED | SlotBit.QUEUED;
    this.#queue.push(slot);
  }

  #dropHead(slot: number): void {
    this.#bytes[slot] &= ~SlotBit.QUEUED;
    this.#queue.shift();
  }

  /** Lets the head of the queue into main. */
  #admit(candidate: number): void {
    if (candidate === NONE) return;
    this.#dropHead(candidate);
    this.#windowLength--;
    this.#enterMain(candidate);
  }

  #contest(candidate: number, victim: number): number {
    if (candidate === NONE) return victim;
    const now = this.#clock.now;
    if (ageOf(this.#steps[candidate], now) >= ageOf(this.#steps[victim], now)) return candidate;
    this.#admit(candidate);
    return victim;
  }

  /** The queue's head, once entries that were read have gone round again; NONE if that takes too long and main has some. */
  #candidate(): number {
    for (let examined = 0; this.#windowLength > 0; examined++) {
      const slot = this.#queue.head();
      const state = this.#bytes[slot];
      const inWindow = (state & (SlotBit.USED | SlotBit.MAIN)) === SlotBit.USED;
      if (inWindow && ((state & (SlotBit.READS | SlotBit.LATE)) === 0 || examined >= EXAMINED_MAX))
        return slot;
      if (examined >= EXAMINED_MAX && this.#mainLength > 0) break;
      if (inWindow) this.#pour(slot);
      this.#dropHead(slot);
      if (inWindow) this.#enqueue(slot);
    }
    return NONE;
  }

  /** The entry of main under the hand, once those that were read have been passed. The hand stays. */
  #mainVictim(): number {
    let slot = this.#states.nextInMain(this.#hand);
    for (let examined = 0; examined < EXAMINED_MAX && (this.#bytes[slot] & SlotBit.READS) !== 0; examined++) {
      this.#pour(slot);
      slot = this.#states.nextInMain(this.#states.after(slot));
    }
    this.#hand = slot;
    return slot;
  }

  /** Counts the reads since the entry was last examined into its score. */
  #pour(slot: number): void {
    const reads = this.#bytes[slot] & SlotBit.READS;
    if (reads === 0) return;
    this.#bytes[slot] &= ~SlotBit.READS;
    this.#countRequests(slot, reads);
  }

  #countRequests(slot: number, count: number): void {
    this.#steps[slot] = scoreAfter(this.#steps[slot], count, this.#clock.now);
  }

  /** The number of entries has changed. A history too small for it, or far too large, is begun anew. */
  #settle(entries: number): void {
    this.#entries = entries;
    this.#clock.paceFor(entries);
    this.#windowTarget = this.#share.of(entries);
    const size = this.#history === undefined ? 0 : this.#history.size;
    if (entries > size * 2 || entries * 8 < size)
      this.#history = new History(entries, this.#salt, this.#clock.now);
  }

  #adapt(): void {
    const [windowHits, mainHits] = this.#hits;
    this.#share.adapt(windowHits >>> 0, mainHits >>> 0, this.#windowLength, this.#mainLength);
    this.#windowTarget = this.#share.of(this.#entries);
    this.#clock.startPeriod();
  }
}
