/** @neophi/sieve-cache: SIEVE behind a Map's interface; a bound, no expiry. */
import { SieveCache } from "@neophi/sieve-cache";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max === undefined || ttlMs !== undefined || load !== undefined) return undefined;
    const cache = new SieveCache<string, unknown>(max);
    return {
      async: false,
      get: (key) => cache.get(key),
      set: (key, value) => {
        cache.set(key, value);
      },
    };
  },
};
