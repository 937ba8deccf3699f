/**
 * Chooses what goes: lazy W-TinyLFU over the two logs. The idea, and why it is so, stand in cache/policy/tiny-lfu.ts; what
 * is different here is that an entry which stays is copied to the end of its log, so that what was passed is all dead and
 * its segment free.
 *
 *     new --> window's log -- oldest, not read --> contest -- wins --> main's log, main's oldest goes
 *               ^ read: `-- copied --'                `-- loses -> gone      ^ read: `-- copied --'
 *
 * An entry that expired goes first when it comes by. Called only under the reclaim lock; between any two instructions the
 * thread may die. Each step is one change of one slot: an entry is here, or there, or gone, and whoever goes on finds the
 * oldest item of each log where CURSOR says.
 */

import { ageOf } from "../../cache/policy/tiny-lfu/decayed-score.js";
import { EXAMINED_MAX, OVERSIZED } from "../../cache/policy/tiny-lfu.js";
import { isExpiredAt, isGoneAt } from "../log/gone.js";
import * as segments from "../log/segments.js";
import {
  C_SEQ_WINDOW,
  LOG_MAIN,
  LOG_WINDOW,
  S_LOG,
  SEGMENT_FREE,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { stat } from "../threads/stats.js";
import { LookedAt } from "./item.js";
import type { LiveBytes } from "./live-bytes.js";
import type { Mover } from "./mover.js";
import { LogOrder, NOTHING } from "./order.js";
import type { TablePolicy } from "./policy.js";

/**
 * One winner in four takes a place amid main's order, not at its end. In process main's order is that of slots, which mixes
 * old and new a little; an order that is strict runs in step with traffic that goes to and fro (`lirs-zigzag`: up to 3
 * points of hit ratio at half its keys).
 */
const LOT_SHIFT = 30;
/** So many entries in the window and none in main do not come about by eviction. */
const FILLED_MIN = 8;
const EXAMINED = stat("entriesExamined");

/** What looking for an entry that may go, or letting one go, came to. */
const FOUND = 0;
/** There is none. */
export const NOBODY = 1;
/** An entry went: there is room. */
export const GONE = 2;
/** It was changed at that very moment. */
export const RETRY = 3;

export class Eviction {
  readonly #t: TableState;
  readonly #policy: TablePolicy;
  readonly #live: LiveBytes;
  readonly #mover: Mover;
  readonly #window: LogOrder;
  readonly #main: LogOrder;
  readonly #candidate: LookedAt;
  readonly #victim: LookedAt;

  constructor(t: TableState, policy: TablePolicy, live: LiveBytes, mover: Mover) {
    this.#t = t;
    this.#policy = policy;
    this.#live = live;
    this.#mover = mover;
    this.#window = new LogOrder(t, LOG_WINDOW);
    this.#main = new LogOrder(t, LOG_MAIN);
    this.#candidate = new LookedAt(t, policy);
    this.#victim = new LookedAt(t, policy);
  }

  /** Makes one entry go: GONE, NOBODY or RETRY. `live` has been measured. */
  evictOne(): number {
    if (!this.#policy.settled || this.#isFilledAnew()) this.#settle();
    const { windowEntries, mainEntries } = this.#live;
    this.#policy.advance(windowEntries, mainEntries);
    const target = this.#policy.windowTarget(windowEntries + mainEntries);
    if (windowEntries < target) {
      const outcome = this.#evictMain();
      if (outcome !== NOBODY) return outcome;
    }
    if (windowEntries > target * OVERSIZED) {
      const found = this.#findCandidate();
      if (found === GONE) return GONE;
      if (found === FOUND) this.#admit(this.#candidate);
    }
    return this.#contest();
  }

  /** The window's oldest against main's. */
  #contest(): number {
    const candidate = this.#findCandidate();
    if (candidate === GONE) return GONE;
    if (candidate === NOBODY) return this.#evictMain();
    const victim = this.#findVictim();
    if (victim === GONE) return GONE;
    const now = this.#policy.now;
    if (victim === NOBODY || ageOf(this.#candidate.score, now) >= ageOf(this.#victim.score, now)) {
      return this.#evict(this.#candidate);
    }
    // The victim first: a candidate that finds no room to be copied to is still in the window then.
    const outcome = this.#evict(this.#victim);
    this.#admit(this.#candidate);
    return outcome;
  }

  #evictMain(): number {
    const found = this.#findVictim();
    return found === FOUND ? this.#evict(this.#victim) : found;
  }

  #evict(item: LookedAt): number {
    return this.#mover.evict(item) ? GONE : RETRY;
  }

  /** The window's oldest entry that was not read; those that were go round again, those at home in main go there. */
  #findCandidate(): number {
    const item = this.#candidate;
    for (let examined = 0; ; examined++) {
      const found = this.#look(this.#window, item);
      if (found !== FOUND) return found;
      const goesOn = item.reads > 0 || item.isHome;
      if (!goesOn || examined >= EXAMINED_MAX) return FOUND;
      item.pour();
      const isMoved = item.isHome ? this.#mover.admit(item) : this.#mover.carry(item, LOG_WINDOW);
      if (!isMoved) return FOUND;
    }
  }

  /** Main's oldest entry that was not read since it came to the end of its log. */
  #findVictim(): number {
    const item = this.#victim;
    for (let examined = 0; ; examined++) {
      const found = this.#look(this.#main, item);
      if (found !== FOUND || item.reads === 0 || examined >= EXAMINED_MAX) return found;
      item.pour();
      if (!this.#mover.carry(item, LOG_MAIN)) return FOUND;
    }
  }

  /** Into main, with a place by lot; the lot is another one as the policy's time goes on. */
  #admit(item: LookedAt): boolean {
    const lot = Math.imul(item.hash + this.#policy.now, 0x9e3779b1);
    return lot >>> LOT_SHIFT === 0
      ? this.#mover.admitAmid(item, this.#main.amid(lot << 2))
      : this.#mover.admit(item);
  }

  /** Looks at the oldest entry of a log. One that expired, or whose tag was invalidated, goes. */
  #look(order: LogOrder, item: LookedAt): number {
    for (;;) {
      const location = order.oldest();
      if (location === NOTHING) return NOBODY;
      this.#t.own[EXAMINED]++;
      if (!item.look(location)) {
        order.pass(location);
        continue;
      }
      item.takeScore();
      if (!isGoneAt(this.#t, location)) return FOUND;
      const isOut = isExpiredAt(this.#t, location) ? this.#mover.expire(item) : this.#mover.evict(item);
      if (isOut) return GONE;
    }
  }

  /** Whether main is empty, as after a clear. */
  #isFilledAnew(): boolean {
    return this.#live.mainEntries === 0 && this.#live.windowEntries >= FILLED_MIN;
  }

  /** For the first time something has to go: what is there becomes main. Threads then open new segments for the window. */
  #settle(): void {
    const high = segments.highWater(this.#t);
    this.#mover.sealOwn();
    // Main's order goes on behind the places that they have.
    this.#t.control[C_SEQ_WINDOW + LOG_MAIN] = this.#t.control[C_SEQ_WINDOW];
    for (let segment = 0; segment < high; segment++) {
      if (segments.stateOf(this.#t, segment) === SEGMENT_FREE) continue;
      this.#t.segments[(segment << SEGMENT_WORD_BITS) + S_LOG] = LOG_MAIN;
    }
    this.#policy.settle();
    this.#live.settle();
    this.#window.forget();
    this.#main.forget();
  }
}
