/** Keeping to the bounds: evicting what the policy names until there is room. */
import { AssertionError } from "../../base/errors.js";
import type { State } from "../state.js";
import { causeOf, detach, drop } from "./remove.js";

/** Evicts until one more entry of this weight fits. */
export function makeRoom<K, V>(s: State<K, V>, weight: number): void {
  while (s.entries.size >= s.slotsMax) evict(s);
  if (s.strict && s.weights !== null) shrinkWeight(s, s.maxWeight - weight);
}

/** Evicts until at most this many entries are left; returns how many went. */
export function shrinkTo<K, V>(s: State<K, V>, size: number): number {
  const before = s.entries.size;
  while (s.entries.size > size) evict(s);
  return Math.max(0, before - s.entries.size);
}

/** Evicts until the weights sum up to no more than this, or only so many entries are left. */
export function shrinkWeight<K, V>(s: State<K, V>, weight: number, entriesMin = 0): void {
  while (s.weight > weight && s.entries.size > entriesMin) evict(s);
  // Sums of fractions are off in the last bits; this one is known.
  if (s.entries.size === 0) s.weight = 0;
}

/** At the bound: evicts, and leaves the slot of the last one that went to the entry that comes. */
export function takeOver<K, V>(s: State<K, V>): number {
  while (s.entries.size > s.slotsMax) evict(s);
  const slot = victimOf(s);
  detach(s, slot, causeOf(s, slot, "evicted"));
  return slot;
}

function evict<K, V>(s: State<K, V>): void {
  const slot = victimOf(s);
  drop(s, slot, causeOf(s, slot, "evicted"));
}

/** Policies may be the user's own, so what they say is looked at. */
function victimOf<K, V>(s: State<K, V>): number {
  const slot = s.policy.victim();
  if (!(slot >= 0 && slot < s.entries.top) || s.entries.isFree(slot)) {
    throw new AssertionError(
      `The policy "${s.policy.name}" named slot ${slot} as its victim, which holds no entry.`,
    );
  }
  return slot;
}
