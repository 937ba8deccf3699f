/**
 * Every contender: the name in flags and results, whose version is reported, the heading in tables, and how to load
 * it. Loaded on demand, so that a child process holds one library and its code only.
 */
import { versionOrNone } from "../../harness/programs.js";
import { redisProgram } from "../../harness/redis-server.js";
import type { ContenderInfo } from "../../harness/suite.js";
import type { Contender } from "./contender.js";

export interface ContenderEntry extends ContenderInfo {
  /** Why it does not take part in the rows with 5 M items; absent: it does. */
  notHuge?: string;
  load: () => Promise<{ contender: Contender }>;
}

export const contenders = {
  table: { package: "stowage", heading: "SharedTable", load: () => import("./shared-table.js") },
  "shared-cache": { package: "stowage", heading: "SharedCache", load: () => import("./shared-cache.js") },
  map: { package: null, heading: "Map", load: () => import("./map.js") },
  cache: { package: "stowage", heading: "Cache", load: () => import("./cache.js") },
  lmdb: { package: "lmdb", heading: "lmdb", load: () => import("./lmdb.js") },
  redis: {
    package: null,
    version: () => versionOrNone(redisProgram),
    heading: "Redis",
    notHuge: "what it costs is the way there, which does not depend on how many items there are",
    load: () => import("./redis.js"),
  },
} satisfies Record<string, ContenderEntry>;

export type ContenderName = keyof typeof contenders;

export const contenderNames = Object.keys(contenders) as ContenderName[];
