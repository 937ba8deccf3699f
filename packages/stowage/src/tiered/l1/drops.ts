/** What is void in L1: what it has, what is being read or loaded for it, and what is remembered of loads that failed. */
import type { TieredState } from "../state.js";

export function dropKeys(s: TieredState, keys: readonly string[]): void {
  for (const key of keys) s.near.delete(key);
  s.flights.written(keys);
}

export function dropTags(s: TieredState, tags: readonly string[]): void {
  s.invalidations++;
  for (const tag of tags) s.near.invalidateTag(tag);
  s.flights.invalidated(tags);
}

/** Of one namespace, without those in it. */
export function dropAll(s: TieredState): void {
  s.invalidations++;
  s.near.clear();
  s.flights.cleared();
}

/** Of the namespace and all in it. */
export function dropSpace(s: TieredState): void {
  for (const space of s.hub.spaces.values()) if (isWithin(space.path, s.path)) dropAll(space);
}

function isWithin(path: readonly string[], outer: readonly string[]): boolean {
  return outer.every((part, index) => path[index] === part);
}
