/** Least recently written: a write or touch moves an entry to the newest end, a read does not. The default of Cachex. */
import { QueuePolicy } from "./queue-policy.js";

export class LrwPolicy extends QueuePolicy {
  readonly name = "lrw";

  hit(_slot: number): void {}

  written(slot: number): void {
    this.queue.moveToNewest(slot);
  }
}
