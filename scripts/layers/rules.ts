/**
 * Who may import whom, as data. The checker (check.ts) knows nothing but these tables; ARCHITECTURE.md draws
 * the same picture for people.
 *
 * Left out: rules inside a room (which file of cache/ may use which). There, only import cycles are refused.
 */

/** The rooms of a folder, and the rooms each may import from. A file that stands in no subfolder is a room of its own. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

/** `index.ts` is the entry of `stowage`. */
const library: Rooms = {
  base: [],
  resilience: ["base"],
  cache: ["base"],
  table: ["base", "cache"],
  stores: ["base", "resilience", "cache", "table", "client"],
  tiered: ["base", "resilience", "cache", "table", "stores"],
  client: ["base", "resilience", "cache"],
  http: ["base", "resilience", "cache", "table", "stores", "tiered", "client"],
  "index.ts": ["base", "cache"],
  patterns: ["base", "resilience", "cache", "table", "stores", "tiered"],
  metrics: ["base", "cache", "table", "stores", "tiered", "client"],
  prometheus: ["base", "metrics"],
  otel: ["base", "metrics"],
  testing: [
    "base",
    "resilience",
    "cache",
    "table",
    "stores",
    "tiered",
    "client",
    "patterns",
    "http",
    "index.ts",
  ],
};

/** The server: what it knows, what it tells, what it answers, how it runs; the command line is a client of all that. */
const server: Rooms = {
  json: [],
  config: ["json"],
  observe: ["config"],
  access: ["config", "observe"],
  durability: ["config", "observe"],
  stored: ["json"],
  feed: ["observe"],
  l2: ["config", "feed", "observe", "stored"],
  "context.ts": ["access", "config", "durability", "feed", "l2", "observe"],
  http: ["access", "context.ts", "observe"],
  openapi: ["http"],
  routes: [
    "access",
    "config",
    "context.ts",
    "durability",
    "feed",
    "http",
    "json",
    "l2",
    "observe",
    "openapi",
    "stored",
  ],
  process: ["access", "config", "context.ts", "durability", "feed", "http", "l2", "observe", "routes"],
  "index.ts": ["config", "durability", "observe", "process"],
  client: ["json"],
  cli: ["client", "config", "observe", "process"],
  "bin.ts": ["cli"],
  "bin-server.ts": ["cli"],
};

export const libraryFolder = "packages/stowage/src/";

/** Folders that have rooms. Others are one room each: there, only import cycles are refused. */
export const houses: Readonly<Record<string, Rooms>> = {
  [libraryFolder]: library,
  "packages/server/src/": server,
};

/** Rooms of the library that also run in browsers: Node's builtins are taken at call time there (base/node.ts). */
export const browserRooms: readonly string[] = ["base", "resilience", "cache", "client", "index.ts"];

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
  // The client is tested on the server's own routes, feed and programs.
  { from: "packages/stowage/test/client/", to: "packages/server/" },
  { from: "packages/stowage/test/stores/server/", to: "packages/server/" },
  // What is written for Prometheus is read by the server's strict reader.
  { from: "packages/stowage/test/prometheus/", to: "packages/server/test/support/" },
  // A fleet is tested on real servers of Redis, and on connections that go wrong, as the stores are.
  { from: "packages/server/test/l2/", to: "packages/stowage/test/support/" },
  // Packages are built alike.
  { from: "packages/", to: "scripts/build/" },
];
