/** The scenes, over a real Redis. */
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Leaderboard, Locks, RateLimiter } from "../../src/patterns/index.js";
import { RedisStore, redisCommands } from "../../src/stores/redis/index.js";
import { rejects } from "../../src/testing/check.js";
import { RedisServer } from "../support/redis.js";
import { redisScenes } from "./scenes/index.js";
import { liveStoreLocks } from "./scenes/lock-places.js";
import { lockScenes } from "./scenes/locks.js";

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  client = new Redis(server.port);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

// Made before the client is: the scenes ask for it when they run.
const later = new Proxy({} as Redis, {
  get: (_, name) => {
    const member = Reflect.get(client, name, client) as unknown;
    return typeof member === "function" ? member.bind(client) : member;
  },
  has: (_, name) => name in (client ?? Redis.prototype),
});

for (const [group, all] of Object.entries(redisScenes(later))) {
  describe(group, () => {
    for (const { name, run } of all) it(name, run);
  });
}

describe("over the Redis store", () => {
  const place = liveStoreLocks("the Redis store", () => new RedisStore({ client: later, prefix: "locks:" }));
  for (const [group, all] of Object.entries(lockScenes(place))) {
    describe(group, () => {
      for (const { name, run } of all) it(name, run);
    });
  }
});

describe("over Redis", () => {
  it("keys are of one name each, so that they may stand in a Cluster", async () => {
    await client.flushall();
    const options = { redis: client, name: "own" };
    await new Leaderboard(options).set("a", 1);
    expect(await client.keys("*")).toEqual(["own"]);
    await client.flushall();
    await new RateLimiter({ ...options, limit: 1, window: "1m" }).take("{a");
    await new Locks(options).acquire("b}");
    expect((await client.keys("*")).sort()).toEqual(["own:b}", "own:{a"]);
  });

  it("nothing is kept for ever but boards", async () => {
    await client.flushall();
    for (const kind of ["fixed", "sliding", "bucket"] as const)
      await new RateLimiter({ redis: client, name: kind, kind, limit: 2, window: "1m" }).take("a");
    await (await new Locks({ redis: client }).acquire("a")).release();
    for (const key of await client.keys("*")) expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  it("one connection serves all that are given it, and stays open", async () => {
    const redis = redisCommands(server.url);
    const [board, locks] = [new Leaderboard({ redis }), new Locks({ redis })];
    await board.set("a", 1);
    await (await locks.acquire("a")).release();
    await Promise.all([board.close(), locks.close()]);
    expect(await redis.command("x", "GET", "x")).toBe(null);
    await redis.close();
    await rejects(board.size(), "ClosedError");
  });

  it("a limiter says what it was told to say while Redis is away, and counts it", async () => {
    const own = await RedisServer.start();
    const open = (whenAway: "throw" | "allow" | "refuse") =>
      new RateLimiter({ redis: own.url, limit: 5, window: "1m", timeout: 200, whenAway });
    const all = [open("throw"), open("allow"), open("refuse")] as const;
    for (const each of all) expect((await each.take("a")).allowed).toBe(true);
    own.pause();
    await rejects(all[0].take("a"), "StoreUnavailableError");
    expect(await all[1].take("a")).toMatchObject({ allowed: true, remaining: 5 });
    expect(await all[2].take("a")).toMatchObject({ allowed: false, retryMs: 60_000 });
    expect([all[1].unanswered, all[2].unanswered]).toEqual([1, 1]);
    own.resume();
    await Promise.all(all.map((each) => each.close()));
    await rejects(all[1].take("a"), "ClosedError");
    await own.stop();
  });

  it("a lock is lost, and told so, when Redis does not answer for its time", async () => {
    const own = await RedisServer.start();
    const locks = new Locks({ redis: own.url, ttl: 400, timeout: 50 });
    const held = await locks.acquire("a");
    own.pause();
    await new Promise((resolve) => held.signal.addEventListener("abort", resolve, { once: true }));
    expect(held.isHeld).toBe(false);
    own.resume();
    await locks.close();
    await own.stop();
  });
});
