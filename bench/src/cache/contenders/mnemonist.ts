/** mnemonist's LRUMap: a bound, no expiry, no delete. */
import { LRUMap } from "mnemonist";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max === undefined || ttlMs !== undefined || load !== undefined) return undefined;
    const cache = new LRUMap<string, unknown>(max);
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
    };
  },
};
