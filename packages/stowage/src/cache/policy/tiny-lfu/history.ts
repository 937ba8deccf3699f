/**
 * The scores of keys that are not in the cache any more: a table that forgets, in place of TinyLFU's frequency sketch.
 *
 *     bucket   | cell | cell | cell | cell |      16 bytes, within one cache line
 *     cell     | tag: 16 bits of the hash | score: 16 bits |
 *
 * A sketch answers for every key, and for one that it does not know with the sum of what collided; on loops, where all
 * keys are equally good, those errors alone decided who got in, and wrecked the hit ratio. A cell answers for one key
 * exactly, or not at all (wrongly once in 16 000 look-ups), and a look-up or a store costs one cache miss, not four.
 * The lowest score of a bucket makes room for the next. An empty cell is one with a score of long ago, which is what a
 * key without a score counts as, so that no cell needs a second look. Keys are spread by a salted hash: nobody can aim
 * at a bucket.
 */
import { ageOf, earlier } from "./decayed-score.js";

const BUCKET_CELLS = 4;
/** Steps ago that the scores of empty cells lie. */
const LONG_AGO = 0x7000;

/** Cells with room for so many keys: a power of two. */
export function cellsFor(keys: number): number {
  return BUCKET_CELLS << Math.max(0, Math.ceil(Math.log2(keys / BUCKET_CELLS)));
}

export class History {
  readonly #salt: number;
  readonly #cells: Int32Array;
  /** The hash's bits below those that choose a bucket, less one. */
  readonly #shift: number;
  /** Scores are kept relative to this time, so that the zeros of a new table are of long ago. */
  readonly #epoch: number;

  /**
   * Room for at least `keys` scores. Several threads see one history if they give it the same cells, `cellsFor(keys)` of
   * them, all zero at `now`, and the same salt; who calls it then keeps the others away.
   */
  constructor(keys: number, salt: number, now: number, cells: Int32Array = new Int32Array(cellsFor(keys))) {
    this.#salt = salt | 0;
    this.#epoch = earlier(now, LONG_AGO);
    this.#cells = cells;
    this.#shift = 31 - Math.log2(cells.length / BUCKET_CELLS);
  }

  get size(): number {
    return this.#cells.length;
  }

  /** The key's score, which is forgotten now; `unknown` when there is none. */
  take(hash: number, now: number, unknown = -1): number {
    const mixed = this.#mix(hash);
    const cells = this.#cells;
    const tag = mixed << 16;
    const at = this.#bucketOf(mixed);
    const a = cells[at];
    const b = cells[at + 1];
    const c = cells[at + 2];
    const d = cells[at + 3];
    // No branch: whether and where a key is known no processor could foresee, and would wait for the memory to learn it.
    const isA = ifTagged(a, tag);
    const isB = ifTagged(b, tag) & ~isA;
    const isC = ifTagged(c, tag) & ~(isA | isB);
    const isD = ifTagged(d, tag) & ~(isA | isB | isC);
    const known = isA | isB | isC | isD;
    const score = earlier((a & isA) | (b & isB) | (c & isC) | (d & isD), -this.#epoch);
    const forgotten = earlier(now - this.#epoch, LONG_AGO);
    cells[at | (isB & 1) | (isC & 2) | (isD & 3)] = (forgotten & known) | (a & ~known);
    return (score & known) | (unknown & ~known);
  }

  /** Remembers a score that the history does not hold. */
  put(hash: number, score: number, now: number): void {
    const mixed = this.#mix(hash);
    const cells = this.#cells;
    const at = this.#bucketOf(mixed);
    const time = now - this.#epoch;
    // No branch, since no processor could foresee it: ages with their places in the two low bits, the highest of four.
    const first = higher(ageOf(cells[at], time) << 2, (ageOf(cells[at + 1], time) << 2) | 1);
    const second = higher((ageOf(cells[at + 2], time) << 2) | 2, (ageOf(cells[at + 3], time) << 2) | 3);
    cells[at | (higher(first, second) & 3)] = (mixed << 16) | earlier(score, this.#epoch);
  }

  #mix(hash: number): number {
    const mixed = Math.imul(hash ^ this.#salt, 0x9e3779b1);
    return mixed ^ (mixed >>> 15);
  }

  /** The high bits choose the bucket, so that the low ones, the tag, tell its keys apart. */
  #bucketOf(mixed: number): number {
    // In two steps, since a shift by 32, for a single bucket, would be one by 0.
    return ((mixed >>> 1) >>> this.#shift) << 2;
  }
}

/** All bits where the cell has this tag, else none. */
function ifTagged(cell: number, tag: number): number {
  return (((cell ^ tag) >>> 16) - 1) >> 31;
}

function higher(a: number, b: number): number {
  return a - ((a - b) & ((a - b) >> 31));
}
