/** The cache of the process, which mutants are looked for with: it needs nothing else. */
import { Cache } from "../../../src/cache/cache.js";
import type { CachePlace } from "./through.js";

export const inProcess: CachePlace = {
  name: "Cache",
  open(clock) {
    const cache = new Cache<string, string>({ clock, max: 1_000 });
    return { cache, close: () => cache.close() };
  },
};
