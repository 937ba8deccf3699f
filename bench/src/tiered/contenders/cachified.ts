/**
 * https://github.com/epicweb-dev/cachified: a Map-like cache (lru-cache, as its documentation shows) whose fresh value is a cachified one over
 * Redis (cachified-redis-adapter): it has no second tier of its own. It has one verb, which loads; the others are those of its
 * adapters. No tags.
 */
import { type CacheEntry, cachified, totalTtl } from "@epic-web/cachified";
import { redisCacheAdapter } from "cachified-redis-adapter";
import { LRUCache } from "lru-cache";
import { createClient } from "redis";
import type { Item } from "../items.js";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

/** Thrown by the innermost loader where a get finds nothing; cachified keeps nothing then. */
const nothing = new Error("there is none");

export const contender: Contender = {
  hasTags: false,
  async open({ port }) {
    const client = createClient({ socket: { host: "127.0.0.1", port } });
    await client.connect();
    const second = redisCacheAdapter(client as never);
    const memory = new LRUCache<string, CacheEntry>({ max: L1_MAX });
    const first = {
      set: (key: string, entry: CacheEntry) =>
        memory.set(key, entry, { ttl: totalTtl(entry.metadata), start: entry.metadata.createdTime }),
      get: (key: string) => memory.get(key),
      delete: (key: string) => memory.delete(key),
    };
    const fetch = (key: string, getFreshValue: () => Promise<Item>) =>
      cachified({
        key,
        ttl: TTL_MS,
        cache: first,
        getFreshValue: () => cachified({ key, ttl: TTL_MS, cache: second, getFreshValue }),
      });
    const remove = async (key: string) => {
      await second.delete(key);
      first.delete(key);
    };
    return {
      fetch,
      get: (key) =>
        fetch(key, () => Promise.reject(nothing)).catch((error: unknown) => {
          if (error === nothing) return undefined;
          throw error;
        }),
      async set(key, value) {
        const entry = { value, metadata: { ttl: TTL_MS, createdTime: Date.now() } };
        await second.set(key, entry);
        first.set(key, entry);
      },
      delete: remove,
      close: () => client.destroy(),
    };
  },
};
