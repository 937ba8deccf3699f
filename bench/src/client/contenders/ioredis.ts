/** ioredis as it comes: each command is written on its own. */
import { Redis } from "ioredis";
import type { Contender } from "./contender.js";
import { connectedTo } from "./redis-connected.js";

export const contender: Contender = {
  connect(port) {
    const redis = new Redis({ host: "127.0.0.1", port });
    return connectedTo(redis, () => redis.disconnect());
  },
};
