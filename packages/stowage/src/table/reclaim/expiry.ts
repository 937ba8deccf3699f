/**
 * Gives back what has expired, without being read and without going through everything.
 *
 * Each segment knows the earliest deadline in it (EARLIEST). Once that has passed the segment is visited: what has expired
 * leaves, and EARLIEST becomes the earliest of what is left. Where deadlines are many and scattered it would always have
 * passed again; so a segment is visited once per janitor's interval at most, and per an eighth of its age: entries that
 * live for an hour may outstay it by some minutes, unseen, and cost a visit of their segment every so often.
 *
 * A visit goes on over several slices. While it lasts its segment's EARLIEST is set anew by whoever sets a deadline, so
 * that none is missed; the word VISITED says so, and whoever finds a visit that nobody will end makes its segment due.
 */
import * as items from "../log/items.js";
import * as segments from "../log/segments.js";
import {
  DEADLINE_UNIT_MS,
  S_EARLIEST,
  S_STATE,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_WORD_BITS,
  SF_NEXT_VISIT,
  SF_OPENED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { deadlineAt, LookedAt } from "./item.js";
import type { Mover } from "./mover.js";
import { NONE } from "./order.js";
import type { TablePolicy } from "./policy.js";
import type { Slice } from "./slice.js";
import { VISITED } from "./words.js";

/** Of its age, how long a segment is left alone. */
const AGE_SHARE = 1 / 8;

export class Expiry {
  readonly #t: TableState;
  readonly #mover: Mover;
  readonly #item: LookedAt;
  /** The visit under way: its segment, the segment's generation, how far it got, the earliest deadline that stays. */
  #segment = NONE;
  #generation = 0;
  #offset = 0;
  #earliest = 0;
  /** Where the search for due segments goes on. */
  #next = 0;

  constructor(t: TableState, policy: TablePolicy, mover: Mover) {
    this.#t = t;
    this.#mover = mover;
    this.#item = new LookedAt(t, policy);
  }

  /** Visits what is due until the slice is over; true when nothing is left. `intervalMs` 0: whatever has expired leaves. */
  run(slice: Slice, intervalMs: number): boolean {
    this.#abandonLost();
    const high = segments.highWater(this.#t);
    for (let looked = 0; looked <= high; ) {
      if (this.#segment === NONE) {
        looked++;
        this.#next = this.#next + 1 < high ? this.#next + 1 : 0;
        if (!this.#isDue(this.#next, slice.nowMs, intervalMs)) continue;
        this.#begin(this.#next);
      }
      if (!this.#goOn(slice)) return false;
      this.#finish(slice.nowMs, intervalMs);
    }
    return true;
  }

  /** A visit that another thread began, and does not go on with while this one has the lock; or one whose segment is gone. */
  #abandonLost(): void {
    const { control } = this.#t;
    const visited = control[VISITED] - 1;
    const isOurs =
      this.#segment !== NONE &&
      visited === this.#segment &&
      segments.generationOf(this.#t, visited) === this.#generation &&
      segments.stateOf(this.#t, visited) !== SEGMENT_FREE;
    if (isOurs) return;
    this.#segment = NONE;
    if (visited === NONE) return;
    segments.noteDeadline(this.#t, visited, 0);
    control[VISITED] = 0;
  }

  #isDue(segment: number, nowMs: number, intervalMs: number): boolean {
    const t = this.#t;
    const at = segment << SEGMENT_WORD_BITS;
    const earliest = t.segments[at + S_EARLIEST];
    // EARLIEST is rounded down. The janitor waits until somebody's time is over for certain, or it would come twice.
    const units = intervalMs === 0 ? earliest : earliest + 1;
    if (earliest === 0 || units * DEADLINE_UNIT_MS > nowMs) return false;
    const state = t.segments[at + S_STATE];
    if (state === SEGMENT_FREE || state === SEGMENT_CHAINED) return false;
    return intervalMs === 0 || t.segmentDoubles[(at >> 1) + SF_NEXT_VISIT] <= nowMs;
  }

  #begin(segment: number): void {
    const { control, segments: words } = this.#t;
    this.#segment = segment;
    this.#generation = segments.generationOf(this.#t, segment);
    this.#offset = SEGMENT_HEAD_BYTES;
    this.#earliest = Number.POSITIVE_INFINITY;
    control[VISITED] = segment + 1;
    Atomics.store(words, (segment << SEGMENT_WORD_BITS) + S_EARLIEST, 0);
  }

  /** Looks at items until the segment's end; false when the slice is over before. */
  #goOn(slice: Slice): boolean {
    const t = this.#t;
    const segment = this.#segment;
    while (this.#offset < segments.endOf(t, segment)) {
      if (slice.isOver()) return false;
      const location = items.locationAt(t, segment, this.#offset);
      const words = items.wordsOf(t, location);
      const at = items.wordAt(location);
      if (items.isTimed(words, at) && !items.isDead(words, at)) this.#judge(location, words, at, slice.nowMs);
      if (items.isJumbo(words, at)) break;
      this.#offset += items.itemBytes(words, at);
    }
    return true;
  }

  /** What should go and is still being written, or was given more time just now, makes for one more visit. */
  #judge(location: number, words: Int32Array, at: number, nowMs: number): void {
    const deadline = deadlineAt(this.#t, location, words, at);
    if (deadline <= nowMs && this.#item.look(location)) {
      this.#item.takeScore();
      if (this.#mover.expire(this.#item)) return;
    }
    if (deadline < this.#earliest && !items.isDead(words, at)) this.#earliest = deadline;
  }

  #finish(nowMs: number, intervalMs: number): void {
    const t = this.#t;
    const at = (this.#segment << SEGMENT_WORD_BITS) >> 1;
    const age = nowMs - t.segmentDoubles[at + SF_OPENED];
    t.segmentDoubles[at + SF_NEXT_VISIT] = nowMs + Math.max(intervalMs, age * AGE_SHARE);
    segments.noteDeadline(t, this.#segment, this.#earliest);
    t.control[VISITED] = 0;
    this.#segment = NONE;
  }
}
