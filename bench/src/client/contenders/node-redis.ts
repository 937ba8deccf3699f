/** node-redis, which sends what is asked in one turn together without being told. */
import { createClient } from "redis";
import type { Contender } from "./contender.js";
import { connectedTo } from "./redis-connected.js";

export const contender: Contender = {
  async connect(port) {
    const client = createClient({ socket: { host: "127.0.0.1", port } });
    await client.connect();
    return connectedTo(client, () => client.destroy());
  },
};
