/** get, peek, has, take, getMany: reading one entry, or several. */
import { checkKeys } from "../../../cache/core/put.js";
import { verbIndex } from "../../../cache/services/stats.js";
import { glance, LIVE, look, removeVersion, valueIn } from "../entry.js";
import type { SharedState } from "../state.js";

export function get<V>(s: SharedState<V>, key: string): V | undefined {
  if (look(s, key, "get", true) !== LIVE) {
    s.stats.getMisses++;
    return undefined;
  }
  s.stats.getHits++;
  return valueIn(s, key);
}

export function peek<V>(s: SharedState<V>, key: string): V | undefined {
  s.stats.calls[verbIndex.peek]++;
  return look(s, key, "peek", false) === LIVE ? valueIn(s, key) : undefined;
}

export function has<V>(s: SharedState<V>, key: string): boolean {
  s.stats.calls[verbIndex.has]++;
  return glance(s, key, "has") === LIVE;
}

/** Whoever gets the value has removed it: among threads that take the same key, one gets it. */
export function take<V>(s: SharedState<V>, key: string): V | undefined {
  s.stats.calls[verbIndex.take]++;
  for (;;) {
    const live = look(s, key, "take", false) === LIVE;
    const { version } = s.reading;
    const value = live ? valueIn(s, key) : undefined;
    // Also one that is only kept for fetch to fall back on: whoever takes, deletes.
    if (!removeVersion(s, key, version, "take")) continue;
    if (live) {
      s.stats.hits++;
      s.stats.deletes++;
    } else s.stats.misses++;
    s.removals.flush();
    return value;
  }
}

export function getMany<V>(s: SharedState<V>, keys: Iterable<string>): Map<string, V> {
  s.stats.calls[verbIndex.getMany]++;
  checkKeys(keys, "getMany");
  const found = new Map<string, V>();
  for (const key of keys) {
    const value = readOne(s, key, "getMany");
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

/** A read that counts as one, without being a call of get. */
export function readOne<V>(s: SharedState<V>, key: string, where: string): V | undefined {
  if (look(s, key, where, true) !== LIVE) {
    s.stats.misses++;
    return undefined;
  }
  s.stats.hits++;
  return valueIn(s, key);
}
