/**
 * Every contender: the name in flags and results, the package whose version is reported, the heading in tables,
 * and how to load it. Loaded on demand, so that a child process holds one library and its code only.
 */
import type { Contender } from "./contender.js";

export interface ContenderEntry {
  /** null: built into Node. */
  package: string | null;
  heading: string;
  /** Needs microseconds an operation: does the rows that can be reduced with fewer entries. */
  slow?: true;
  /** Takes part in the stall rows only. */
  floorOfStalls?: true;
  load: () => Promise<{ contender: Contender }>;
}

export const contenders = {
  stowage: { package: "stowage", heading: "stowage", load: () => import("./stowage.js") },
  map: { package: null, heading: "Map", load: () => import("./map.js") },
  "lru-cache": { package: "lru-cache", heading: "lru-cache", load: () => import("./lru-cache.js") },
  ttlcache: { package: "@isaacs/ttlcache", heading: "ttlcache", load: () => import("./ttlcache.js") },
  "quick-lru": { package: "quick-lru", heading: "quick-lru", load: () => import("./quick-lru.js") },
  "tiny-lru": { package: "tiny-lru", heading: "tiny-lru", load: () => import("./tiny-lru.js") },
  mnemonist: { package: "mnemonist", heading: "mnemonist", load: () => import("./mnemonist.js") },
  "sieve-cache": { package: "@neophi/sieve-cache", heading: "sieve", load: () => import("./sieve-cache.js") },
  "node-cache": { package: "node-cache", heading: "node-cache", load: () => import("./node-cache.js") },
  cacheable: {
    package: "@cacheable/memory",
    heading: "cacheable",
    slow: true,
    load: () => import("./cacheable.js"),
  },
  "cache-manager": {
    package: "cache-manager",
    heading: "cache-mgr",
    slow: true,
    load: () => import("./cache-manager.js"),
  },
  keyv: { package: "keyv", heading: "keyv", slow: true, load: () => import("./keyv.js") },
  bentocache: { package: "bentocache", heading: "bento", slow: true, load: () => import("./bentocache.js") },
  arrays: { package: null, heading: "(arrays)", floorOfStalls: true, load: () => import("./arrays.js") },
} satisfies Record<string, ContenderEntry>;

export type ContenderName = keyof typeof contenders;

export const contenderNames = Object.keys(contenders) as ContenderName[];
