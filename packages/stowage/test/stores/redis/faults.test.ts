/** Something between the store and Redis goes wrong: then there are errors, and never a wrong value; and it heals by itself. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RedisBus, type RedisLibrary, RedisStore, RedisStreamBus } from "../../../src/stores/redis/index.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { eventually, RedisServer } from "../../support/redis.js";

const KEYS = Array.from({ length: 20 }, (_, index) => `key:${index}`);
const ANSWER_MS = 500;
const AN_ANSWER_TOO_MANY = "$3\r\nabc\r\n";

let server: RedisServer;
let proxy: FaultProxy;

beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await FaultProxy.start({ port: server.port });
});
afterEach(() => proxy.close());

const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });

/** Each key's value is its name, over and over, so that any other answer shows. */
const textFor = (key: string) => Buffer.from(`${key}=`.repeat(1 + (key.length % 3) * 40));

async function opened(library: RedisLibrary): Promise<RedisStore> {
  const url = `redis://127.0.0.1:${proxy.port}`;
  const store = new RedisStore({ url, library, answerTimeout: ANSWER_MS, connectTimeout: ANSWER_MS });
  await store.setMany(
    KEYS.map((key) => ({ key, bytes: textFor(key), ttlMs: null })),
    within(5_000),
  );
  return store;
}

/** Many reads at a time; what each that succeeds gives has to be right. @returns how many failed, or found nothing */
async function readAll(store: RedisStore, deadlineMs = 1_000): Promise<number> {
  const check = (bytes: Uint8Array | undefined, key: string) => {
    if (bytes === undefined) throw new Error("nothing");
    expect(Buffer.from(bytes).toString(), key).toBe(textFor(key).toString());
  };
  const results = await Promise.allSettled([
    ...KEYS.map(async (key) => check((await store.getMany([key], within(deadlineMs)))[0], key)),
    store.getMany(KEYS, within(deadlineMs)).then((all) => {
      for (const [index, bytes] of all.entries()) check(bytes, KEYS[index]);
    }),
  ]);
  const failed = results.filter((result) => result.status === "rejected").map(({ reason }) => reason);
  for (const error of failed) if (error.name === "AssertionError") throw error;
  return failed.length;
}

async function heals(store: RedisStore): Promise<void> {
  proxy.heal();
  await eventually("the store answers again", async () => (await readAll(store)) === 0);
}

for (const library of ["ioredis", "iovalkey", "redis"] as const)
  describe(`RedisStore by ${library}`, () => {
    it("is cut in the midst of answers", async () => {
      const store = await opened(library);
      for (const bytes of [1, 7, 100, 1_000, 2_000]) {
        proxy.cutAfter(bytes);
        await readAll(store);
        await heals(store);
      }
      await store.close();
    });

    it("has answers in pieces, and late", async () => {
      const store = await opened(library);
      proxy.pieces(50);
      expect(await readAll(store, 10_000)).toBe(0);
      proxy.delay(20);
      expect(await readAll(store, 10_000)).toBe(0);
      await store.close();
    });

    it("is half open: calls end at their deadline, and it comes back without anybody's help", async () => {
      const store = await opened(library);
      proxy.blackhole();
      const before = proxy.accepted;
      expect(await readAll(store, 50)).toBe(KEYS.length + 1);
      // What is connected meanwhile is lost as well, before a word was said on it.
      await eventually("it tries again", async () => {
        await readAll(store, 50);
        return proxy.accepted > before;
      });
      await heals(store);
      await store.close();
    });

    it("hears what no server says", async () => {
      const store = await opened(library);
      for (const noise of ["HTTP/1.1 400 Bad Request\r\n\r\n", AN_ANSWER_TOO_MANY, Buffer.alloc(999, 0xff)]) {
        const reading = readAll(store);
        proxy.garbage(noise);
        await reading;
        proxy.garbage(noise);
        await readAll(store, 300);
        // An answer too many is not to be told from a right one: it shifts those behind it until the connection ends.
        if (noise === AN_ANSWER_TOO_MANY) proxy.reset();
        await heals(store);
      }
      await store.close();
    });

    it("has a server that is away, and says so at once", async () => {
      const store = await opened(library);
      await proxy.down();
      await eventually("the loss is known", async () => (await readAll(store, 50)) === KEYS.length + 1);
      const start = performance.now();
      await expect(store.getMany(["key:1"], within(5_000))).rejects.toMatchObject({
        code: "STOWAGE_STORE_UNAVAILABLE",
        fault: "away",
      });
      expect(performance.now() - start).toBeLessThan(1_000);
      await proxy.up();
      await heals(store);
      await store.close();
    });
  });

for (const Bus of [RedisBus, RedisStreamBus])
  for (const library of ["ioredis", "redis"] as const)
    describe(`${Bus.name} by ${library}`, () => {
      it("finds out that its connection is half open, and comes back", async () => {
        const times = Bus === RedisBus ? { ping: 50 } : { block: 50 };
        const url = `redis://127.0.0.1:${proxy.port}`;
        const bus = new Bus({
          url,
          library,
          pingTimeout: 100,
          connectTimeout: 200,
          answerTimeout: 200,
          ...times,
        });
        const other = new Bus({ url: server.url });
        const states: [boolean, boolean][] = [];
        const texts: string[] = [];
        bus.subscribe("half-open", {
          message: (text) => void texts.push(text),
          connected: (...state) => void states.push(state),
        });
        await eventually("connected", () => states.length === 1 && states[0][0]);
        proxy.blackhole();
        await eventually("known to be broken", () => states.length === 2 && !states[1][0]);
        await other.publish("half-open", "missed");
        proxy.heal();
        await eventually("connected again", () => states.length === 3 && states[2][0]);
        await eventually("carrying again", async () => {
          await bus.publish("half-open", "after").catch(() => undefined);
          return texts.includes("after");
        });
        expect(states[2][1]).toBe(Bus === RedisStreamBus);
        expect(texts.includes("missed")).toBe(Bus === RedisStreamBus);
        await Promise.all([bus.close(), other.close()]);
      });
    });

describe("RedisStreamBus", () => {
  it("says that something is missing where the stream was trimmed past its place", async () => {
    const bus = new RedisStreamBus({ url: `redis://127.0.0.1:${proxy.port}`, block: 50, pingTimeout: 100 });
    const other = new RedisStreamBus({ url: server.url });
    const states: [boolean, boolean][] = [];
    const texts: string[] = [];
    bus.subscribe("trimmed", {
      message: (text) => void texts.push(text),
      connected: (...state) => void states.push(state),
    });
    await eventually("connected", () => states.length === 1);
    proxy.refuse();
    proxy.reset();
    await eventually("broken", () => states.length === 2);
    for (const text of ["1", "2", "3"]) await other.publish("trimmed", text);
    await server.ask("XTRIM", "stowage:bus:trimmed", "MAXLEN", "1");
    proxy.heal();
    await eventually("connected again", () => states.length === 3);
    await other.publish("trimmed", "4");
    await eventually("4 has come", () => texts.length > 0);
    expect([states[2], texts]).toEqual([[true, false], ["4"]]);
    await Promise.all([bus.close(), other.close()]);
  });
});
