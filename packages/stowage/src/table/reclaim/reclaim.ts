/**
 * Memory and places come back: what the rest of the table calls when it needs room, and what the janitor does meanwhile.
 *
 *     a segment is wanted    free what is empty -> let go what has expired -> clean, if much is dead -> else evict, and again
 *     an entry is over max   evict one, or some at a time where there are many entries
 *     the janitor            expired entries leave; what is mostly dead is cleaned; dead threads are taken over from
 *
 * All under one lock. Its holder may die at any instruction: the next one finds the word BUSY set and puts the few things
 * right that can be half done (own-segments.ts, expiry.ts).
 */
import { TableFullError } from "../../base/errors.js";
import { WORK_AHEAD_PARTS } from "../log/append.js";
import * as segments from "../log/segments.js";
import { C_RESERVED, LOCK_RECLAIM } from "../memory/layout.js";
import type { Reclaim, TableState } from "../state.js";
import { lockNamed, tryLockNamed, unlockNamed } from "../threads/locks.js";
import { EXPIRATIONS, stat } from "../threads/stats.js";
import { reapAll } from "../threads/takeover.js";
import { Cleaning } from "./cleaning.js";
import { Eviction, NOBODY, RETRY } from "./eviction.js";
import { Expiry } from "./expiry.js";
import { Janitor } from "./janitor.js";
import { LiveBytes } from "./live-bytes.js";
import { Mover } from "./mover.js";
import { NONE } from "./order.js";
import { OwnSegments } from "./own-segments.js";
import { TablePolicy } from "./policy.js";
import { Slice } from "./slice.js";
import { verifyReclaim } from "./verify.js";
import { BUSY } from "./words.js";

/**
 * Of sealed segments' bytes, how much may be dead before cleaning comes before eviction. Emptying a segment copies what is
 * live in it; with 15 % dead on average the best one has some 30.
 */
const DEAD_MAX = 0.15;
/** A segment with more live bytes is not worth cleaning: it would be copied whole for next to nothing. */
const CLEANABLE = 0.95;
/** The janitor cleans what is less than half live. */
const MOSTLY_DEAD = 0.5;
/** Evicted at a time when segments are wanted: then it is looked again whether one has become empty. */
const EVICTED_OF_SEGMENT = 1 / 8;
/** Evicted at a time at `max`: one of so many entries, so that writers do not queue for the lock. */
const ENTRIES_TO_A_BATCH = 1_024;
const BATCH_MAX = 64;
const SLICE_MS = 2;
/** Free segments beyond those that reclaim keeps to itself, which working ahead sees to. */
const AHEAD = 2;
/** More than what was written meanwhile, since what goes may leave no segment empty for a while. */
const AHEAD_OF_SEGMENT = 2 / WORK_AHEAD_PARTS;
const AHEAD_MS = 0.5;
/** Where segments are wanted and no janitor comes by, those with expired entries are visited so often. */
const VISITS_MS = 1_000;
/** When the janitor's slice is over and there is more, or the lock is taken. */
const SOON_MS = 1;
/** Entries that are changed at the very moment when they should go, one after the other: then somebody is too busy. */
const RETRIES_MAX = 1_000;
/** How long, and how often, somebody who can be evicted is waited for; how often dead threads are looked for meanwhile. */
const NAP_MS = 0.1;
const NAPS_MAX = 2_000;
const NAPS_TO_A_LOOK = 100;
const JANITOR_RUNS = stat("janitorRuns");

export class TableReclaim implements Reclaim {
  readonly #t: TableState;
  readonly #live: LiveBytes;
  readonly #own: OwnSegments;
  readonly #eviction: Eviction;
  readonly #cleaning: Cleaning;
  readonly #expiry: Expiry;
  readonly #janitor: Janitor;
  #everyMs = 0;

  /** The state must be complete; `parts.policy` is the history's memory. */
  constructor(t: TableState) {
    const policy = new TablePolicy(t, new Int32Array(t.parts.policy));
    const live = new LiveBytes(t);
    const own = new OwnSegments(t);
    const mover = new Mover(t, policy, live, own);
    this.#t = t;
    this.#live = live;
    this.#own = own;
    this.#eviction = new Eviction(t, policy, live, mover);
    this.#cleaning = new Cleaning(t, policy, mover);
    this.#expiry = new Expiry(t, policy, mover);
    this.#janitor = new Janitor(t, () => this.janitorTick());
  }

  freeSegments(count: number): void {
    this.#locked(() => {
      if (this.#hasFree(count)) return;
      this.#expiry.run(new Slice(this.#t, SLICE_MS), VISITS_MS);
      while (!this.#hasFree(count)) {
        if (this.#clean() || this.#makeBytes(EVICTED_OF_SEGMENT)) continue;
        this.#own.sealAll();
        if (!this.#hasFree(count)) throw new TableFullError("there is no segment left for more items");
      }
    });
  }

  workAhead(): void {
    const t = this.#t;
    const wanted = segments.RECLAIM_RESERVE + AHEAD;
    if (!t.evicts || segments.freeCount(t) >= wanted || !tryLockNamed(t, LOCK_RECLAIM)) return;
    this.#holding(() => {
      if (this.#hasFree(wanted)) return;
      if (this.#cleaning.deadShare() <= DEAD_MAX) this.#makeBytes(AHEAD_OF_SEGMENT);
      else this.#cleanAnything(new Slice(t, AHEAD_MS));
    });
  }

  /** `pending`: bytes of the item that the caller has appended and waits to link. */
  makeEntryRoom(pending = 0): void {
    this.#locked(() => {
      const { control, entriesMax } = this.#t;
      if (control[C_RESERVED] < entriesMax) return;
      const batch = Math.max(1, Math.min(BATCH_MAX, Math.floor(entriesMax / ENTRIES_TO_A_BATCH)));
      const isDone = this.#t.evicts ? this.#evictPatiently(batch, pending) : this.#expireAll() > 0;
      if (!isDone && control[C_RESERVED] >= entriesMax)
        throw new TableFullError(`it holds ${entriesMax} entries`);
    });
  }

  evict(count: number): number {
    let gone = 0;
    this.#locked(() => {
      gone = this.#evictSome(count, 0);
    });
    return gone;
  }

  purge(): number {
    let gone = 0;
    this.#locked(() => {
      gone = this.#expireAll();
    });
    return gone;
  }

  janitorTick(): number {
    const t = this.#t;
    reapAll(t);
    if (!tryLockNamed(t, LOCK_RECLAIM)) return SOON_MS;
    let isDone = false;
    this.#holding(() => {
      isDone = this.#tidy(new Slice(t, SLICE_MS));
    });
    t.own[JANITOR_RUNS]++;
    return isDone ? this.#everyMs : SOON_MS;
  }

  start(janitorMs: number): void {
    this.#everyMs = janitorMs;
    this.#janitor.start(janitorMs);
  }

  close(): void {
    this.#janitor.close();
  }

  verify(): void {
    this.#locked(() => verifyReclaim(this.#t));
  }

  /** Whether so many segments are free, once those are freed that are empty. */
  #hasFree(count: number): boolean {
    this.#cleaning.freeEmpty();
    return segments.freeCount(this.#t) >= count;
  }

  /** What the janitor does; false when the slice is over before all is done. */
  #tidy(slice: Slice): boolean {
    if (!this.#expiry.run(slice, this.#everyMs)) return false;
    this.#cleaning.freeEmpty();
    for (;;) {
      const segment = this.#cleaning.cheapest(MOSTLY_DEAD);
      if (segment === NONE) return true;
      if (!this.#cleaning.clean(segment, slice) && slice.over) return false;
    }
  }

  /** Empties the segment that costs least, if much is dead. */
  #clean(): boolean {
    return this.#cleaning.deadShare() > DEAD_MAX && this.#cleanAnything(Slice.endless(this.#t));
  }

  #cleanAnything(slice: Slice): boolean {
    while (!slice.over) {
      const segment = this.#cleaning.cheapest(CLEANABLE);
      if (segment === NONE) return false;
      if (this.#cleaning.clean(segment, slice)) return true;
    }
    return false;
  }

  /** So much of a segment's bytes goes; false if nothing is left that could, or may. */
  #makeBytes(ofSegment: number): boolean {
    const t = this.#t;
    // Where nothing may be evicted, every dead byte counts.
    if (!t.evicts) return this.#expireAll() > 0 || this.#cleanAnything(Slice.endless(t));
    this.#live.measure(0);
    const goal = this.#live.bytes - t.segmentBytes * ofSegment;
    let gone = 0;
    while (this.#live.bytes > goal && this.#evictOne()) gone++;
    return gone > 0;
  }

  /**
   * In a small table all places may be granted to entries that other threads are just linking or taking out: nobody can be
   * evicted at that moment, and soon there is a place or somebody who can. Unless the thread died: then it is taken over from.
   */
  #evictPatiently(count: number, pending: number): boolean {
    const { control, entriesMax } = this.#t;
    for (let naps = 0; naps < NAPS_MAX; naps++) {
      if (this.#evictSome(count, pending) > 0 || control[C_RESERVED] < entriesMax) return true;
      if (naps % NAPS_TO_A_LOOK === 0) reapAll(this.#t);
      Atomics.wait(control, C_RESERVED, Atomics.load(control, C_RESERVED), NAP_MS);
    }
    return false;
  }

  #evictSome(count: number, pending: number): number {
    this.#live.measure(pending);
    let gone = 0;
    while (gone < count && this.#evictOne()) gone++;
    return gone;
  }

  #evictOne(): boolean {
    for (let tries = 0; tries < RETRIES_MAX; tries++) {
      const outcome = this.#eviction.evictOne();
      if (outcome !== RETRY) return outcome !== NOBODY;
    }
    return false;
  }

  #expireAll(): number {
    const before = this.#t.own[EXPIRATIONS];
    this.#expiry.run(Slice.endless(this.#t), 0);
    return this.#t.own[EXPIRATIONS] - before;
  }

  #locked(work: () => void): void {
    lockNamed(this.#t, LOCK_RECLAIM);
    this.#holding(work);
  }

  /** The word BUSY stays set if the work is not brought to its end. */
  #holding(work: () => void): void {
    const { control } = this.#t;
    try {
      if (control[BUSY] !== 0) this.#own.repair();
      control[BUSY] = 1;
      this.#cleaning.begin();
      work();
      control[BUSY] = 0;
    } finally {
      unlockNamed(this.#t, LOCK_RECLAIM);
    }
  }
}
