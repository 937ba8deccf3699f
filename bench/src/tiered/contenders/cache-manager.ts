/** https://cacheable.org/docs/cache-manager/: CacheableMemory over @keyv/redis. It has no tags. */
import KeyvRedis from "@keyv/redis";
import { createCache } from "cache-manager";
import { CacheableMemory } from "cacheable";
import { Keyv } from "keyv";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

export const contender: Contender = {
  hasTags: false,
  async open({ port }) {
    const memory = new Keyv({ store: new CacheableMemory({ ttl: TTL_MS, lruSize: L1_MAX }) });
    const redis = new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${port}`) });
    const cache = createCache({ stores: [memory, redis], ttl: TTL_MS });
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      getMany: (keys) => cache.mget([...keys]),
      fetch: (key, load) => cache.wrap(key, load),
      delete: (key) => cache.del(key),
      close: () => cache.disconnect(),
    };
  },
};
