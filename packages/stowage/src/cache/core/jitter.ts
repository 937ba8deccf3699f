/** Times to live that are not all the same, so that what is stored together does not expire together. */

/** Shortens a ttl by up to a share of it. Whole milliseconds, at least one. */
export function jittered(ttlMs: number, jitter: number, random: () => number): number {
  return jitter === 0 || ttlMs === 0 ? ttlMs : Math.max(1, Math.round(ttlMs * (1 - jitter * random())));
}
