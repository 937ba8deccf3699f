/** The caches that patterns are held to, beside the plain one (in-process.ts). */
import type { CacheVerbs } from "../../../src/patterns/index.js";
import { MemoryStore } from "../../../src/stores/memory/index.js";
import { SharedCache } from "../../../src/table/shared-cache/shared-cache.js";
import { createTiered } from "../../../src/tiered/index.js";
import type { CachePlace } from "./through.js";

export const shared: CachePlace = {
  name: "SharedCache",
  open(clock) {
    const cache = SharedCache.create<string>({ memory: "2mb", clock, janitor: false });
    return { cache: cache as CacheVerbs<string>, close: () => cache.close() };
  },
};

export const tiered: CachePlace = {
  name: "Tiered",
  open(clock) {
    const cache = createTiered<string>({ l2: new MemoryStore({ clock }), clock });
    return { cache, close: () => cache.close() };
  },
};
