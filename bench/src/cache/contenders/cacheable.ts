/** @cacheable/memory: synchronous; its getOrSet takes a synchronous loader only, so it has no fetch here. */
import { CacheableMemory } from "@cacheable/memory";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (load !== undefined) return undefined;
    const cache = new CacheableMemory({ useClone: false, lruSize: max ?? 0, ttl: ttlMs });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value, ttl);
      },
    };
  },
};
