/** All scenes of the patterns that have a place: over memory, and over a Redis that is given. */
import type { RedisPlace } from "../../../src/patterns/index.js";
import { RedisStore } from "../../../src/stores/redis/index.js";
import type { Scenes } from "../../support/scenes.js";
import { counterScenes } from "./counters.js";
import { flagScenes } from "./flags.js";
import { leaderboardScenes } from "./leaderboard.js";
import { limitScenes } from "./limits.js";
import { memoryLocks, redisLocks } from "./lock-places.js";
import { lockScenes } from "./locks.js";
import { memoryPlace, redisPlace } from "./place.js";
import { presenceScenes } from "./presence.js";
import { sessionScenes } from "./sessions.js";

export function memoryScenes(): Scenes {
  const place = memoryPlace();
  return {
    ...leaderboardScenes(place),
    ...presenceScenes(place),
    ...limitScenes(place),
    ...counterScenes(place, () => undefined),
    ...sessionScenes(place, () => undefined),
    ...lockScenes(memoryLocks()),
    ...flagScenes(),
  };
}

/** @param redis a client, or what redisCommands gave: it stays open */
export function redisScenes(redis: RedisPlace): Scenes {
  const place = redisPlace(redis);
  const store = () => new RedisStore({ client: redis as never, prefix: "store:" });
  return {
    ...leaderboardScenes(place),
    ...presenceScenes(place),
    ...limitScenes(place),
    ...counterScenes(place, store),
    ...sessionScenes(place, store),
    ...lockScenes(redisLocks(redis)),
  };
}
