/** Every contender: the name in flags and results, whose version is reported, and which server it talks to. */
import type { ContenderInfo } from "../../harness/suite.js";
import type { Contender } from "./contender.js";

export interface ContenderEntry extends ContenderInfo {
  server: "stowage" | "redis" | "none";
  load: () => Promise<{ contender: Contender }>;
}

export const contenders = {
  stowage: {
    package: "stowage",
    heading: "stowage/client",
    server: "stowage",
    load: () => import("./stowage.js"),
  },
  ioredis: { package: "ioredis", heading: "ioredis", server: "redis", load: () => import("./ioredis.js") },
  "ioredis-auto": {
    package: "ioredis",
    heading: "ioredis, auto-pipelining",
    server: "redis",
    load: () => import("./ioredis-auto.js"),
  },
  "node-redis": {
    package: "redis",
    heading: "node-redis",
    server: "redis",
    load: () => import("./node-redis.js"),
  },
  fetch: { package: null, heading: "fetch", server: "stowage", load: () => import("./fetch.js") },
  cache: {
    package: "stowage",
    heading: "Cache (in process)",
    server: "none",
    load: () => import("./cache.js"),
  },
} satisfies Record<string, ContenderEntry>;

export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];
