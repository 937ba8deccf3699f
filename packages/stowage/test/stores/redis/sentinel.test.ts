/** A master that crashes under the eyes of Sentinels: stores and buses go on with the other server. */
import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { expect, it } from "vitest";
import {
  RedisBus,
  RedisStore,
  type RedisStoreOptions,
  RedisStreamBus,
} from "../../../src/stores/redis/index.js";
import { eventually, RedisSentinels } from "../../support/redis.js";

it("Sentinels choose another master: stores and buses come back by themselves", async () => {
  const group = await RedisSentinels.start();
  const addresses = group.sentinels.map(({ port }) => ({ host: "127.0.0.1", port }));
  const ioredis = new Redis({
    sentinels: addresses,
    name: RedisSentinels.group,
    sentinelRetryStrategy: () => 50,
  });
  ioredis.on("error", () => undefined);
  const nodeRedis = createSentinel({ name: RedisSentinels.group, sentinelRootNodes: addresses });
  nodeRedis.on("error", () => undefined);
  await nodeRedis.connect();
  const clients: RedisStoreOptions[] = [{ client: ioredis }, { client: nodeRedis }];
  const stores = clients.map((options) => new RedisStore(options));
  const buses = clients.flatMap((options) => [new RedisBus(options), new RedisStreamBus(options)]);
  const heard = buses.map((bus, index) => {
    const texts: string[] = [];
    bus.subscribe(`${index}`, { message: (text) => void texts.push(text), connected: () => undefined });
    return texts;
  });

  const within = () => ({ signal: AbortSignal.timeout(500) });
  const works = (text: string) =>
    eventually(`stores and buses, ${text}`, async () => {
      const results = await Promise.allSettled([
        ...stores.map((store) =>
          store.setMany([{ key: "a", bytes: Buffer.from(text), ttlMs: null }], within()),
        ),
        ...stores.map(async (store) =>
          expect((await store.getMany(["a"], within()))[0]?.length).toBe(text.length),
        ),
        ...stores.map((store) => store.incr("n", 1, { initial: 0, ttlMs: null }, within())),
        ...buses.map((bus, index) => bus.publish(`${index}`, text)),
      ]);
      const isDone = results.every(({ status }) => status === "fulfilled");
      return isDone && heard.every((texts) => texts.includes(text));
    });

  await works("before");
  await group.failover();
  await works("afterwards");
  await Promise.all([...stores, ...buses].map((one) => one.close()));
  ioredis.disconnect();
  await nodeRedis.destroy();
  await group.stop();
});
