/** The store suite over one real server, by each library. */
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, it } from "vitest";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { RedisServer } from "../../support/redis.js";
import { subjectOf } from "./subjects.js";

let server: RedisServer;
let ioredis: Redis;
let iovalkey: Valkey;
let nodeRedis: ReturnType<typeof createClient>;

beforeAll(async () => {
  server = await RedisServer.start();
  ioredis = new Redis(server.port);
  iovalkey = new Valkey(server.port);
  nodeRedis = createClient({ url: server.url });
  await nodeRedis.connect();
});

afterAll(async () => {
  ioredis.disconnect();
  iovalkey.disconnect();
  nodeRedis.destroy();
  await server.stop();
});

storeSuite(
  subjectOf("RedisStore over ioredis", () => ({ client: ioredis })),
  { describe, it: it.concurrent },
);
storeSuite(
  subjectOf("RedisStore over iovalkey", () => ({ client: iovalkey })),
  { describe, it: it.concurrent },
);
storeSuite(
  subjectOf("RedisStore over node-redis", () => ({ client: nodeRedis })),
  { describe, it: it.concurrent },
);
