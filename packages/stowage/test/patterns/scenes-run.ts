/** The scenes, on the sources of the same bundle: mutants.test.ts builds it from edited ones. */
import type { RedisPlace } from "../../src/patterns/index.js";
import { faultIn } from "../support/scenes.js";
import { memoryScenes, redisScenes } from "./scenes/index.js";

/** What takes longer hangs; some wait for real time. */
const REDIS_LIMIT_MS = 4_000;

export const fault = (group: string) => faultIn(memoryScenes(), group);

export const faultOverRedis = (group: string, redis: RedisPlace) =>
  faultIn(redisScenes(redis), group, REDIS_LIMIT_MS);
