/** Finding an entry that may be given out: present, not expired, none of its tags invalidated. */
import type { State } from "../state.js";

/** Whether the entry may not be given out any more, although it is still there. */
export function isDead<K, V>(s: State<K, V>, slot: number): boolean {
  if (s.tags.used && s.tags.isInvalid(slot)) return true;
  return s.expiry.timed && (s.lazy || s.expiry.keptMs(slot) > 0) && s.expiry.isExpired(slot);
}

/** Whether entries of this cache can die at all; until then reads need not look. */
export function isMortal<K, V>(s: State<K, V>): boolean {
  return s.expiry.timed || s.tags.used;
}

/** The slot of a live entry, or -1. Changes nothing: no statistics, no recency. */
export function findLive<K, V>(s: State<K, V>, key: K): number {
  const slot = s.index.find(key);
  return slot >= 0 && isMortal(s) && isDead(s, slot) ? -1 : slot;
}

/** Every slot with an entry that may be given out now, for walks over the whole cache. */
export function* liveSlots<K, V>(s: State<K, V>): Generator<number, void, void> {
  const { entries } = s;
  for (let slot = 0, end = entries.top; slot < end && slot < entries.top; slot++) {
    if (!entries.isFree(slot) && !(isMortal(s) && isDead(s, slot))) yield slot;
  }
}
