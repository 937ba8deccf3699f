/** https://bentocache.dev/docs/multi-tier: memory, Redis, and the bus over Redis. It has no verb for many keys. */
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisBusDriver, redisDriver } from "bentocache/drivers/redis";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

export const contender: Contender = {
  hasTags: true,
  async open({ port }) {
    const connection = { host: "127.0.0.1", port };
    const cache = new BentoCache({
      default: "multi",
      ttl: TTL_MS,
      stores: {
        multi: bentostore()
          .useL1Layer(memoryDriver({ maxItems: L1_MAX }))
          .useL2Layer(redisDriver({ connection }))
          .useBus(redisBusDriver({ connection })),
      },
    });
    return {
      get: (key) => cache.get({ key }),
      set: (key, value, tag) => cache.set({ key, value, ...(tag !== undefined && { tags: [tag] }) }),
      fetch: (key, load, { tag } = {}) =>
        cache.getOrSet({ key, factory: load, ...(tag !== undefined && { tags: [tag] }) }),
      delete: (key) => cache.delete({ key }),
      invalidateTag: (tag) => cache.deleteByTag({ tags: [tag] }),
      close: () => cache.disconnect(),
    };
  },
};
