/** First in, first out: the order of insertion, whatever happens to an entry meanwhile. */
import { QueuePolicy } from "./queue-policy.js";

export class FifoPolicy extends QueuePolicy {
  readonly name = "fifo";

  hit(_slot: number): void {}

  written(_slot: number): void {}
}
