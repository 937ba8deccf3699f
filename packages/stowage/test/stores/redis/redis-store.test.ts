/** What the store suite cannot know: how things stand in Redis, what others do there, what is said of what goes wrong. */
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { explained } from "../../../src/stores/redis/errors.js";
import {
  RedisBus,
  RedisStore,
  type RedisStoreOptions,
  RedisStreamBus,
  redisCommands,
} from "../../../src/stores/redis/index.js";
import { slotOf } from "../../../src/stores/redis/slot.js";
import { StoreGuard } from "../../../src/tiered/guard/index.js";
import { eventually, RedisServer } from "../../support/redis.js";

const call = { signal: new AbortController().signal };
const bytesOf = (text: string) => Buffer.from(text);

let server: RedisServer;
let client: Redis;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
  client = new Redis(server.port);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await client.flushall();
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

function storeWith(options: RedisStoreOptions = { client }): RedisStore {
  const store = new RedisStore(options);
  opened.push(store);
  return store;
}

async function get(store: RedisStore, ...keys: string[]): Promise<(string | undefined)[]> {
  const found = await store.getMany(keys, call);
  return found.map((bytes) => bytes && Buffer.from(bytes).toString());
}

const set = (store: RedisStore, key: string, text: string) =>
  store.setMany([{ key, bytes: bytesOf(text), ttlMs: null }], call);

describe("RedisStore in Redis", () => {
  it("has readable keys, with its prefix, and plain counters", async () => {
    const store = storeWith({ client, prefix: "app:" });
    await set(store, "user:é", "1");
    await store.incr("n", 41, { initial: 1, ttlMs: null }, call);
    expect((await client.keys("*")).sort()).toEqual(["app:n", "app:user:é"]);
    expect(await client.get("app:n")).toBe("42");
    expect((await client.getBuffer("app:user:é"))?.subarray(5).toString()).toBe("1");
  });

  it("takes what others wrote for nothing, and writes over it", async () => {
    const store = storeWith();
    await client.set("text", "written by another program");
    await client.lpush("list", "1");
    await client.rename("text", "renamed");
    await set(store, "from", "its own");
    await client.rename("from", "to");
    const keys = ["renamed", "list", "to"];
    expect(await get(store, ...keys)).toEqual([undefined, undefined, undefined]);
    for (const key of keys) {
      expect(await get(store, key)).toEqual([undefined]);
      const lease = await store.lease(key, { ttlMs: 60_000, seen: undefined }, call);
      if (lease.kind !== "granted") throw new Error(`${key}: ${lease.kind}`);
      expect(await store.fill({ key, bytes: bytesOf("new"), ttlMs: null }, lease.token, call)).toBe(true);
      expect(await get(store, key)).toEqual(["new"]);
    }
    await client.lpush("list2", "1");
    expect(await store.ttl("list2", call)).toBeUndefined();
    expect(await store.expire("list2", 1, call)).toBe(false);
    expect((await store.scan("list", { limit: 10 }, call)).keys).toEqual(["list"]);
    await expect(store.incr("list2", 1, { initial: 0, ttlMs: null }, call)).rejects.toMatchObject({
      code: "STOWAGE_NON_NUMERIC_VALUE",
    });
    expect(await store.deleteMany(["list2"], call)).toBe(1);
  });

  it("leaves what is beside its prefix alone, keys that are no text among it", async () => {
    const store = storeWith({ client, prefix: "app:" });
    const odd = Buffer.from([0x61, 0x70, 0x70, 0x3a, 0xff]);
    await client.mset(
      new Map<string | Buffer, string>([
        ["other", "1"],
        ["app", "2"],
        ["APP:x", "3"],
      ]) as never,
    );
    await client.set(odd, "4");
    await set(store, "a", "1");
    expect((await store.scan("", { limit: 10 }, call)).keys).toEqual(["a"]);
    expect(await store.clear("a", call)).toBe(1);
    expect(await client.dbsize()).toBe(4);
    expect(await store.clear("", call)).toBe(1);
    expect((await client.keys("*")).sort()).toEqual(["APP:x", "app", "other"]);
  });

  it("begins with half a pair, and takes along what has the other half", async () => {
    const store = storeWith();
    for (const key of ["\ud83d", "\ud83d\ude00", "\ud83dx", "\ud83c"]) await set(store, key, "1");
    expect(await store.clear("\ud83d", call)).toBe(3);
    expect(await get(store, "\ud83c")).toEqual(["1"]);
  });

  it("goes on after SCRIPT FLUSH", async () => {
    const store = storeWith();
    for (const expected of [1, 2, 3]) {
      expect(await store.incr("n", 1, { initial: 0, ttlMs: null }, call)).toBe(expected);
      await client.script("FLUSH");
    }
    expect(await store.deleteMany(["n"], call)).toBe(1);
  });

  it("lives with the keyPrefix of its client", async () => {
    const prefixed = new Redis(server.port, { keyPrefix: "*:" });
    const store = storeWith({ client: prefixed, prefix: "app:" });
    for (const key of ["a", "b", "c"]) await set(store, key, key);
    expect(await get(store, "a", "b", "x")).toEqual(["a", "b", undefined]);
    const lease = await store.lease("l", { ttlMs: 60_000, seen: undefined }, call);
    expect(lease.kind).toBe("granted");
    expect([...(await store.scan("", { limit: 10 }, call)).keys].sort()).toEqual(["a", "b", "c"]);
    expect((await client.keys("*")).sort()).toEqual(["*:app:a", "*:app:b", "*:app:c", "*:app:l"]);
    await client.set("x:app:a", "another's");
    expect(await store.clear("", call)).toBe(3);
    expect(await client.keys("*")).toEqual(["x:app:a"]);
    for (const bus of [new RedisBus({ client: prefixed }), new RedisStreamBus({ client: prefixed })]) {
      const texts: string[] = [];
      let isConnected = false;
      bus.subscribe("c", {
        message: (text) => void texts.push(text),
        connected: (is) => {
          isConnected = is;
        },
      });
      await eventually("connected", () => isConnected);
      await bus.publish("c", "1");
      await eventually("come", () => texts.join() === "1");
      await bus.close();
    }
    prefixed.disconnect();
  });

  it("shares a connection with others, who stay open", async () => {
    const commands = redisCommands(server.url);
    const store = storeWith({ commands });
    await set(store, "a", "1");
    await store.close();
    expect(
      Buffer.from((await commands.command("a", "GET", "a")) as Uint8Array)
        .subarray(5)
        .toString(),
    ).toBe("1");
    await commands.close();
    await expect(commands.command("a", "GET", "a")).rejects.toMatchObject({ code: "STOWAGE_CLOSED" });
  });

  it("leaves nothing on a client that it was given", async () => {
    const own = new Redis(server.port);
    const count = () => own.eventNames().reduce((sum, name) => sum + own.listenerCount(name), 0);
    const before = count();
    const stores = Array.from({ length: 20 }, () => new RedisStore({ client: own }));
    await set(stores[0], "a", "1");
    for (const store of stores) await store.close();
    expect(count()).toBe(before);
    expect(await own.ping()).toBe("PONG");
    own.disconnect();
  });
});

describe("RedisStore says what is wrong:", () => {
  const cases: readonly [string, RegExp, readonly string[]][] = [
    ["NOAUTH", /password \(NOAUTH\)/, ["--requirepass", "secret"]],
    ["OOM", /no memory left \(OOM\)/, ["--maxmemory", "1", "--maxmemory-policy", "noeviction"]],
    ["NOREPLICAS", /too few replicas/, ["--min-replicas-to-write", "1"]],
  ];
  for (const [name, says, args] of cases)
    it(name, async () => {
      const own = await RedisServer.start({ args });
      for (const library of ["ioredis", "redis"] as const) {
        const store = new RedisStore({ url: own.url, library });
        const setting = store.setMany([{ key: "a", bytes: bytesOf("1"), ttlMs: null }], call);
        await expect(setting).rejects.toThrow(says);
        await expect(setting).rejects.toMatchObject({ code: "STOWAGE_STORE_UNAVAILABLE" });
        await store.close();
      }
      await own.stop();
    });

  it("READONLY, where it is a replica", async () => {
    const own = await RedisServer.start({ args: ["--replicaof", "127.0.0.1", `${server.port}`] });
    const store = new RedisStore({ url: own.url });
    await expect(set(store, "a", "1")).rejects.toThrow(/it is a replica \(READONLY\)/);
    await expect(store.incr("a", 1, { initial: 0, ttlMs: null }, call)).rejects.toThrow(/READONLY/);
    await store.close();
    await own.stop();
  });

  it("every other refusal that is about the server", () => {
    for (const text of ["LOADING Redis is loading", "MOVED 1 127.0.0.1:1", "CLUSTERDOWN down", "BUSY busy"]) {
      const error = explained("GET", new Error(text)) as Error;
      expect(error).toMatchObject({ code: "STOWAGE_STORE_UNAVAILABLE" });
      expect(error.message).toContain(`(${text.split(" ")[0]})`);
    }
    const own = new Error("ERR syntax error");
    expect(explained("GET", own)).toBe(own);
  });

  it("nobody listens there", async () => {
    const own = await RedisServer.start();
    await own.stop();
    for (const library of ["ioredis", "iovalkey", "redis"] as const) {
      const store = new RedisStore({ url: own.url, library });
      await expect(get(store, "a")).rejects.toThrow(/ECONNREFUSED.*Nothing was sent/);
      await store.close();
    }
  });

  it("a client that was never connected, or is closed", async () => {
    const never = createClient({ url: server.url });
    await expect(get(storeWith({ client: never }), "a")).rejects.toThrow(/call connect\(\)/);
    const closed = new Redis(server.port);
    closed.disconnect();
    await eventually("closed", () => closed.status === "end");
    await expect(get(storeWith({ client: closed }), "a")).rejects.toThrow(/client was closed/);
  });

  it("wrong options", () => {
    const wrong: readonly [object, RegExp][] = [
      [{}, /exactly one/],
      [{ client, url: "redis://h" }, /exactly one/],
      [{ client: {} }, /ioredis, iovalkey or node-redis/],
      [{ url: "http://h" }, /redis:\/\//],
      [{ url: [] }, /redis:\/\//],
      [{ client, cluster: true }, /goes with url/],
      [{ url: ["redis://a", "redis://b"], cluster: false }, /several URLs/],
      [{ url: "redis://h", prefx: "a" }, /prefix/],
      [{ url: "redis://h", maxValueSize: "1gb" }, /number of bytes/],
    ];
    for (const [options, says] of wrong)
      expect(() => new RedisStore(options as RedisStoreOptions), JSON.stringify(says.source)).toThrow(says);
    expect(() => new RedisBus({ url: "redis://h", answerTimeout: "1s", ping: "2s" })).toThrow(/shorter/);
    expect(() => new RedisStreamBus({ url: "redis://h", block: "5s" })).toThrow(/shorter/);
  });

  it("a database that is none", async () => {
    const store = storeWith({ url: `${server.url}/users` });
    await expect(get(store, "a")).rejects.toThrow(/number of a database/);
  });
});

describe("RedisStore under a guard", () => {
  it("is left alone once it is found away, and asked again later", async () => {
    const own = await RedisServer.start();
    const store = new StoreGuard(new RedisStore({ url: own.url }), {
      failures: 2,
      cooldown: 20,
      timeout: 500,
    });
    const ask = () => store.getMany(["a"]);
    expect(await ask()).toEqual([undefined]);
    await own.kill();
    await eventually("found away", async () => {
      await ask().catch(() => undefined);
      return store.stats().breaker !== "closed";
    });
    await own.stop();
    await own.start();
    await eventually("back", async () => (await ask().catch(() => undefined)) !== undefined);
    await store.close();
    await own.stop();
  });
});

describe("slotOf", () => {
  it("is the server's own reckoning", async () => {
    const keys = ["", "a", "{a}b", "x{a}{b}", "{}a", "{a", "é", "a\0b", "foo{{bar}}zap"];
    const own = await RedisServer.start({ args: ["--cluster-enabled", "yes"] });
    for (const key of keys)
      expect(await own.ask("CLUSTER", "KEYSLOT", key), key).toContain(`:${slotOf(key)}\r\n`);
    await own.stop();
  });
});
