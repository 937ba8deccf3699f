/**
 * Gets memory back from segments in which much has died: overwritten, deleted, expired.
 *
 *     sealed, 60 % dead  |iiddddidddidd|  --copied-->  |iii..........|   at the same place in the order
 *
 * Greedy: the segment with the least live bytes costs the least to empty, and gives the most (Rosenblum and Ousterhout
 * 1992 for logs whose parts age alike). To the policy nothing happens: scores and counters go along, and so does the place
 * in the order. Under the reclaim lock; an item is at its old place or at its new one, whenever the thread dies.
 */
import * as items from "../log/items.js";
import * as segments from "../log/segments.js";
import {
  S_LIVE,
  S_OWNER,
  S_STATE,
  SEGMENT_HEAD_BYTES,
  SEGMENT_SEALED,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { stat } from "../threads/stats.js";
import { LookedAt } from "./item.js";
import type { Mover } from "./mover.js";
import { isEmptied, NONE } from "./order.js";
import type { TablePolicy } from "./policy.js";
import type { Slice } from "./slice.js";

const EMPTIED = stat("segmentsEvicted");
const CLEANED = stat("segmentsCleaned");

export class Cleaning {
  readonly #t: TableState;
  readonly #mover: Mover;
  readonly #item: LookedAt;
  /** Segments that could not be emptied, since `begin`: for want of room, or since somebody is just removing something there. */
  readonly #stuck = new Set<number>();

  constructor(t: TableState, policy: TablePolicy, mover: Mover) {
    this.#t = t;
    this.#mover = mover;
    this.#item = new LookedAt(t, policy);
  }

  /** What could not be emptied the last time may be by now. */
  begin(): void {
    this.#stuck.clear();
  }

  /** Frees the segments in which nothing is live; how many. */
  freeEmpty(): number {
    const high = segments.highWater(this.#t);
    let freed = 0;
    for (let segment = 0; segment < high; segment++) {
      if (isEmptied(this.#t.segments, segment << SEGMENT_WORD_BITS)) {
        segments.free(this.#t, segment);
        freed++;
      }
    }
    this.#t.own[EMPTIED] += freed;
    return freed;
  }

  /** Dead bytes to all bytes, of sealed segments. */
  deadShare(): number {
    const high = segments.highWater(this.#t);
    let dead = 0;
    let sealed = 0;
    for (let segment = 0; segment < high; segment++) {
      if (!this.#isSealed(segment)) continue;
      sealed++;
      if (this.#isCleanable(segment)) dead += this.#appendedTo(segment) - this.#liveOf(segment);
    }
    return dead / Math.max(1, sealed * this.#t.segmentBytes);
  }

  /** The sealed segment with the least live bytes, if those are at most `share` of it; or -1. */
  cheapest(share: number): number {
    const high = segments.highWater(this.#t);
    let cheapest = NONE;
    let least = this.#t.segmentBytes * share;
    for (let segment = 0; segment < high; segment++) {
      if (!this.#isCleanable(segment) || this.#liveOf(segment) > least || this.#stuck.has(segment)) continue;
      cheapest = segment;
      least = this.#liveOf(segment);
    }
    return cheapest;
  }

  /** Copies what is live to elsewhere and frees the segment; false if the slice was over before, or something has to stay. */
  clean(segment: number, slice: Slice): boolean {
    const t = this.#t;
    const end = segments.endOf(t, segment);
    const seq = segments.seqOf(t, segment);
    for (let offset = SEGMENT_HEAD_BYTES; offset < end; ) {
      const location = items.locationAt(t, segment, offset);
      const words = items.wordsOf(t, location);
      const at = items.wordAt(location);
      offset += items.itemBytes(words, at);
      if (items.isDead(words, at) || !this.#item.look(location)) continue;
      if (slice.isOver()) return false;
      if (!this.#mover.clean(this.#item, seq)) break;
    }
    if (this.#liveOf(segment) !== 0) {
      this.#stuck.add(segment);
      return false;
    }
    segments.free(t, segment);
    t.own[CLEANED]++;
    return true;
  }

  /** Sealed, and its owner is done with it. */
  #isSealed(segment: number): boolean {
    const at = segment << SEGMENT_WORD_BITS;
    return this.#t.segments[at + S_STATE] === SEGMENT_SEALED && this.#t.segments[at + S_OWNER] === 0;
  }

  /** Sealed, with something dead beside something live: so not that of a long item, which is either. */
  #isCleanable(segment: number): boolean {
    return (
      this.#isSealed(segment) &&
      segments.nextOf(this.#t, segment) < 0 &&
      this.#liveOf(segment) < this.#appendedTo(segment)
    );
  }

  #appendedTo(segment: number): number {
    return segments.endOf(this.#t, segment) - SEGMENT_HEAD_BYTES;
  }

  #liveOf(segment: number): number {
    return this.#t.segments[(segment << SEGMENT_WORD_BITS) + S_LIVE];
  }
}
