/** bentocache with its memory driver alone, which is an lru-cache and so has no unbounded mode. */
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs }) {
    if (max === undefined) return undefined;
    const cache = new BentoCache({
      default: "memory",
      ttl: ttlMs ?? null,
      stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: max, serialize: false })) },
    });
    return {
      async: true,
      get: (key) => cache.get({ key }),
      set: (key, value) => cache.set({ key, value }),
      setFor: (key, value, ttl) => cache.set({ key, value, ttl }),
      fetch: (key, load) => cache.getOrSet({ key, factory: () => load(key) }),
    };
  },
};
