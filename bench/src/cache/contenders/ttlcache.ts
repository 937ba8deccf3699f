/**
 * @isaacs/ttlcache: always with a TTL. Where the row asks for none it is Infinity, but a day in a bounded cache:
 * entries without an end are never evicted, and a set beyond the bound then never returns.
 * TTLs make its sets slow, so the other rows do without the bound.
 */
import { TTLCache } from "@isaacs/ttlcache";
import type { Contender } from "./contender.js";

const dayMs = 86_400_000;

export const contender: Contender = {
  boundOnlyToEvict: true,
  create({ max, ttlMs, load }) {
    if (load !== undefined) return undefined;
    const cache = new TTLCache<string, unknown>({
      max,
      ttl: ttlMs ?? (max === undefined ? Number.POSITIVE_INFINITY : dayMs),
    });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value, { ttl });
      },
    };
  },
};
