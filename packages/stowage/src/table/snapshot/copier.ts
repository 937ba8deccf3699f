/**
 * Copies one item out of the table into a block, as any reader would: without stopping anybody, and not at all unless it
 * was an entry's item from before the copy until after it. So what is written was the value of its key at that moment,
 * counters and deadlines, which change in place, included.
 *
 * Invariant: numbers read from an item are checked against its segment before they are used as lengths, and believed
 * only once the bucket's version has been seen not to have moved.
 */
import {
  itemBytes,
  keyLength,
  offsetInSegment,
  segmentOf,
  tagsStart,
  wordAt,
  wordsOf,
} from "../log/items.js";
import { readBytes, sizeOf, takeItemKey } from "../log/jumbo.js";
import { generationOf } from "../log/segments.js";
import { hashWords } from "../memory/key-buffer.js";
import {
  BANK_UNIT_BITS,
  C_SEED,
  DEAD,
  FLAGS_MASK,
  I_EXTRA,
  I_INFO,
  I_KEY,
  I_VALUE_LENGTH,
  I_VERSION,
  ITEM_HEAD_BYTES,
  JUMBO,
  KEY_BYTES_MAX,
  TAGGED,
  TAGGED_BYTES,
  TIMED,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { Block } from "./block-writer.js";
import { blockBytes, blockHeadBytes, recordBytesMax } from "./format.js";
import { readLinked } from "./linked.js";

/**
 * - copied: it is in the block
 * - dead, expired: it is an entry no more; its key may have another item
 * - unlinked: no slot holds it; it may be about to be linked
 * - full: the block has no room for it
 * - long: it takes a block of its own
 * - missed: it is long, and was rewritten while it was copied
 */
export type Outcome = "copied" | "dead" | "expired" | "unlinked" | "full" | "long" | "missed";

/** Below this, a loop is faster than a call into Buffer. */
const loopBytes = 512;
/** How much of a long item is copied without looking up: a fraction of a millisecond. */
const chunkBytes = 2 ** 20;

export class ItemCopier {
  readonly #t: TableState;
  readonly #seed: number;
  /** Milliseconds to be added to the table's time to get the calendar's. */
  #wallOffset = 0;
  #now = 0;
  #block: Block | undefined;
  readonly #copyLinked = (location: number): Outcome => this.#copyBytes(location, this.#block as Block);
  readonly #sizeLinked = (location: number): number => sizeOf(this.#t, location);

  constructor(t: TableState) {
    this.#t = t;
    this.#seed = t.control[C_SEED];
    this.readClock();
  }

  /** That is now until it is called again. */
  readClock(): void {
    const { timekeeper } = this.#t;
    this.#now = timekeeper.now();
    this.#wallOffset = timekeeper.clock.wall() - this.#now;
  }

  copy(location: number, block: Block): Outcome {
    const t = this.#t;
    const words = wordsOf(t, location);
    const at = wordAt(location);
    if ((words[at + I_INFO] & DEAD) !== 0) return "dead";
    if ((words[at + I_INFO] & JUMBO) !== 0) return "long";
    const length = keyLength(words, at);
    if (offsetInSegment(t, location) + ITEM_HEAD_BYTES + length > t.segmentBytes) return "unlinked";
    this.#block = block;
    const h1 = hashWords(words, at + I_KEY, length, this.#seed);
    const outcome = readLinked(t, h1, location, this.#copyLinked) ?? "unlinked";
    if (outcome === "copied") this.#finish(block, itemBytes(block.words, block.used >> 2));
    // It was one when this began, and is none now: that is for certain, it will not be linked again.
    if (outcome === "unlinked" && (words[at + I_INFO] & DEAD) !== 0) return "dead";
    return outcome;
  }

  /** Copies a long item into a block of its own, piece by piece; `rest` is called between them. */
  async copyLong(location: number, rest: (bytes: number) => Promise<void>): Promise<Block | Outcome> {
    const t = this.#t;
    const generation = generationOf(t, segmentOf(t, location));
    const bytes = this.#longBytes(location);
    if (bytes === undefined) return "unlinked";
    const block = new Block(bytes);
    for (let from = 0; from < bytes; from += chunkBytes) {
      const length = Math.min(chunkBytes, bytes - from);
      if (!readBytes(t, location, from, block.bytes, blockHeadBytes + from, length)) return "missed";
      await rest(length);
    }
    // Values that long do not change in place: the same item at the same place has had the same bytes all the time.
    if (this.#longBytes(location) !== bytes) return "missed";
    if (generationOf(t, segmentOf(t, location)) !== generation) return "missed";
    if (this.#isOver(block.words, block.doubles, blockHeadBytes >> 2)) return "expired";
    this.#finish(block, bytes);
    return block;
  }

  /** How long the item is, if it is linked. */
  #longBytes(location: number): number | undefined {
    const t = this.#t;
    if (keyLength(wordsOf(t, location), wordAt(location)) > KEY_BYTES_MAX) return undefined;
    takeItemKey(t, location, t.itemKey);
    const bytes = readLinked(t, t.itemKey.h1, location, this.#sizeLinked);
    return bytes !== undefined && bytes >= ITEM_HEAD_BYTES && bytes <= recordBytesMax ? bytes : undefined;
  }

  #copyBytes(location: number, block: Block): Outcome {
    const t = this.#t;
    const bank = location >>> BANK_UNIT_BITS;
    const words = t.banks[bank];
    const at = wordAt(location);
    if ((words[at + I_INFO] & JUMBO) !== 0) return "long";
    const bytes = itemBytes(words, at);
    const room = t.segmentBytes - offsetInSegment(t, location);
    if (words[at + I_VALUE_LENGTH] < 0 || !(bytes <= room)) return "unlinked";
    if (this.#isOver(words, t.bankDoubles[bank], at)) return "expired";
    if (bytes > blockBytes) return "long";
    if (!block.hasRoom(bytes)) return "full";
    if (bytes <= loopBytes) {
      const to = block.used >> 2;
      for (let i = 0; i < bytes >> 2; i++) block.words[to + i] = words[at + i];
    } else t.bankBytes[bank].copy(block.bytes, block.used, at << 2, (at << 2) + bytes);
    return "copied";
  }

  /** Whether it has expired or a tag of it was invalidated. */
  #isOver(words: Int32Array, doubles: Float64Array, at: number): boolean {
    const info = words[at + I_INFO];
    if ((info & (TIMED | TAGGED)) === 0) return false;
    const tags = at + (tagsStart(info) >> 2);
    if ((info & TIMED) !== 0 && doubles[(tags >> 1) - 2] <= this.#now) return true;
    if ((info & TAGGED) === 0) return false;
    return this.#t.tags.isInvalid(doubles[tags >> 1], words, tags + (TAGGED_BYTES >> 2), words[tags + 2]);
  }

  /** Makes a record of the copy at the end of the block, and counts it. */
  #finish(block: Block, bytes: number): void {
    const at = block.used >> 2;
    const { words, doubles } = block;
    const info = words[at + I_INFO] & ~(DEAD | JUMBO);
    words[at + I_INFO] = info;
    words[at + I_VERSION] = 0;
    words[at + I_EXTRA] &= FLAGS_MASK;
    const tags = (at + (tagsStart(info) >> 2)) >> 1;
    if ((info & TIMED) !== 0) doubles[tags - 2] += this.#wallOffset;
    if ((info & TAGGED) !== 0) doubles[tags] = 0;
    block.used += bytes;
    block.records++;
  }
}
