/** tiny-lru: one TTL for the whole cache, and none in the call; a bound of 0 means none. */
import { lru } from "tiny-lru";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (load !== undefined) return undefined;
    const cache = lru<unknown>(max ?? 0, ttlMs ?? 0);
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
    };
  },
};
