/**
 * Who may import whom, as data. The checker (check.ts) knows nothing but these tables; ARCHITECTURE.md draws
 * the same picture for people.
 *
 * Left out: rules inside a room (which file of cache/ may use which). There, only import cycles are refused.
 */

/** Rooms of packages/stowage/src, and the rooms each may import from. `index.ts` is the entry of `stowage`. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  base: [],
  cache: ["base"],
  table: ["base", "cache"],
  stores: ["base", "cache", "table"],
  tiered: ["base", "cache", "table", "stores"],
  client: ["base", "cache", "table", "stores"],
  http: ["base", "cache", "table", "stores", "tiered", "client"],
  "index.ts": ["base", "cache"],
  testing: ["base", "cache", "table", "stores", "tiered", "client", "http", "index.ts"],
};

/** Where the rooms are. */
export const roomsFolder = "packages/stowage/src/";

/** Rooms that also run in browsers: Node's builtins are taken at call time there (base/node.ts). */
export const browserRooms: readonly string[] = ["base", "cache", "index.ts"];

/**
 * Relative imports that may cross from one workspace into another; what they bring is bundled. None of it is public API, so
 * no published subpath leads to it.
 */
export const crossings: readonly { from: string; to: string }[] = [
  // The simulator replays traces through the very policy classes that the cache uses.
  { from: "simulator/", to: "packages/stowage/src/cache/policy/" },
  // The server says sizes and "did you mean" as the library does.
  { from: "packages/server/src/", to: "packages/stowage/src/base/byte-size.ts" },
  { from: "packages/server/src/", to: "packages/stowage/src/base/suggestion.ts" },
  // Packages are built alike.
  { from: "packages/", to: "scripts/build/" },
];
