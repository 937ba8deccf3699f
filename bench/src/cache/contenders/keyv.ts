/** keyv over a Map: no bound, and no verb that loads. */
import { Keyv } from "keyv";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max !== undefined || load !== undefined) return undefined;
    const cache = new Keyv({ store: new Map(), ttl: ttlMs, serialize: undefined, deserialize: undefined });
    return {
      async: true,
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      setFor: (key, value, ttl) => cache.set(key, value, ttl),
    };
  },
};
