/**
 * The policies that are one queue and differ in what moves an entry to its newest end: nothing (fifo, none), a write
 * (lrw), any use (lru). Not for users: a policy of one's own implements `Policy`.
 */
import type { Policy } from "./policy.js";
import { SlotLinks, SlotList, verifySlots } from "./slot-list.js";

export abstract class QueuePolicy implements Policy {
  abstract readonly name: string;
  readonly #links = new SlotLinks();
  protected readonly queue = new SlotList(this.#links);

  abstract hit(slot: number): void;
  abstract written(slot: number): void;

  /** A queue evicts one for one, whatever the capacity. */
  resize(_capacity: number): void {}

  reserve(slots: number): void {
    this.#links.reserve(slots);
  }

  added(slot: number, _hash: number): void {
    this.queue.addNewest(slot);
  }

  removed(slot: number): void {
    this.queue.remove(slot);
  }

  victim(): number {
    return this.queue.oldest;
  }

  clear(): void {
    this.queue.clear();
  }

  verify(slots: readonly number[]): void {
    verifySlots(slots, this.queue);
  }
}
