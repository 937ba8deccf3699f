/** Stowage as a user gets it: default policy, statistics on. */
import { Cache } from "stowage";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs }) {
    const cache = new Cache<string, unknown>({
      ...(max === undefined ? {} : { max }),
      ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    });
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
      setFor: (key, value, ttl) => {
        cache.set(key, value, { ttl });
      },
      fetch: (key, load) => cache.fetch(key, load),
      incr: (key) => cache.incr(key),
    };
  },
};
