/** A bare Map: no bound, no expiry. The floor that any cache which keeps its entries in a Map stands on. */
import type { Contender } from "./contender.js";

export const contender: Contender = {
  create({ max, ttlMs, load }) {
    if (max !== undefined || ttlMs !== undefined || load !== undefined) return undefined;
    const map = new Map<string, unknown>();
    return {
      async: false,
      get: (key) => map.get(key),
      set: (key, value) => {
        map.set(key, value);
      },
    };
  },
};
