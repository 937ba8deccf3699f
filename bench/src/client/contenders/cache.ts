/** The in-process cache: what a near-cache hit is measured against. A synchronous call, no promise. */
import { Cache } from "stowage";
import { itemOf, keyOf } from "../items.js";
import type { Contender } from "./contender.js";

export const contender: Contender = {
  connect() {
    let cache = new Cache<string, unknown>();
    let names: string[] = [];
    return {
      operation: (verb) => (verb === "near" ? (item) => cache.get(names[item]) : undefined),
      async fill(items) {
        cache = new Cache({ max: 2 * items, ttl: "1h" });
        names = Array.from({ length: items }, (_, item) => keyOf(item));
        for (let item = 0; item < items; item++) cache.set(names[item], itemOf(item));
      },
      close: () => cache.close(),
    };
  },
};
