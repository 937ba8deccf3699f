/** quick-lru: two generations of `max` entries, so it holds up to twice the bound (and hits more often for it). */
import QuickLRU from "quick-lru";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  slack: 2,
  create({ max, ttlMs, load }) {
    if (load !== undefined) return undefined;
    const cache = new QuickLRU<string, unknown>({
      maxSize: max ?? Number.POSITIVE_INFINITY,
      ...(ttlMs === undefined ? {} : { maxAge: ttlMs }),
    });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value, { maxAge: ttl });
      },
    };
  },
};
