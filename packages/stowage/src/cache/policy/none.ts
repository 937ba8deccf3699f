/**
 * No eviction: for a cache that only expiry, invalidation and manual prune() make smaller. A bound (max, maxWeight) with
 * this policy is refused when the cache is made, since nothing could hold it. prune() still has to choose, and takes the
 * entries inserted longest ago.
 */
import { QueuePolicy } from "./queue-policy.js";

export class NonePolicy extends QueuePolicy {
  readonly name = "none";

  hit(_slot: number): void {}

  written(_slot: number): void {}
}
