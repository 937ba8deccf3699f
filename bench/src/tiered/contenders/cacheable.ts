/** https://cacheable.org/docs/cacheable/: its own memory store over @keyv/redis; tags where they are used, since they cost each read. */
import KeyvRedis from "@keyv/redis";
import { Cacheable, CacheableMemory } from "cacheable";
import { Keyv } from "keyv";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

export const contender: Contender = {
  hasTags: true,
  async open({ port, tags }) {
    const secondary = new KeyvRedis(`redis://127.0.0.1:${port}`);
    const primary = new Keyv({ store: new CacheableMemory({ lruSize: L1_MAX, useClone: false }) });
    const cache = new Cacheable({ primary, secondary, ttl: TTL_MS, tags });
    return {
      get: (key) => cache.get(key),
      set: (key, value, tag) =>
        cache.set(key, value, tag === undefined ? TTL_MS : { ttl: TTL_MS, tags: [tag] }),
      getMany: (keys) => cache.getMany([...keys]),
      fetch: (key, load, { tag } = {}) =>
        cache.getOrSet(key, load, {
          ttl: TTL_MS,
          throwErrors: true,
          ...(tag !== undefined && { tags: [tag] }),
        }),
      delete: (key) => cache.delete(key),
      invalidateTag: (tag) => cache.tags.invalidateTag(tag),
      close: () => cache.disconnect(),
    };
  },
};
