/** cache-manager over the in-memory store that its documentation recommends, @cacheable/memory. */
import { createKeyv } from "@cacheable/memory";
import { createCache } from "cache-manager";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs }) {
    const cache = createCache({ stores: [createKeyv({ useClone: false, lruSize: max ?? 0 })], ttl: ttlMs });
    return {
      async: true,
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      setFor: (key, value, ttl) => cache.set(key, value, ttl),
      fetch: (key, load) => cache.wrap(key, () => load(key)),
    };
  },
};
