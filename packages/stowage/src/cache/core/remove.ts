/** Taking entries out: every part of the state that knows the slot is told, here and nowhere else. */
import type { State } from "../state.js";
import type { RemovalCause } from "../types.js";
import { isDead, isMortal } from "./lookup.js";

/** Removes the entry. The verb that calls it ends with `removals.flush()`. */
export function drop<K, V>(s: State<K, V>, slot: number, cause: RemovalCause): void {
  detach(s, slot, cause);
  s.entries.remove(slot);
}

/** The same, but the slot is still taken: whoever calls it puts another entry there. */
export function detach<K, V>(s: State<K, V>, slot: number, cause: RemovalCause): void {
  const hash = s.entries.hashes.get(slot);
  if (s.removals.wanted) s.removals.note(s.entries.key(slot), s.entries.value(slot), cause);
  // First the policy: what it looks up of the key can come from memory while the index looks for the key's cell.
  s.policy.removed(slot, hash);
  s.index.remove(slot, hash);
  if (s.expiry.timed) s.expiry.cancel(slot);
  if (s.tags.used) s.tags.detach(slot);
  if (s.weights !== null) s.weight -= s.weights.get(slot);
  s.stats.countRemoval(cause);
}

/** Removes an entry that a read found dead, unless fetch may still fall back on it. */
export function dropDead<K, V>(s: State<K, V>, slot: number): void {
  if (s.tags.used && s.tags.isInvalid(slot)) drop(s, slot, "deleted");
  else if (s.expiry.isGone(slot)) drop(s, slot, "expired");
  s.removals.flush();
}

/** Why an entry that has to go goes: one that is dead already is not blamed on the bound. */
export function causeOf<K, V>(s: State<K, V>, slot: number, otherwise: RemovalCause): RemovalCause {
  if (!isMortal(s) || !isDead(s, slot)) return otherwise;
  return s.tags.used && s.tags.isInvalid(slot) ? "deleted" : "expired";
}

/** Removes all entries at once; returns how many there were. */
export function dropAll<K, V>(s: State<K, V>): number {
  const count = s.entries.size;
  if (s.removals.wanted) noteAll(s);
  else s.stats.cleared += count;
  forgetAll(s);
  s.removals.flush();
  return count;
}

/** Empties every structure, without telling anybody but those who load or transact. */
export function forgetAll<K, V>(s: State<K, V>): void {
  s.watches.markAll();
  s.outcomes.clear();
  s.entries.clear();
  s.index.clear();
  s.policy.clear();
  s.expiry.clear();
  s.tags.clear();
  s.weight = 0;
  s.weights = null;
  s.reserved = 0;
  s.care = 0;
}

/** Only for listeners is it looked at which entries had expired by now. */
function noteAll<K, V>(s: State<K, V>): void {
  for (let slot = 0; slot < s.entries.top; slot++) {
    if (s.entries.isFree(slot)) continue;
    const cause = causeOf(s, slot, "cleared");
    s.removals.note(s.entries.key(slot), s.entries.value(slot), cause);
    s.stats.countRemoval(cause);
  }
}
