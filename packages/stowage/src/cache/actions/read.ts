/** get, peek, has, take, getMany: reading one entry, or several. */

import { findLive, isDead, isMortal } from "../core/lookup.js";
import { checkKeys, noteWrite } from "../core/put.js";
import { causeOf, drop, dropDead } from "../core/remove.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";

export function get<K, V>(s: State<K, V>, key: K): V | undefined {
  const slot = s.index.find(key);
  if (slot < 0) return getMiss(s, key);
  if (s.care !== 0 && needsCare(s, slot)) return getWithCare(s, slot);
  s.policy.hit(slot);
  if (s.counting) s.stats.getHits++;
  return s.entries.value(slot);
}

export function peek<K, V>(s: State<K, V>, key: K): V | undefined {
  s.stats.calls[verbIndex.peek]++;
  const slot = findLive(s, key);
  return slot < 0 ? undefined : s.entries.value(slot);
}

export function has<K, V>(s: State<K, V>, key: K): boolean {
  s.stats.calls[verbIndex.has]++;
  return findLive(s, key) >= 0;
}

export function take<K, V>(s: State<K, V>, key: K): V | undefined {
  s.stats.calls[verbIndex.take]++;
  const slot = s.index.find(key);
  noteWrite(s, key);
  if (slot < 0 || (isMortal(s) && isDead(s, slot))) {
    s.stats.misses++;
    // Also one that is only kept for fetch to fall back on: whoever takes, deletes.
    if (slot >= 0) drop(s, slot, causeOf(s, slot, "deleted"));
    s.removals.flush();
    return undefined;
  }
  const value = s.entries.value(slot);
  s.stats.hits++;
  s.stats.deletes++;
  drop(s, slot, "deleted");
  s.removals.flush();
  return value;
}

export function getMany<K, V>(s: State<K, V>, keys: Iterable<K>): Map<K, V> {
  s.stats.calls[verbIndex.getMany]++;
  checkKeys(keys, "getMany");
  return s.time.freeze(() => {
    const found = new Map<K, V>();
    for (const key of keys) {
      const value = readOne(s, key);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  });
}

/** A read that counts as one, without being a call of get. */
export function readOne<K, V>(s: State<K, V>, key: K): V | undefined {
  const slot = s.index.find(key);
  if (slot < 0 || (isMortal(s) && isDead(s, slot))) {
    s.stats.misses++;
    if (slot >= 0) dropDead(s, slot);
    return undefined;
  }
  s.stats.hits++;
  used(s, slot);
  return s.entries.value(slot);
}

/** The policy and the idle time are told of a read. */
export function used<K, V>(s: State<K, V>, slot: number): void {
  s.policy.hit(slot);
  if (s.expiry.timed) s.expiry.use(slot);
}

/** Where entries may die: the entry has to be looked at more closely. Apart from `get`, to leave that short. */
function needsCare<K, V>(s: State<K, V>, slot: number): boolean {
  return s.care !== 1 || !s.expiry.isFreshForLong(slot);
}

function getMiss<K, V>(s: State<K, V>, key: K): undefined {
  if (s.counting) s.stats.getMisses++;
  s.index.rememberMiss(key);
  return undefined;
}

/** The entry may be dead, and its use may have to be noted. */
function getWithCare<K, V>(s: State<K, V>, slot: number): V | undefined {
  if (isMortal(s) && isDead(s, slot)) {
    if (s.counting) s.stats.getMisses++;
    dropDead(s, slot);
    return undefined;
  }
  if (s.counting) s.stats.getHits++;
  used(s, slot);
  return s.entries.value(slot);
}
