/**
 * SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI '24): a FIFO queue and a hand.
 *
 * A hit sets one bit. To evict, the hand goes from where it stands towards the newest entry, clears the bits it meets,
 * and stops at the first entry without one. Survivors stay where they are, which is what tells SIEVE from CLOCK: new
 * entries gather at the newest end, behind the hand's back, and go first unless they are used.
 *
 *     oldest ... kept, kept, [hand] ... new, new, new   -> wraps to the oldest
 *
 * One thing differs from the paper: the scan is bounded, so that one set cannot stall when every entry is hot.
 */
import { assert } from "../../base/assert.js";
import { SlotBytes } from "../store/chunks.js";
import type { Policy } from "./policy.js";
import { NONE, SlotLinks, SlotList, verifySlots } from "./slot-list.js";

/** Entries looked at for one victim; some 20 us. Each step was paid for by a hit, and caches up to this size are exact. */
const EXAMINED_MAX = 1024;

export class SievePolicy implements Policy {
  readonly name = "sieve";
  readonly #links = new SlotLinks();
  readonly #queue = new SlotList(this.#links);
  readonly #visited = new SlotBytes();
  #hand = NONE;

  /** The queue evicts one for one, whatever the capacity. */
  resize(_capacity: number): void {}

  reserve(slots: number): void {
    this.#links.reserve(slots);
    this.#visited.reserve(slots);
  }

  added(slot: number, _hash: number): void {
    this.#queue.addNewest(slot);
    this.#visited.set(slot, 0);
  }

  hit(slot: number): void {
    this.#visited.set(slot, 1);
  }

  written(slot: number): void {
    this.#visited.set(slot, 1);
  }

  removed(slot: number): void {
    if (slot === this.#hand) this.#hand = this.#queue.newer(slot);
    this.#queue.remove(slot);
  }

  victim(): number {
    const visited = this.#visited;
    let slot = this.#hand === NONE ? this.#queue.oldest : this.#hand;
    for (let examined = 0; examined < EXAMINED_MAX && visited.get(slot) !== 0; examined++) {
      visited.set(slot, 0);
      slot = this.#queue.newer(slot);
      if (slot === NONE) slot = this.#queue.oldest;
    }
    this.#hand = slot;
    return slot;
  }

  clear(): void {
    this.#queue.clear();
    this.#hand = NONE;
  }

  verify(slots: readonly number[]): void {
    verifySlots(slots, this.#queue);
    assert(
      this.#hand === NONE || slots.includes(this.#hand),
      `the hand points at ${this.#hand}, which is free`,
    );
  }
}
