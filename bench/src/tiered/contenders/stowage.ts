/** Stowage: a cache in the process over RedisStore, and RedisBus. Nothing is set that is not its default but bounds and time. */
import { RedisBus, RedisStore } from "stowage/stores/redis";
import { createTiered } from "stowage/tiered";
import { ensure } from "../../harness/checks.js";
import type { Item } from "../items.js";
import { type Contender, L1_MAX, TTL_MS } from "./contender.js";

const CONNECT_MS_MAX = 10_000;

export const contender: Contender = {
  hasTags: true,
  async open({ port }) {
    const url = `redis://127.0.0.1:${port}`;
    const cache = createTiered<Item>({
      name: "bench",
      l1: { max: L1_MAX },
      l2: new RedisStore({ url }),
      bus: new RedisBus({ url }),
      ttl: TTL_MS,
    });
    const deadline = performance.now() + CONNECT_MS_MAX;
    while (cache.stats().bus?.isBehind) {
      ensure(performance.now() < deadline, "the bus is heard");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return {
      get: (key) => cache.get(key),
      getAtOnce: (key) => cache.peek(key),
      set: (key, value, tag) => cache.set(key, value, tag === undefined ? undefined : { tags: [tag] }),
      async getMany(keys) {
        const found = await cache.getMany(keys);
        return keys.map((key) => found.get(key));
      },
      fetch: (key, load, { tag } = {}) =>
        cache.fetch(key, load, tag === undefined ? undefined : { tags: [tag] }),
      delete: (key) => cache.delete(key),
      invalidateTag: (tag) => cache.invalidateTag(tag),
      close: () => cache.close(),
    };
  },
};
