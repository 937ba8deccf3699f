/** Least recently used: any use moves an entry to the newest end. Weak against scans and loops just above capacity. */
import { QueuePolicy } from "./queue-policy.js";

export class LruPolicy extends QueuePolicy {
  readonly name = "lru";

  hit(slot: number): void {
    this.queue.moveToNewest(slot);
  }

  written(slot: number): void {
    this.queue.moveToNewest(slot);
  }
}
