/** set, setMany, delete, clear, reset: writing and removing. */

import { storingOf, ttlAloneOf } from "../core/lifetime.js";
import { checkEntries, checkValue, knowsTtlAlone, noteWrite, put, putTimed } from "../core/put.js";
import { causeOf, drop, dropAll } from "../core/remove.js";
import { verbIndex } from "../services/stats.js";
import type { State } from "../state.js";
import type { SetOptions } from "../types.js";

export function set<K, V>(s: State<K, V>, key: K, value: V, options?: SetOptions): boolean {
  checkValue(value, key, "set");
  let stored = true;
  const ttlMs = options === undefined ? s.ttlAlone : ttlAloneOf(s, options, "set");
  if (ttlMs !== null && knowsTtlAlone(s)) putTimed(s, key, value, ttlMs);
  else stored = put(s, key, value, storingOf(s, key, value, options, "set"), "set");
  if (s.counting) s.stats.sets++;
  s.removals.flush();
  return stored;
}

/** All or nothing as far as wrong input goes: every entry is checked before the first is stored. */
export function setMany<K, V>(
  s: State<K, V>,
  entries: Iterable<readonly [K, V]>,
  options?: SetOptions,
): number {
  const checked = checkEntries(entries, "setMany").map(([key, value]) => {
    checkValue(value, key, "setMany");
    return { key, value, how: storingOf(s, key, value, options, "setMany") };
  });
  s.stats.calls[verbIndex.setMany]++;
  const stored = s.time.freeze(() => {
    let count = 0;
    for (const { key, value, how } of checked) if (put(s, key, value, how, "setMany")) count++;
    return count;
  });
  s.removals.flush();
  return stored;
}

/** Named so because `delete` is a word of the language. */
export function remove<K, V>(s: State<K, V>, key: K): boolean {
  s.stats.calls[verbIndex.delete]++;
  const slot = s.index.find(key);
  noteWrite(s, key);
  if (slot < 0) return false;
  const cause = causeOf(s, slot, "deleted");
  const live = cause === "deleted" && !(s.tags.used && s.tags.isInvalid(slot));
  drop(s, slot, cause);
  if (live) s.stats.deletes++;
  s.removals.flush();
  return live;
}

export function clear<K, V>(s: State<K, V>): number {
  s.stats.calls[verbIndex.clear]++;
  return dropAll(s);
}

export function reset<K, V>(s: State<K, V>): number {
  const count = dropAll(s);
  s.stats.reset(s.time.clock.wall());
  s.hooks.reset();
  return count;
}
