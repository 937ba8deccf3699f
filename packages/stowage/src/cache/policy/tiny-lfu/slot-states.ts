/**
 * One byte per slot: which space its entry is in and how often it was read since it was last examined; and the hand
 * that sweeps main in the order of slots.
 *
 *     bit   7 6    5      4       3      2     1 0
 *           - - | late | queued | main | used | reads, up to 3
 *
 *     used    the slot holds an entry: of main where that bit is set too, else of the window
 *     queued  the window's queue has a cell with this slot, also when the entry left before the cell came up
 *     late    the entry came when an old cell was there already, and has a full turn to go when that comes up
 *
 * Main needs no links: slots are dense and recycled, so going through the bytes in order passes every entry once a
 * turn, which is all that CLOCK asks for, and four bytes without an entry of main are skipped in one step. `#counts`
 * (entries of main per 1024 slots) lets it jump over long empty stretches, after a large cache was made small.
 */
import { assert } from "../../../base/assert.js";

/** Bits of a state. An enum for the sake of `hit`: see `Page`, store/entries.ts. */
export enum SlotBit {
  READS = 3,
  USED = 4,
  MAIN = 8,
  QUEUED = 16,
  LATE = 32,
}

/** Shifts MAIN to the lowest bit. */
export enum SlotShift {
  MAIN = 3,
}

/** MAIN in each byte of a word. */
const MAIN_IN_WORD = 0x08080808;
const SLOTS_FIRST = 64;
const BLOCK_BITS = 10;
const BLOCK_SLOTS = 1 << BLOCK_BITS;
const BLOCK_MASK = BLOCK_SLOTS - 1;

export class SlotStates {
  /** Public, and flat, since every read of the cache goes here. */
  bytes = new Uint8Array(SLOTS_FIRST);
  #words = new Int32Array(this.bytes.buffer);
  #counts = new Int32Array(1);

  /** Doubles: at two million slots it copies one megabyte. */
  reserve(slots: number): void {
    if (slots <= this.bytes.length) return;
    const bytes = new Uint8Array(2 ** Math.ceil(Math.log2(slots)));
    const counts = new Int32Array(Math.ceil(bytes.length / BLOCK_SLOTS));
    bytes.set(this.bytes);
    counts.set(this.#counts);
    this.bytes = bytes;
    this.#words = new Int32Array(bytes.buffer);
    this.#counts = counts;
  }

  enterMain(slot: number): void {
    this.#counts[slot >>> BLOCK_BITS]++;
  }

  leaveMain(slot: number): void {
    this.#counts[slot >>> BLOCK_BITS]--;
  }

  /** The slot after this one. */
  after(slot: number): number {
    return slot + 1 < this.bytes.length ? slot + 1 : 0;
  }

  /** The first entry of main from `slot` on. There has to be one. */
  nextInMain(slot: number): number {
    let at = slot;
    while ((this.bytes[at] & SlotBit.MAIN) === 0) at = (at & 3) === 3 ? this.#skip(at) : at + 1;
    return at;
  }

  clear(): void {
    this.bytes.fill(0);
    this.#counts.fill(0);
  }

  verify(): void {
    const counts = new Int32Array(this.#counts.length);
    for (let slot = 0; slot < this.bytes.length; slot++) {
      const state = this.bytes[slot];
      if ((state & SlotBit.MAIN) !== 0) counts[slot >>> BLOCK_BITS]++;
      assert(
        (state & SlotBit.USED) !== 0 || (state & ~SlotBit.QUEUED) === 0,
        `slot ${slot} is free and in state ${state}`,
      );
    }
    for (let block = 0; block < counts.length; block++)
      assert(
        counts[block] === this.#counts[block],
        `block ${block} counts ${this.#counts[block]} entries of main`,
      );
  }

  /** From the last byte of a word to the first of the next that has an entry of main, or of a block that may. */
  #skip(slot: number): number {
    const words = this.#words;
    let at = this.after(slot);
    while ((words[at >>> 2] & MAIN_IN_WORD) === 0) {
      if ((at & BLOCK_MASK) === 0 && this.#counts[at >>> BLOCK_BITS] === 0) at += BLOCK_SLOTS;
      else at += 4;
      if (at >= this.bytes.length) at = 0;
    }
    return at;
  }
}
