/**
 * Tags: invalidating one costs the same however many items bear it.
 *
 * A tagged item carries the hashes of its tags and the number of the last invalidation when it was written. An
 * invalidation takes the next number and notes it for the tag here. An item is invalid when one of its tags has a higher
 * number than it. The table of tags is fixed in size: sets of seven; the tag that was invalidated longest ago leaves a full
 * set, and raises the set's floor to its number. A tag that is not in its set counts as invalidated at the floor: some
 * items may go that need not have, none stays that must go.
 *
 *     word 0-1   SEQUENCE   number of the last invalidation (double)
 *          2     FENCE      added to between steps
 *          32    sets of 32 words:  0-1  floor (double)    2-3  unused
 *                                   4..  seven times: both hashes, number (double)
 *
 * Readers take no lock. What they may meet is a set in the middle of a change, and every state on the way is one that
 * makes too much invalid rather than too little: the floor is raised before a tag leaves, the number is there before the
 * new tag's hash. That is also why a thread may die there: nothing needs repair.
 *
 * Invariant: SEQUENCE is raised last. An item that was written with the new number was begun after the invalidation; one
 * that raced with it has the old number, and is invalid.
 *
 * Doubles are read and written plain: V8 moves aligned ones in one piece on the 64-bit systems that Node runs on.
 * The hashes' seed is fixed, unlike that of keys, since they must mean the same after a restart (snapshot/). Whoever makes
 * up colliding tags gains a few misses, nothing else.
 */
import { assert } from "../base/assert.js";
import { InvalidArgumentError } from "../base/errors.js";
import { KeyBuffer } from "./memory/key-buffer.js";
import { TAGS_MAX } from "./memory/layout.js";

/** Held for a few stores; taken over from a dead owner as it is. */
export interface TagLock {
  acquire(): void;
  release(): void;
}

const FENCE = 2;
const SETS_AT = 32;
const SET_WORDS = 32;
const FIRST = 4;
const ENTRY_WORDS = 4;
const SEED = 0x7461_6773;
/** A program has few different tags at a time; one that makes them up as it goes must not grow the memo without end. */
const MEMO_MAX = 1_024;
/** There, loads are not taken out of order; elsewhere an atomic load keeps those behind it behind it. */
const loadsInOrder = process.arch === "x64";

/** Bytes of the table of tags: a 1024th of the memory, from 56 tags to half a million. */
export function tagTableBytes(memory: number): number {
  const sets = 2 ** Math.floor(Math.log2(Math.max(8, Math.min(memory / 1_024 / (SET_WORDS * 4), 2 ** 16))));
  return (SETS_AT + sets * SET_WORDS) * 4;
}

export class TagTable {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #setMask: number;
  readonly #lock: TagLock;

  /** Over a buffer of `tagTableBytes`, zeroed when the table is made. */
  constructor(buffer: SharedArrayBuffer, lock: TagLock) {
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.#setMask = (this.#words.length - SETS_AT) / SET_WORDS - 1;
    this.#lock = lock;
  }

  /** What an item carries that is being written; to be read when the call begins, before anything else. */
  get sequence(): number {
    return this.#doubles[0];
  }

  /** Whether one of the tags, two words each from `at` on, was invalidated after that number. */
  isInvalid(sequence: number, words: Int32Array, at: number, count: number): boolean {
    if (sequence === this.#doubles[0]) return false;
    // A reader without a lock may have read anything for a count; he will find out, but he must get there.
    const end = at + Math.min(count, TAGS_MAX) * 2;
    for (let i = at; i < end; i += 2) {
      if (this.#invalidatedAt(words[i], words[i + 1]) > sequence) return true;
    }
    return false;
  }

  invalidatedSince(hashes: Int32Array, sequence: number): boolean {
    return this.isInvalid(sequence, hashes, 0, hashes.length / 2);
  }

  /** All items that bear the tag and were written before this call are invalid when it returns. */
  invalidate(lo: number, hi: number): void {
    this.#lock.acquire();
    const number = this.#doubles[0] + 1;
    const set = this.#setOf(lo);
    const entry = this.#find(set, lo, hi);
    if (entry !== 0) this.#doubles[(entry >> 1) + 1] = number;
    else this.#replaceOldest(set, lo, hi, number);
    this.#fence();
    this.#doubles[0] = number;
    this.#lock.release();
  }

  verify(): void {
    const seen = new Set<string>();
    for (let set = SETS_AT; set < this.#words.length; set += SET_WORDS) {
      const floor = this.#doubles[set >> 1];
      assert(floor <= this.sequence, "tags: a floor is above the sequence");
      for (let entry = set + FIRST; entry < set + SET_WORDS; entry += ENTRY_WORDS) {
        const number = this.#doubles[(entry >> 1) + 1];
        if (number === 0) continue;
        assert(number <= this.sequence + 1, "tags: a number is above the sequence");
        assert(this.#setOf(this.#words[entry]) === set, "tags: a tag stands in another one's set");
        const name = `${this.#words[entry]},${this.#words[entry + 1]}`;
        assert(!seen.has(name), "tags: a tag stands there twice");
        seen.add(name);
      }
    }
  }

  #invalidatedAt(lo: number, hi: number): number {
    const set = this.#setOf(lo);
    const entry = this.#find(set, lo, hi);
    return this.#doubles[entry === 0 ? set >> 1 : (entry >> 1) + 1];
  }

  #setOf(lo: number): number {
    return SETS_AT + (lo & this.#setMask) * SET_WORDS;
  }

  #find(set: number, lo: number, hi: number): number {
    const words = this.#words;
    for (let entry = set + FIRST; entry < set + SET_WORDS; entry += ENTRY_WORDS) {
      const found = loadsInOrder ? words[entry] : Atomics.load(words, entry);
      if (found !== lo) continue;
      if ((loadsInOrder ? words[entry + 1] : Atomics.load(words, entry + 1)) === hi) return entry;
    }
    return 0;
  }

  #replaceOldest(set: number, lo: number, hi: number, number: number): void {
    const doubles = this.#doubles;
    let oldest = set + FIRST;
    for (let entry = oldest; entry < set + SET_WORDS; entry += ENTRY_WORDS) {
      if (doubles[(entry >> 1) + 1] < doubles[(oldest >> 1) + 1]) oldest = entry;
    }
    doubles[set >> 1] = Math.max(doubles[set >> 1], doubles[(oldest >> 1) + 1]);
    this.#fence();
    doubles[(oldest >> 1) + 1] = number;
    this.#fence();
    this.#words[oldest] = lo;
    this.#words[oldest + 1] = hi;
  }

  /** Whoever sees what is stored after this sees what was stored before it. */
  #fence(): void {
    Atomics.add(this.#words, FENCE, 1);
  }
}

let encoder: KeyBuffer | undefined;
const memo = new Map<string, readonly [lo: number, hi: number]>();

/** Both hashes of each tag, one after the other, none twice. `where` is for the error. */
export function hashTags(tags: readonly string[], where: string): Int32Array {
  if (!Array.isArray(tags)) throw new InvalidArgumentError(where, "tags", tags, "a list of texts");
  const names = tags.length > 1 ? [...new Set(tags)] : tags;
  if (names.length > TAGS_MAX)
    throw new InvalidArgumentError(where, "tags", tags, `a list of at most ${TAGS_MAX} different texts`);
  const hashes = new Int32Array(names.length * 2);
  for (let i = 0; i < names.length; i++) hashes.set(hashTag(names[i], where), i * 2);
  return hashes;
}

export function hashTag(tag: string, where: string): readonly [lo: number, hi: number] {
  const known = memo.get(tag);
  if (known !== undefined) return known;
  if (typeof tag !== "string") throw new InvalidArgumentError(where, "a tag", tag, "a text");
  encoder ??= new KeyBuffer(SEED);
  encoder.take(tag, where);
  const hashes = [encoder.h1, encoder.h2()] as const;
  if (memo.size >= MEMO_MAX) memo.clear();
  memo.set(tag, hashes);
  return hashes;
}
