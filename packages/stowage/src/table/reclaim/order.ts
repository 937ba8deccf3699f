/**
 * The order of a log: which item is the oldest, that was not looked at since it came to its log's end.
 *
 *     SEQ     7 sealed          9 sealed            12 open              13 open (another thread's)
 *         |ddddddd|iiii|    |iiiiiiiiiiii|    |iiiiii|..........|    |iii|.............|
 *                 ^CURSOR                            ^END
 *
 * A log is its segments in the order of SEQ, looked through from the lowest on. What CURSOR has passed is dead: each item
 * that was looked at was evicted, or carried, which means copied to an end of its log.
 *
 * Several threads append at a time, and a small table stands in a single segment that is never full. So a segment that is
 * still open is looked through in turns: a turn ends where the segment's END was when it began, and the segment goes to the
 * end of the order, where it waits for its next turn while the others have theirs. What a thread writes is thus looked at
 * after what was there before, whoever writes how fast.
 *
 * Invariant: a segment is freed only if sealed by its owner, with no live bytes, under the reclaim lock.
 */
import * as items from "../log/items.js";
import * as segments from "../log/segments.js";
import {
  C_SEQ_WINDOW,
  S_CURSOR,
  S_LIVE,
  S_LOG,
  S_OWNER,
  S_SEQ,
  S_STATE,
  S_TURN_END,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  SEGMENT_SEALED,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { stat } from "../threads/stats.js";

/** No segment, no item. */
export const NONE = -1;
export const NOTHING = 0;

const EMPTIED = stat("segmentsEvicted");

export class LogOrder {
  readonly #t: TableState;
  readonly log: number;
  /** Where the last look was; still the tail as long as its words say so. */
  #tail = NONE;
  #tailSeq = 0;

  constructor(t: TableState, log: number) {
    this.#t = t;
    this.log = log;
  }

  /** The location of the oldest item; NOTHING when there is none, or what there is is still being written. */
  oldest(): number {
    // A turn without an item: one for each thread's open segment, and reclaim's.
    for (let turns = this.#t.threads + 8; turns > 0; turns--) {
      const segment = this.#segment();
      if (segment === NONE) return NOTHING;
      const location = this.#next(segment);
      if (location !== NOTHING) return location;
      this.#endTurn(segment);
    }
    return NOTHING;
  }

  /** A place between the tail and the end, by 32 bits of a lot. */
  amid(lot: number): number {
    const tail = this.#segment();
    const end = this.#t.control[C_SEQ_WINDOW + this.log];
    if (tail === NONE) return end;
    const length = (end - this.#tailSeq) | 0;
    return (this.#tailSeq + Math.trunc((length * (lot >>> 0)) / 2 ** 32)) | 0;
  }

  /** Goes past an item that turned out not to be linked. */
  pass(location: number): void {
    const t = this.#t;
    const segment = items.segmentOf(t, location);
    const words = items.wordsOf(t, location);
    const at = items.wordAt(location);
    t.segments[(segment << SEGMENT_WORD_BITS) + S_CURSOR] = items.isJumbo(words, at)
      ? segments.endOf(t, segment)
      : items.offsetInSegment(t, location) + items.itemBytes(words, at);
  }

  /** Forgets where the tail was. */
  forget(): void {
    this.#tail = NONE;
  }

  #segment(): number {
    const tail = this.#tail;
    if (tail !== NONE && segments.seqOf(this.#t, tail) === this.#tailSeq) {
      if (this.#hasMore(tail)) return tail;
      this.#freeIfEmpty(tail);
    }
    this.#tail = this.#lowest();
    if (this.#tail !== NONE) this.#tailSeq = segments.seqOf(this.#t, this.#tail);
    return this.#tail;
  }

  /** At once, so that a table of few entries goes on in few segments, whatever its memory. */
  #freeIfEmpty(segment: number): void {
    const words = this.#t.segments;
    const at = segment << SEGMENT_WORD_BITS;
    if (words[at + S_LOG] !== this.log || !isEmptied(words, at)) return;
    segments.free(this.#t, segment);
    this.#t.own[EMPTIED]++;
  }

  #lowest(): number {
    const high = segments.highWater(this.#t);
    let lowest = NONE;
    let lowestSeq = 0;
    for (let segment = 0; segment < high; segment++) {
      if (!this.#hasMore(segment)) continue;
      const seq = segments.seqOf(this.#t, segment);
      // By difference, since SEQ wraps.
      if (lowest !== NONE && ((seq - lowestSeq) | 0) >= 0) continue;
      lowest = segment;
      lowestSeq = seq;
    }
    return lowest;
  }

  /** Whether it is of this log and has live bytes that were not looked at. */
  #hasMore(segment: number): boolean {
    const words = this.#t.segments;
    const at = segment << SEGMENT_WORD_BITS;
    if (words[at + S_LOG] !== this.log) return false;
    const state = words[at + S_STATE];
    if (state === SEGMENT_SEALED) return words[at + S_OWNER] === 0 && words[at + S_LIVE] > 0;
    return state === SEGMENT_OPEN && cursorOf(this.#t, segment) < segments.endOf(this.#t, segment);
  }

  /** The segment's next item in this turn. CURSOR stands at it. */
  #next(segment: number): number {
    const t = this.#t;
    const end = this.#turnEnd(segment);
    const isOpen = segments.stateOf(t, segment) === SEGMENT_OPEN;
    let offset = cursorOf(t, segment);
    const start = offset;
    let found = NOTHING;
    while (offset < end) {
      const location = items.locationAt(t, segment, offset);
      const words = items.wordsOf(t, location);
      const at = items.wordAt(location);
      const isDead = items.isDead(words, at);
      // Not linked yet, or its writer died. In a sealed segment it can only be the latter.
      const isPending = !isDead && items.versionOf(words, at) === 0;
      if (isPending && isOpen) break;
      if (!isDead && !isPending) {
        found = location;
        break;
      }
      offset = items.isJumbo(words, at) ? end : offset + items.itemBytes(words, at);
    }
    if (offset !== start) t.segments[(segment << SEGMENT_WORD_BITS) + S_CURSOR] = offset;
    return found;
  }

  #turnEnd(segment: number): number {
    const words = this.#t.segments;
    const at = (segment << SEGMENT_WORD_BITS) + S_TURN_END;
    if (words[at] === 0) words[at] = segments.endOf(this.#t, segment);
    return words[at];
  }

  /**
   * An open segment goes to the end of the order. One that was sealed meanwhile goes on, for what comes after it is newer;
   * what is left live in it at its end was linked after it had been passed, and gets another look.
   */
  #endTurn(segment: number): void {
    const words = this.#t.segments;
    const at = segment << SEGMENT_WORD_BITS;
    words[at + S_TURN_END] = 0;
    if (words[at + S_STATE] === SEGMENT_SEALED) {
      if (cursorOf(this.#t, segment) < segments.endOf(this.#t, segment)) return;
      words[at + S_CURSOR] = 0;
    }
    words[at + S_SEQ] = segments.nextSeq(this.#t, this.log);
    this.forget();
  }
}

/** Whether a segment is sealed, its owner done with it, and nothing in it live. `at`: its first word. */
export function isEmptied(words: Int32Array, at: number): boolean {
  return words[at + S_STATE] === SEGMENT_SEALED && words[at + S_OWNER] === 0 && words[at + S_LIVE] === 0;
}

/** How far reclaim has looked, in bytes from the segment's start. */
export function cursorOf(t: TableState, segment: number): number {
  return t.segments[(segment << SEGMENT_WORD_BITS) + S_CURSOR] || SEGMENT_HEAD_BYTES;
}
