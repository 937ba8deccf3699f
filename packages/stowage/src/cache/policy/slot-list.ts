/**
 * Queues of slots: doubly linked lists without objects, the ground that the policies stand on.
 *
 * A slot's two links stand side by side (one cache line to a move, not two):
 *
 *     chunk   | older 0 | newer 0 | older 1 | newer 1 | ...       NONE where the list ends
 *
 *     oldest <-> ... <-> newest        added at the newest end, evicted from the oldest
 *
 * Links and list are two things because a slot stands in at most one queue at a time: a policy with several queues
 * shares one set of links between them. A list does not know which slots are in it; adding one twice or removing one
 * that is elsewhere is the caller's mistake, which only `verifySlots` finds.
 */
import { assert } from "../../base/assert.js";
import { CHUNK_BITS, CHUNK_MASK, growChunks } from "../store/chunks.js";

/** No slot. */
export const NONE = -1;

export class SlotLinks {
  readonly #chunks: Int32Array[] = [];

  reserve(slots: number): void {
    growChunks(this.#chunks, slots, Int32Array, 2);
  }

  older(slot: number): number {
    return this.#chunks[slot >>> CHUNK_BITS][(slot & CHUNK_MASK) << 1];
  }

  newer(slot: number): number {
    return this.#chunks[slot >>> CHUNK_BITS][((slot & CHUNK_MASK) << 1) + 1];
  }

  setOlder(slot: number, older: number): void {
    this.#chunks[slot >>> CHUNK_BITS][(slot & CHUNK_MASK) << 1] = older;
  }

  setNewer(slot: number, newer: number): void {
    this.#chunks[slot >>> CHUNK_BITS][((slot & CHUNK_MASK) << 1) + 1] = newer;
  }
}

export class SlotList {
  readonly #links: SlotLinks;
  #oldest = NONE;
  #newest = NONE;
  #length = 0;

  constructor(links: SlotLinks) {
    this.#links = links;
  }

  get length(): number {
    return this.#length;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get newest(): number {
    return this.#newest;
  }

  /** The next slot towards the newest end; NONE after the newest. */
  newer(slot: number): number {
    return this.#links.newer(slot);
  }

  addNewest(slot: number): void {
    this.#link(slot);
    this.#length++;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#length--;
  }

  /** The slot, which is in this list, goes to its newest end. */
  moveToNewest(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#link(slot);
  }

  clear(): void {
    this.#oldest = NONE;
    this.#newest = NONE;
    this.#length = 0;
  }

  /** Walks the list from oldest to newest and checks each link against its opposite. */
  *verified(): Generator<number> {
    let older = NONE;
    let count = 0;
    for (let slot = this.#oldest; slot !== NONE; slot = this.#links.newer(slot)) {
      assert(this.#links.older(slot) === older, `slot ${slot} does not link back to ${older}`);
      assert(++count <= this.#length, `the list of ${this.#length} goes on after slot ${older}`);
      yield slot;
      older = slot;
    }
    assert(this.#newest === older, `the newest slot is ${older}, not ${this.#newest}`);
    assert(this.#length === count, `the list counts ${this.#length} slots and holds ${count}`);
  }

  #link(slot: number): void {
    const links = this.#links;
    const newest = this.#newest;
    links.setOlder(slot, newest);
    links.setNewer(slot, NONE);
    if (newest === NONE) this.#oldest = slot;
    else links.setNewer(newest, slot);
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const links = this.#links;
    const older = links.older(slot);
    const newer = links.newer(slot);
    if (older === NONE) this.#oldest = newer;
    else links.setNewer(older, newer);
    if (newer === NONE) this.#newest = older;
    else links.setOlder(newer, older);
  }
}

/** Checks that the lists together hold exactly these slots, each once, and are linked soundly. */
export function verifySlots(slots: readonly number[], ...lists: readonly SlotList[]): void {
  const missing = new Set(slots);
  assert(missing.size === slots.length, "the occupied slots given name one twice");
  for (const list of lists) {
    for (const slot of list.verified()) {
      assert(missing.delete(slot), `slot ${slot} is queued twice, or queued and not occupied`);
    }
  }
  assert(missing.size === 0, `occupied slots are not queued: ${[...missing].slice(0, 10).join(", ")}`);
}
