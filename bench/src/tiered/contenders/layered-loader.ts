/**
 * https://github.com/kibertoad/layered-loader: a Loader with a memory cache, RedisCache, and its notifications over Redis. It has no
 * tags, and its loader belongs to the cache: the one of a call is handed over in a map.
 *
 * Its package asks for Node 22 (`engines`); it is run on whichever Node there is, and what does not work there shows.
 */
import { Redis } from "ioredis";
import { createNotificationPair, Loader, RedisCache } from "layered-loader";
import type { Item } from "../items.js";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

export const contender: Contender = {
  hasTags: false,
  async open({ port }) {
    const connect = () => new Redis({ host: "127.0.0.1", port });
    const [redis, publisher, consumer] = [connect(), connect(), connect()];
    const loaders = new Map<string, () => Promise<Item>>();
    const pair = createNotificationPair<Item>({
      channel: "bench",
      publisherRedis: publisher,
      consumerRedis: consumer,
    });
    const loader = new Loader<Item>({
      inMemoryCache: { cacheType: "lru-map", ttlInMsecs: TTL_MS, maxItems: L1_MAX },
      asyncCache: new RedisCache<Item>(redis, { json: true, ttlInMsecs: TTL_MS, prefix: "layered" }),
      notificationConsumer: pair.consumer,
      notificationPublisher: pair.publisher,
      dataSourceGetOneFn: async (key) => loaders.get(key)?.(),
      dataSourceGetManyFn: async () => [],
      throwIfLoadError: true,
      cacheKeyFromValueResolver: ({ key }) => key,
    });
    await loader.init();
    return {
      get: (key) => loader.get(key),
      getAtOnce: (key) => loader.getInMemoryOnly(key),
      set: (key, value) => loader.forceSetValue(key, value),
      getMany: (keys) => loader.getMany([...keys]),
      async fetch(key, load) {
        loaders.set(key, load);
        try {
          return await loader.get(key);
        } finally {
          loaders.delete(key);
        }
      },
      delete: (key) => loader.invalidateCacheFor(key),
      close: () => Promise.all([redis, publisher, consumer].map((each) => each.disconnect())),
    };
  },
};
