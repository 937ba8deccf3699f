/** Entries as they are shown to users and written to dumps. */
import type { State } from "../state.js";
import type { EntryView, ExportedEntry } from "../types.js";
import { isDead, isMortal } from "./lookup.js";

export function viewOf<K, V>(s: State<K, V>, slot: number): EntryView<K, V> {
  return {
    key: s.entries.key(slot),
    value: s.entries.value(slot),
    expiresAt: expiresAt(s, slot),
    expired: isMortal(s) && isDead(s, slot),
    tags: s.tags.namesOf(slot),
    weight: s.weights?.get(slot) ?? 1,
  };
}

export function exportedOf<K, V>(s: State<K, V>, slot: number): ExportedEntry<K, V> {
  const ttl = s.expiry.ttlMs(slot);
  const idle = s.expiry.idleMs(slot);
  const tags = s.tags.namesOf(slot);
  return {
    key: s.entries.key(slot),
    value: s.entries.value(slot),
    expiresAt: expiresAt(s, slot),
    ...(ttl > 0 && { ttl }),
    ...(idle > 0 && { idle }),
    ...(s.weights !== null && { weight: s.weights.get(slot) }),
    ...(tags.length > 0 && { tags }),
  };
}

/** Idleness apart: it moves with each use. */
function expiresAt<K, V>(s: State<K, V>, slot: number): number | null {
  const until = s.expiry.ttlUntil(slot);
  return until === Number.POSITIVE_INFINITY ? null : s.time.toWall(until);
}
