/** What one writes by hand over a plain client: no first tier, JSON in and out, cache-aside without a guard against stampedes. */
import { Redis } from "ioredis";
import { type Contender, TTL_MS } from "./contender.js";

export const contender: Contender = {
  hasTags: false,
  async open({ port }) {
    const redis = new Redis({ host: "127.0.0.1", port });
    const parsed = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
    const get = async (key: string) => parsed(await redis.get(key));
    const set = (key: string, value: unknown) => redis.set(key, JSON.stringify(value), "PX", TTL_MS);
    return {
      get,
      set,
      getMany: async (keys) => (await redis.mget([...keys])).map(parsed),
      async fetch(key, load) {
        const found = await get(key);
        if (found !== undefined) return found;
        const value = await load();
        await set(key, value);
        return value;
      },
      delete: (key) => redis.del(key),
      close: () => redis.disconnect(),
    };
  },
};
