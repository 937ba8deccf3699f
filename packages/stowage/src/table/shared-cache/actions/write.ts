/** set, setMany, delete, clear, reset, invalidateTag: writing and removing. */
import { InvalidArgumentError } from "../../../base/errors.js";
import { checkEntries, checkValue } from "../../../cache/core/put.js";
import { verbIndex } from "../../../cache/services/stats.js";
import type { SetOptions } from "../../../cache/types.js";
import { checkKey, encode, glance, LIVE, leaving, store, valueIn, write, written } from "../entry.js";
import type { SharedState } from "../state.js";
import { storingOf } from "../storing.js";
import { walk } from "./iterate.js";

export function set<V>(s: SharedState<V>, key: string, value: V, options?: SetOptions): boolean {
  checkValue(value, key, "set");
  write(s, key, value, storingOf(s, key, value, options, "set"), "set");
  s.stats.sets++;
  s.removals.flush();
  return true;
}

/** All or nothing as far as wrong input goes: every entry is checked, and turned into bytes, before the first is stored. */
export function setMany<V>(
  s: SharedState<V>,
  entries: Iterable<readonly [string, V]>,
  options?: SetOptions,
): number {
  const checked = checkEntries(entries, "setMany").map(([key, value]) => {
    checkKey(key, "setMany");
    checkValue(value, key, "setMany");
    const how = storingOf(s, key, value, options, "setMany");
    return { key, how, encoded: encode(s, key, value, how) };
  });
  s.stats.calls[verbIndex.setMany]++;
  for (const { key, how, encoded } of checked) store(s, key, encoded, how, "setMany");
  s.removals.flush();
  return checked.length;
}

/** Named so because `delete` is a word of the language. */
export function remove<V>(s: SharedState<V>, key: string): boolean {
  s.stats.calls[verbIndex.delete]++;
  // One that is only kept for fetch to fall back on goes as well, and counts as none.
  const live = glance(s, key, "delete") === LIVE;
  const old = leaving(s, key, "deleted");
  const removed = s.table.delete(key) && live;
  written(s, key, false, removed ? old : null);
  if (removed) s.stats.deletes++;
  s.removals.flush();
  return removed;
}

export function clear<V>(s: SharedState<V>): number {
  s.stats.calls[verbIndex.clear]++;
  return clearAll(s);
}

export function reset<V>(s: SharedState<V>): number {
  const count = clearAll(s);
  resetStats(s);
  s.hooks.reset();
  return count;
}

export function resetStats<V>(s: SharedState<V>): void {
  s.stats.reset(s.time.clock.wall());
  s.table.resetStats();
}

export function invalidateTag<V>(s: SharedState<V>, tag: string): void {
  if (typeof tag !== "string") throw new InvalidArgumentError("invalidateTag", "tag", tag, "a text");
  s.stats.calls[verbIndex.invalidateTag]++;
  s.table.invalidateTag(tag);
}

function clearAll<V>(s: SharedState<V>): number {
  if (s.removals.wanted) for (const key of walk(s)) s.removals.note(key, valueIn(s, key), "cleared");
  const count = s.table.clear();
  s.ownWrites++;
  s.outcomes.clear();
  s.removals.flush();
  return count;
}
