/** Every contender: the name in flags and results, and whose version is reported. */
import type { ContenderInfo } from "../../harness/suite.js";
import type { Contender } from "./contender.js";

export interface ContenderEntry extends ContenderInfo {
  load: () => Promise<{ contender: Contender }>;
}

export const contenders = {
  stowage: { package: "stowage", heading: "stowage/tiered", load: () => import("./stowage.js") },
  bentocache: { package: "bentocache", heading: "bentocache", load: () => import("./bentocache.js") },
  cacheable: { package: "cacheable", heading: "cacheable", load: () => import("./cacheable.js") },
  "cache-manager": {
    package: "cache-manager",
    heading: "cache-manager",
    load: () => import("./cache-manager.js"),
  },
  "layered-loader": {
    package: "layered-loader",
    heading: "layered-loader",
    load: () => import("./layered-loader.js"),
  },
  cachified: { package: "@epic-web/cachified", heading: "cachified", load: () => import("./cachified.js") },
  ioredis: { package: "ioredis", heading: "plain ioredis", load: () => import("./ioredis.js") },
} satisfies Record<string, ContenderEntry>;

export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];
