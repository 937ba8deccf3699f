/** Every contender by the name it has in flags and results. */
import type { Contender } from "./contender.js";
import { contender as memcached } from "./memcached.js";
import { contender as nginx } from "./nginx.js";
import { contender as nodeHttp } from "./node-http.js";
import { contender as redis } from "./redis.js";
import { contender as redisBenchmark } from "./redis-benchmark.js";
import { contender as stowage } from "./stowage.js";
import { contender as webdis } from "./webdis.js";

export const contenders = {
  stowage,
  redis,
  "redis-benchmark": redisBenchmark,
  memcached,
  nginx,
  webdis,
  "node-http": nodeHttp,
} satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;

export const contenderNames = Object.keys(contenders) as ContenderName[];
