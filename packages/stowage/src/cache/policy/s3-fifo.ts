/**
 * S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP '23): three queues.
 *
 *     new ------------> small (10 %) --used twice--> main (90 %) --used since--> main again, one use less
 *      \                   | else                      | else
 *       \                  v                           v
 *        `<-- known -- ghost (hashes only)            gone
 *
 * Most keys are asked for once. They pass through the small queue quickly; a key that comes back soon after that is
 * found in the ghost queue and goes to the main queue at once. A hit bumps a counter that saturates at 3.
 *
 * The shares are of the entries present when a victim is asked for, which is the capacity where that is a number of
 * entries, and follows the load where weight bounds the cache. Two things differ from the paper: the scan for a victim is
 * bounded, so that one set cannot stall when every entry is hot; and the ghost drops a hash that it recognised.
 */
import { assert } from "../../base/assert.js";
import { SlotBytes } from "../store/chunks.js";
import { GhostQueue } from "./ghost-queue.js";
import type { Policy } from "./policy.js";
import { NONE, SlotLinks, SlotList, verifySlots } from "./slot-list.js";

/** Entries looked at for one victim. Each step was paid for by a hit, and caches up to this size are exact. */
const EXAMINED_MAX = 1024;
/** The small queue's share; the main queue, and with it the ghost, has the rest. */
const SMALL_SHARE = 0.1;
/** A slot's state: two bits that count uses, one that says which queue it stands in. */
const USES = 3;
const IN_MAIN = 4;
/** Uses it takes in the small queue to be moved to the main one. */
const USES_TO_STAY = 2;

export class S3FifoPolicy implements Policy {
  readonly name = "s3-fifo";
  readonly #links = new SlotLinks();
  readonly #small = new SlotList(this.#links);
  readonly #main = new SlotList(this.#links);
  readonly #state = new SlotBytes();
  #ghost = new GhostQueue();
  /** The last victim named; its hash goes to the ghost when it leaves, unlike that of a deleted entry. */
  #victim = NONE;

  /** The shares follow the entries present: see above. */
  resize(_capacity: number): void {}

  reserve(slots: number): void {
    this.#links.reserve(slots);
    this.#state.reserve(slots);
  }

  added(slot: number, hash: number): void {
    const known = this.#ghost.take(hash);
    this.#state.set(slot, known ? IN_MAIN : 0);
    if (known) this.#main.addNewest(slot);
    else this.#small.addNewest(slot);
  }

  hit(slot: number): void {
    const state = this.#state.get(slot);
    if ((state & USES) !== USES) this.#state.set(slot, state + 1);
  }

  written(slot: number): void {
    this.hit(slot);
  }

  removed(slot: number, hash: number): void {
    const evicted = slot === this.#victim;
    this.#victim = NONE;
    if ((this.#state.get(slot) & IN_MAIN) !== 0) {
      this.#main.remove(slot);
      return;
    }
    if (evicted) this.#ghost.add(hash, this.#ghostMax());
    this.#small.remove(slot);
  }

  victim(): number {
    const smallMax = Math.floor((this.#small.length + this.#main.length) * SMALL_SHARE);
    let slot = NONE;
    for (let examined = 0; examined <= EXAMINED_MAX; examined++) {
      const fromSmall = this.#main.length === 0 || (this.#small.length > 0 && this.#small.length >= smallMax);
      slot = fromSmall ? this.#small.oldest : this.#main.oldest;
      if (examined === EXAMINED_MAX || !this.#stays(slot)) break;
    }
    this.#victim = slot;
    return slot;
  }

  clear(): void {
    this.#small.clear();
    this.#main.clear();
    this.#ghost = new GhostQueue();
    this.#victim = NONE;
  }

  verify(slots: readonly number[]): void {
    verifySlots(slots, this.#small, this.#main);
    for (const slot of this.#small.verified())
      assert(this.#state.get(slot) <= USES, `slot ${slot} is not marked small`);
    for (const slot of this.#main.verified())
      assert(this.#state.get(slot) >= IN_MAIN, `slot ${slot} is not marked main`);
    this.#ghost.verify();
  }

  /** Is the oldest entry of a queue used enough to stay? Then it goes to the newest end of the main queue. */
  #stays(slot: number): boolean {
    const state = this.#state.get(slot);
    if ((state & IN_MAIN) !== 0) {
      if ((state & USES) === 0) return false;
      this.#state.set(slot, state - 1);
      this.#main.moveToNewest(slot);
      return true;
    }
    if (state < USES_TO_STAY) return false;
    this.#small.remove(slot);
    this.#main.addNewest(slot);
    this.#state.set(slot, IN_MAIN);
    return true;
  }

  /** As many hashes as the main queue has room for entries. */
  #ghostMax(): number {
    return Math.ceil((this.#small.length + this.#main.length) * (1 - SMALL_SHARE));
  }
}
