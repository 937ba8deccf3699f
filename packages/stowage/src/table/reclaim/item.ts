/**
 * An item that reclaim looks at: where it is, and what the policy wants to know of it. A few are used again and again: the
 * window's candidate, main's victim, what cleaning and expiry come by.
 *
 *     word 3 of an item   | score: 16 bits | - - - - - - HOME SCORED | user's flags: 8 bits |
 *
 *     SCORED  reclaim has looked at it and wrote its score; until then what the bits of the score hold means nothing
 *     HOME    it replaced an item of main: when its turn comes in the window it goes back there, without a contest
 */
import * as moves from "../directory/moves.js";
import { deadlineOf } from "../log/gone.js";
import * as items from "../log/items.js";
import { sizeOf, takeItemKey } from "../log/jumbo.js";
import * as segments from "../log/segments.js";
import { hashWords } from "../memory/key-buffer.js";
import { C_SEED, FLAGS_MASK, HOME, I_EXTRA, I_KEY, LOG_MAIN } from "../memory/layout.js";
import type { TableState } from "../state.js";
import type { TablePolicy } from "./policy.js";

export const SCORED = 1 << 8;
const SCORE_SHIFT = 16;

export class LookedAt {
  readonly #t: TableState;
  readonly #policy: TablePolicy;
  location = 0;
  words: Int32Array;
  at = 0;
  bytes = 0;
  hash = 0;
  segment = 0;
  log = 0;
  isJumbo = false;
  /** Reads since the last look; -1: the entry is not here. */
  reads = 0;
  score = 0;

  constructor(t: TableState, policy: TablePolicy) {
    this.#t = t;
    this.#policy = policy;
    this.words = t.banks[0];
  }

  /** Looks at the item; false if no entry is here (any more). */
  look(location: number): boolean {
    const t = this.#t;
    const words = items.wordsOf(t, location);
    const at = items.wordAt(location);
    this.location = location;
    this.words = words;
    this.at = at;
    this.segment = items.segmentOf(t, location);
    this.log = segments.logOf(t, this.segment);
    this.isJumbo = items.isJumbo(words, at);
    if (this.isJumbo) this.#measureJumbo();
    else {
      this.bytes = items.itemBytes(words, at);
      this.hash = hashWords(words, at + I_KEY, items.keyLength(words, at), t.control[C_SEED]);
    }
    this.reads = moves.useCount(t, this.hash, location);
    return this.reads >= 0;
  }

  /** Whether it was main's before it was overwritten. */
  get isHome(): boolean {
    return (items.extraOf(this.words, this.at) & HOME) !== 0;
  }

  /** Reads its score, or finds out what it begins with: the history tells it only once. */
  takeScore(): void {
    const extra = items.extraOf(this.words, this.at);
    if ((extra & SCORED) !== 0) this.score = extra >>> SCORE_SHIFT;
    else {
      this.score = this.#policy.scoreOfNew(this.hash, this.log === LOG_MAIN);
      this.#keepScore();
    }
  }

  /** Counts the reads since the last look into the score. */
  pour(): void {
    this.score = this.#policy.scoreAfter(this.score, this.reads);
    this.reads = 0;
  }

  /** An entry's first request counts from when it leaves the window. */
  countFirst(): void {
    this.score = this.#policy.scoreAfter(this.score, 1);
  }

  /** Writes the score into the item, or into a copy that nobody sees yet. Nobody else writes this word of either. */
  writeScore(words: Int32Array, at: number): void {
    words[at + I_EXTRA] = (words[at + I_EXTRA] & FLAGS_MASK) | SCORED | (this.score << SCORE_SHIFT);
  }

  /** In place; where the item came from, if it did, stays in the word. */
  #keepScore(): void {
    const word = this.at + I_EXTRA;
    this.words[word] = (this.words[word] & (FLAGS_MASK | HOME)) | SCORED | (this.score << SCORE_SHIFT);
  }

  /** A key may go on beyond the first segment. */
  #measureJumbo(): void {
    const t = this.#t;
    this.bytes = sizeOf(t, this.location);
    takeItemKey(t, this.location, t.itemKey);
    this.hash = t.itemKey.h1;
  }
}

/** An item's deadline in the table's time; Infinity: none. */
export function deadlineAt(t: TableState, location: number, words: Int32Array, at: number): number {
  return items.isTimed(words, at) ? deadlineOf(t, location, words[at]) : Number.POSITIVE_INFINITY;
}
