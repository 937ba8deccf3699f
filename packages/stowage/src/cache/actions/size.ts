/** size, isEmpty, prune, purge, resize: how much there is, and making it less. */
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { isMortal, liveSlots } from "../core/lookup.js";
import { drop } from "../core/remove.js";
import { shrinkTo, shrinkWeight } from "../core/room.js";
import { pruneOptions, resizeOptions, sizeOptions } from "../options.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import { SLOTS_MAX } from "../store/entries.js";

export function size<K, V>(s: State<K, V>, options?: { expired?: boolean }): number {
  s.stats.calls[verbIndex.size]++;
  if (options === undefined) return s.entries.size;
  if (sizeOptions.bind(options, "size").expired || !isMortal(s)) return s.entries.size;
  let live = 0;
  for (const _ of liveSlots(s)) live++;
  return live;
}

export function isEmpty<K, V>(s: State<K, V>): boolean {
  s.stats.calls[verbIndex.isEmpty]++;
  return s.entries.size === 0;
}

/** Evicts what the policy chooses until `size`, less the share to reclaim, is left. */
export function prune<K, V>(s: State<K, V>, size: number, options?: { reclaim?: number }): number {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new InvalidArgumentError("prune", "size", size, "a whole number of at least 0");
  const { reclaim } = pruneOptions.bind(options, "prune");
  s.stats.calls[verbIndex.prune]++;
  const before = s.entries.size;
  if (before <= size) return 0;
  removeDue(s);
  if (s.entries.size > size) shrinkTo(s, size - Math.floor(size * reclaim));
  const removed = before - s.entries.size;
  s.removals.flush();
  return removed;
}

export function purge<K, V>(s: State<K, V>): number {
  s.stats.calls[verbIndex.purge]++;
  const removed = removeDue(s);
  s.removals.flush();
  return removed;
}

export function resize<K, V>(s: State<K, V>, bounds: { max?: number; maxWeight?: number }): void {
  const bound = resizeOptions.bind(bounds, "resize");
  if (s.policy.name === "none") {
    throw InvalidOptionError.conflict(
      "resize",
      ["max"],
      'policy "none" evicts nothing, so it cannot hold a bound',
    );
  }
  if (
    bounds.maxWeight !== undefined &&
    s.maxWeight === Number.POSITIVE_INFINITY &&
    s.entries.size > 0 &&
    s.weights === null
  ) {
    throw InvalidOptionError.conflict(
      "resize",
      ["maxWeight"],
      "entries have not been weighed so far; give maxWeight to new Cache",
    );
  }
  s.stats.calls[verbIndex.resize]++;
  if (bounds.max !== undefined) {
    s.max = bound.max;
    if (s.strict) s.slotsMax = Math.min(bound.max, SLOTS_MAX);
    s.policy.resize(bound.max);
  }
  if (bounds.maxWeight !== undefined) {
    s.maxWeight = bound.maxWeight;
    if (s.maxWeight < Number.POSITIVE_INFINITY) s.ttlAlone = null;
  }
  enforce(s);
  s.removals.flush();
}

/** Brings the cache within its bounds, if they are enforced on each write. */
function enforce<K, V>(s: State<K, V>): void {
  if (!s.strict) return;
  shrinkTo(s, s.max);
  if (s.weights !== null) shrinkWeight(s, s.maxWeight);
}

/** Removes everything that is expired for good or invalidated; returns how many went. */
function removeDue<K, V>(s: State<K, V>): number {
  const before = s.entries.size;
  if (s.expiry.timed) {
    s.expiry.wheel.advance(s.time.now());
    s.expiry.wheel.drain(Number.POSITIVE_INFINITY, (slot) => drop(s, slot, "expired"));
  }
  if (s.tags.used) while (s.tags.sweep(Number.POSITIVE_INFINITY, (slot) => drop(s, slot, "deleted")));
  return before - s.entries.size;
}
