/** Options that several patterns have, each declared once. */
import { type Clock, systemClock } from "../../base/clock.js";
import { checked, duration, nonEmptyText, objectWith, wholeNumber } from "../../base/option-types.js";
import { option } from "../../base/options.js";
import { isRedisClient } from "../../stores/redis/options.js";
import type { RedisPlace } from "./redis.js";

export const clockOption = option({
  type: objectWith<Clock>("a clock", "now", "wall", "setTimer", "clearTimer"),
  default: systemClock,
  defaultText: "the system's",
  meaning: "where time comes from",
});

export const nameOption = (fallback: string) =>
  option({ type: nonEmptyText, default: fallback, meaning: "stands before its keys" });

/** What `redisCommands` takes is checked there; here, only that there is something that it may be. */
export const redisOption = option<RedisPlace, undefined>({
  type: checked(
    "a client of ioredis, iovalkey or node-redis, a URL, or what redisCommands gave",
    (value) =>
      typeof value === "string" ||
      Array.isArray(value) ||
      isRedisClient(value) ||
      (typeof value === "object" && value !== null),
  ),
  default: undefined,
  defaultText: "none: in the memory of this process",
  meaning: "where Redis or Valkey is",
});

const TIMEOUT_MS = 1_000;
const MAX = 100_000;

export const timeoutOption = option({
  type: duration,
  default: TIMEOUT_MS,
  defaultText: '`"1s"`',
  meaning: "how long Redis may take to answer",
});

export const maxOption = option({
  type: wholeNumber({ min: 1 }),
  default: MAX,
  meaning: "keys that memory holds; the one that was not used for longest goes",
});
