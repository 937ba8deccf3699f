/**
 * Where keys and values live: slots, small dense integers that everything else about an entry is indexed by.
 *
 *     slot  ->  pages[slot >>> 16]:  [ key, value,  key, value,  ... ]      65,536 slots a page
 *               only:                [ key, value,  ... ]                   up to 131,072 slots, while it is the only one
 *
 * Key and value stand side by side because a hit reads both: one cache line instead of two. The first page grows as it
 * fills, so that a small cache stays small, and is cut in two when it is full; later ones are added whole, and none of
 * those is ever copied, so that growing to millions of entries does not stall. Pages are large because most caches then
 * have one and never a second, and a look-up that need not find the page first saves two loads that wait for each other.
 *
 * Freed slots form a list through the hash column and are reused last in, first out, while their memory is still warm.
 * A free slot holds undefined, which is no value.
 */
import { assert } from "../../base/assert.js";
import { SlotInts } from "./columns.js";

/**
 * For look-ups: `slot >>> BITS` is the page, `(slot << BITS) >>> REST` the place in it. Enums where hits pass, since builds
 * write their members out, in other files too: at each use of a `const` V8's bytecode reads and checks it, six bytes, and V8
 * inlines only so many bytes into one function (docs/decisions/0001-key-index.md).
 */
export enum Page {
  BITS = 16,
  REST = 15,
}
const PAGE_SLOTS = 1 << Page.BITS;
const PAGE_MASK = PAGE_SLOTS - 1;
/** While there is one page, it holds twice as many: 100,000 entries then need no list of pages. */
const ONLY_SLOTS = 2 * PAGE_SLOTS;
/** A cell of the key index has 24 bits for the slot, and 0 there means empty. V8's Map ends there as well. */
export const SLOTS_MAX = 2 ** 24 - 2;

const NONE = -1;

export class Entries<K, V> {
  /** Keys and values. The key index reads them directly. */
  readonly pages: unknown[][] = [];
  /** The first page, while there is no other. */
  only: unknown[] | null = null;
  /** The hash of each key; of a free slot, the next free one. */
  readonly hashes = new SlotInts();
  /** Slots used so far: every occupied slot is below. */
  top = 0;
  size = 0;
  #free = NONE;

  /** Takes a slot. The caller has made room: size is below SLOTS_MAX. */
  add(key: K, value: V, hash: number): number {
    const slot = this.#free === NONE ? this.#extend() : this.#reuse();
    const page = this.#page(slot);
    const at = this.#at(slot);
    page[at] = key;
    page[at + 1] = value;
    this.hashes.set(slot, hash);
    this.size++;
    return slot;
  }

  /** Puts another entry into the slot of one that goes. */
  reuse(slot: number, key: K, value: V, hash: number): void {
    const page = this.#page(slot);
    const at = this.#at(slot);
    page[at] = key;
    page[at + 1] = value;
    this.hashes.set(slot, hash);
  }

  remove(slot: number): void {
    const page = this.#page(slot);
    const at = this.#at(slot);
    page[at] = undefined;
    page[at + 1] = undefined;
    this.hashes.set(slot, this.#free);
    this.#free = slot;
    this.size--;
  }

  key(slot: number): K {
    return this.#page(slot)[this.#at(slot)] as K;
  }

  value(slot: number): V {
    const { only } = this;
    return (
      only === null
        ? this.pages[slot >>> Page.BITS][((slot << Page.BITS) >>> Page.REST) + 1]
        : only[(slot << 1) + 1]
    ) as V;
  }

  setValue(slot: number, value: V): void {
    this.#page(slot)[this.#at(slot) + 1] = value;
  }

  isFree(slot: number): boolean {
    return this.value(slot) === undefined;
  }

  clear(): void {
    this.pages.length = 0;
    this.only = null;
    this.top = 0;
    this.size = 0;
    this.#free = NONE;
  }

  verify(): void {
    let occupied = 0;
    for (let slot = 0; slot < this.top; slot++) if (!this.isFree(slot)) occupied++;
    assert(occupied === this.size, "entries: size differs from the number of occupied slots");
    let free = 0;
    for (let slot = this.#free; slot !== NONE; slot = this.hashes.get(slot)) {
      assert(slot < this.top && this.isFree(slot), "entries: an occupied slot is in the free list");
      assert(++free <= this.top, "entries: the free list is a circle");
    }
    assert(free + occupied === this.top, "entries: a slot is neither occupied nor free");
  }

  #reuse(): number {
    const slot = this.#free;
    this.#free = this.hashes.get(slot);
    return slot;
  }

  #extend(): number {
    const slot = this.top++;
    this.hashes.reserve(this.top);
    if ((slot & PAGE_MASK) === 0) this.#addPage(slot);
    if (slot < ONLY_SLOTS) this.pages[0].push(undefined, undefined);
    return slot;
  }

  /**
   * Pages must all be arrays that were pushed to, or copies of such: to V8, `new Array(n)` is of another kind ("holey"),
   * and reading pages of two kinds costs 7 ns more on each get.
   */
  #addPage(slot: number): void {
    if (slot === 0) {
      this.only = [];
      this.pages.push(this.only);
    }
    if (slot === ONLY_SLOTS) this.#halve();
    if (slot >= ONLY_SLOTS) this.pages.push(this.pages[0].slice().fill(undefined));
  }

  /** What was the only page becomes two of the usual size. */
  #halve(): void {
    const [first] = this.pages;
    this.pages.push(first.slice(2 * PAGE_SLOTS));
    first.length = 2 * PAGE_SLOTS;
    this.only = null;
  }

  #page(slot: number): unknown[] {
    return this.only ?? this.pages[slot >>> Page.BITS];
  }

  /** Where in its page the key stands; the value follows. */
  #at(slot: number): number {
    return (this.only === null ? slot & PAGE_MASK : slot) << 1;
  }
}
