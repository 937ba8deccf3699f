/**
 * The segments that reclaim appends copies to: for each log one for what is carried to its end, and one that takes the
 * place of segments that are cleaned. Whoever holds the reclaim lock goes on in them.
 *
 *     control words   OPEN_SEGMENTS + log             carried: at the end of the order
 *                     OPEN_SEGMENTS + CLEANED + log   cleaned, or put amid the order: at the place of the first one
 *
 * A segment of reclaim's names RECLAIM_OWNER as its owner, not a thread: the death of the thread that opened it must not
 * seal it while another appends. What a thread leaves half done that dies with the lock, `repair` puts right: a segment
 * that is not in the words yet, or not any more, one that is half sealed, a copy that nobody points to.
 */
import * as moves from "../directory/moves.js";
import * as items from "../log/items.js";
import * as segments from "../log/segments.js";
import { hashWords } from "../memory/key-buffer.js";
import {
  C_SEED,
  I_KEY,
  S_LIVE,
  S_OWNER,
  S_SEQ,
  SEGMENT_HEAD_BYTES,
  SEGMENT_OPEN,
  SEGMENT_WORD_BITS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { CLEANED, OPEN_SEGMENTS, OPENS } from "./words.js";

/** No thread has this number: there are 250 at most. */
export const RECLAIM_OWNER = 0xffff;
const NONE = -1;
const NOTHING = 0;
/** Words up to which a loop is faster than copyWithin. */
const LOOP_WORDS = 64;

export class OwnSegments {
  readonly #t: TableState;

  constructor(t: TableState) {
    this.#t = t;
  }

  /** Copies an item to the end of a log; the copy's location, or 0 if there is no segment left to copy to. */
  carry(location: number, bytes: number, log: number): number {
    const segment = this.#room(log, log, bytes);
    return segment === NONE ? NOTHING : this.#append(location, bytes, segment);
  }

  /** Copies an item out of a segment that is being cleaned. A new output gets that segment's place in the order. */
  clean(location: number, bytes: number, log: number, seq: number): number {
    const before = this.#at(CLEANED + log);
    const segment = this.#room(CLEANED + log, log, bytes);
    if (segment === NONE) return NOTHING;
    if (segment !== before) this.#t.segments[(segment << SEGMENT_WORD_BITS) + S_SEQ] = seq;
    return this.#append(location, bytes, segment);
  }

  /** Closes what is open: nothing more is copied there. */
  sealAll(): void {
    for (let place = 0; place < OPENS; place++) this.#close(place);
  }

  /** After the death of a thread that held the lock. */
  repair(): void {
    const high = segments.highWater(this.#t);
    for (let segment = 0; segment < high; segment++) {
      if (segments.ownerOf(this.#t, segment) === RECLAIM_OWNER) this.#repairOne(segment);
    }
    for (let place = 0; place < OPENS; place++) {
      const segment = this.#at(place);
      if (segment !== NONE && !this.#isOpen(segment)) this.#t.control[OPEN_SEGMENTS + place] = 0;
    }
  }

  /** A place's segment, or -1. */
  #at(place: number): number {
    return this.#t.control[OPEN_SEGMENTS + place] - 1;
  }

  #isOpen(segment: number): boolean {
    return (
      segments.stateOf(this.#t, segment) === SEGMENT_OPEN &&
      segments.ownerOf(this.#t, segment) === RECLAIM_OWNER
    );
  }

  /** A place's segment with room for so many bytes, or -1. */
  #room(place: number, log: number, bytes: number): number {
    const segment = this.#at(place);
    if (segment !== NONE && segments.endOf(this.#t, segment) + bytes <= this.#t.segmentBytes) return segment;
    const fresh = segments.open(this.#t, log, 0);
    if (fresh === NONE) return NONE;
    this.#close(place);
    this.#t.segments[(fresh << SEGMENT_WORD_BITS) + S_OWNER] = RECLAIM_OWNER;
    this.#t.control[OPEN_SEGMENTS + place] = fresh + 1;
    return fresh;
  }

  #close(place: number): void {
    const segment = this.#at(place);
    if (segment === NONE) return;
    this.#t.control[OPEN_SEGMENTS + place] = 0;
    segments.seal(this.#t, segment);
  }

  #append(location: number, bytes: number, segment: number): number {
    const t = this.#t;
    const end = segments.endOf(t, segment);
    const copy = items.locationAt(t, segment, end);
    const source = items.wordsOf(t, location);
    copyWords(source, items.wordAt(location), items.wordsOf(t, copy), items.wordAt(copy), bytes >> 2);
    segments.commit(t, segment, end + bytes);
    return copy;
  }

  /** Buries a copy that was never linked, which can only be the last one, and finishes a seal. */
  #repairOne(segment: number): void {
    const t = this.#t;
    const isLive = this.#buryOrphan(segment);
    if (segments.stateOf(t, segment) !== SEGMENT_OPEN)
      t.segments[(segment << SEGMENT_WORD_BITS) + S_OWNER] = 0;
    else if (!this.#isNamed(segment)) this.#finishSeal(segment, isLive);
  }

  #isNamed(segment: number): boolean {
    for (let place = 0; place < OPENS; place++) if (this.#at(place) === segment) return true;
    return false;
  }

  /** Returns whether there is an item that is not dead. */
  #buryOrphan(segment: number): boolean {
    const t = this.#t;
    const end = segments.endOf(t, segment);
    let isLive = false;
    for (let offset = SEGMENT_HEAD_BYTES; offset < end; ) {
      const location = items.locationAt(t, segment, offset);
      const words = items.wordsOf(t, location);
      const at = items.wordAt(location);
      offset += items.itemBytes(words, at);
      if (items.isDead(words, at)) continue;
      const isLast = offset >= end;
      const hash = hashWords(words, at + I_KEY, items.keyLength(words, at), t.control[C_SEED]);
      if (!isLast || !moves.dropOrphan(t, hash, location)) isLive = true;
    }
    return isLive;
  }

  /**
   * What was appended is added to LIVE before the state says sealed. Below 0 it cannot have been, above 0 it must have
   * been; at 0 either nothing lives any more, or nothing has died.
   */
  #finishSeal(segment: number, isLive: boolean): void {
    const at = segment << SEGMENT_WORD_BITS;
    const live = Atomics.load(this.#t.segments, at + S_LIVE);
    const isAdded = live > 0 || (live === 0 && !isLive);
    segments.seal(this.#t, segment, isAdded ? 0 : segments.endOf(this.#t, segment) - SEGMENT_HEAD_BYTES);
  }
}

/** Copies words between banks, which may be the same one. */
function copyWords(source: Int32Array, from: number, target: Int32Array, to: number, count: number): void {
  if (count <= LOOP_WORDS) for (let word = 0; word < count; word++) target[to + word] = source[from + word];
  else if (source === target) target.copyWithin(to, from, from + count);
  else target.set(source.subarray(from, from + count), to);
}
