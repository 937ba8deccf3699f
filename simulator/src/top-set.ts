/**
 * A set of integers below a bound that knows its largest: bitmaps over bitmaps, 32 to a word.
 *
 *     level 0   a bit per integer
 *     level 1   a bit per word of level 0 that is not empty, and so on up to a single word
 *
 * add, delete and top touch one word per level: four for a million. A heap would have to find what it deletes.
 */
export class TopSet {
  readonly #levels: Int32Array[] = [];

  constructor(bound: number) {
    let words = bound;
    do {
      words = Math.max(1, Math.ceil(words / 32));
      this.#levels.push(new Int32Array(words));
    } while (words > 1);
  }

  add(value: number): void {
    let bit = value;
    for (const level of this.#levels) {
      level[bit >>> 5] |= 1 << bit;
      bit >>>= 5;
    }
  }

  /** Was it in? */
  delete(value: number): boolean {
    const [lowest] = this.#levels;
    if ((lowest[value >>> 5] & (1 << value)) === 0) return false;
    let bit = value;
    for (const level of this.#levels) {
      level[bit >>> 5] &= ~(1 << bit);
      if (level[bit >>> 5] !== 0) break;
      bit >>>= 5;
    }
    return true;
  }

  /** The largest; only asked while the set is not empty. */
  top(): number {
    let word = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      word = word * 32 + 31 - Math.clz32(this.#levels[level][word]);
    }
    return word;
  }
}
