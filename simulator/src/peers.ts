/**
 * The caches that `npm start` compares: Stowage as `new Cache({max})`, and others from npm with the same number of entries.
 *
 * Each replays the same requests: get, and on a miss set. The loop stands once for each cache on purpose; one loop for all
 * would make the engine's inline caches in it polymorphic, and measure that.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { SieveCache } from "@neophi/sieve-cache";
import { LRUCache } from "lru-cache";
import { LRUMap } from "mnemonist";
import QuickLRU from "quick-lru";
import { Cache } from "stowage";
import { lru as tinyLru } from "tiny-lru";

export interface Peer {
  /** The package on npm. */
  readonly name: string;
  /** Said under the table. */
  readonly note?: string;
  /** Replays the requests through a fresh cache for `capacity` entries; gives the hits back. */
  replay(requests: readonly string[], capacity: number): number;
}

const stowage: Peer = {
  name: "stowage",
  replay(requests, capacity) {
    const cache = new Cache<string, string>({ max: capacity });
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    cache.close();
    return hits;
  },
};

const lruCache: Peer = {
  name: "lru-cache",
  replay(requests, capacity) {
    const cache = new LRUCache<string, string>({ max: capacity });
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    return hits;
  },
};

const mnemonist: Peer = {
  name: "mnemonist",
  replay(requests, capacity) {
    const cache = new LRUMap<string, string>(capacity);
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    return hits;
  },
};

const quickLru: Peer = {
  name: "quick-lru",
  note: "quick-lru keeps up to twice its maxSize; it is given half the capacity.",
  replay(requests, capacity) {
    const cache = new QuickLRU<string, string>({ maxSize: Math.ceil(capacity / 2) });
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    return hits;
  },
};

const tiny: Peer = {
  name: "tiny-lru",
  replay(requests, capacity) {
    const cache = tinyLru<string>(capacity);
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    return hits;
  },
};

const sieve: Peer = {
  name: "@neophi/sieve-cache",
  replay(requests, capacity) {
    const cache = new SieveCache<string, string>(capacity);
    let hits = 0;
    for (const key of requests) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else hits++;
    }
    return hits;
  },
};

export const peers: readonly Peer[] = [stowage, lruCache, mnemonist, quickLru, tiny, sieve];

/** The version that is installed. Read from the file: most packages do not export their package.json. */
export function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, "package.json")).find((path) => existsSync(path));
  return file === undefined ? "?" : (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
