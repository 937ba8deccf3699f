/** lru-cache: the peer that the bars are about. It allocates for `max` at once and has no unbounded mode. */
import { LRUCache } from "lru-cache";
import type { Contender, Value } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max === undefined) return undefined;
    const cache = new LRUCache<string, Value>({ max, ttl: ttlMs, fetchMethod: load });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value as Value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value as Value, { ttl });
      },
      fetch: (key) => cache.fetch(key),
    };
  },
};
