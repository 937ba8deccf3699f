/** ioredis with its pipelining of what is asked in one turn of the event loop. */
import { Redis } from "ioredis";
import type { Contender } from "./contender.js";
import { connectedTo } from "./redis-connected.js";

export const contender: Contender = {
  connect(port) {
    const redis = new Redis({ host: "127.0.0.1", port, enableAutoPipelining: true });
    return connectedTo(redis, () => redis.disconnect());
  },
};
