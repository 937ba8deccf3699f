/** node-cache: TTLs in seconds; its `maxKeys` refuses new keys instead of evicting, so it counts as unbounded. */
import NodeCache from "node-cache";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max !== undefined || load !== undefined) return undefined;
    const cache = new NodeCache({ useClones: false, stdTTL: (ttlMs ?? 0) / 1000 });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value, ttl / 1000);
      },
    };
  },
};
