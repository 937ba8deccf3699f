/** size, isEmpty, prune, purge: how much there is, and making it less. */
import { InvalidArgumentError } from "../../../base/errors.js";
import { pruneOptions, sizeOptions } from "../../../cache/options.js";
import { verbIndex } from "../../../cache/services/stats.js";
import { glance } from "../entry.js";
import type { SharedState } from "../state.js";
import { walk } from "./iterate.js";

export function size<V>(s: SharedState<V>, options?: { expired?: boolean }): number {
  s.stats.calls[verbIndex.size]++;
  return options === undefined || sizeOptions.bind(options, "size").expired ? s.table.size() : liveCount(s);
}

export function isEmpty<V>(s: SharedState<V>): boolean {
  s.stats.calls[verbIndex.isEmpty]++;
  return s.table.size() === 0;
}

/** Evicts what the policy chooses until `size`, less the share to reclaim, is left. */
export function prune<V>(s: SharedState<V>, size: number, options?: { reclaim?: number }): number {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new InvalidArgumentError("prune", "size", size, "a whole number of at least 0");
  const { reclaim } = pruneOptions.bind(options, "prune");
  s.stats.calls[verbIndex.prune]++;
  if (s.table.size() <= size) return 0;
  const due = s.t.reclaim.purge();
  const excess = s.table.size() - (size - Math.floor(size * reclaim));
  return due + (s.table.size() > size ? s.t.reclaim.evict(excess) : 0);
}

/** Removes what has expired or was invalidated, now. */
export function purge<V>(s: SharedState<V>): number {
  s.stats.calls[verbIndex.purge]++;
  return s.t.reclaim.purge();
}

export function liveCount<V>(s: SharedState<V>): number {
  let live = 0;
  for (const _ of walk(s, "size", glance)) live++;
  return live;
}
