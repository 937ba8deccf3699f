/**
 * What has to hold of stores and buses, in pieces that are run by themselves: the groups of both suites, and what they cannot know.
 * The mutants of this folder are built together with it, and each has to fail the piece that it names.
 */
import type { Redis } from "ioredis";
import { RedisBus, RedisStore, RedisStreamBus } from "../../../src/stores/redis/index.js";
import { busCases, failingBusCases } from "../../../src/testing/bus-suite.js";
import { identical, same } from "../../../src/testing/check.js";
import { StoreContext } from "../../../src/testing/store-subject.js";
import { storeCases } from "../../../src/testing/store-suite.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { eventually } from "../../support/redis.js";
import { subjectOf } from "./subjects.js";

export interface Place {
  readonly port: number;
  /** Of ioredis; a bundle does not load it a second time. */
  readonly client: Redis;
  connect(port: number): Redis;
}

type Scene = (place: Place) => Promise<void>;

const CASE_MS_MAX = 5_000;
const call = { signal: new AbortController().signal };
const bytesOf = (text: string) => Buffer.from(text);
const counter = { initial: 0, ttlMs: null };

export const scenes: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(
    [...new Set(storeCases.map(({ group }) => group))].map((group) => [group, ofStore(group)]),
  ),
  ...Object.fromEntries(
    [...new Set(busCases.map(({ group }) => group))].flatMap((group) => [
      [`bus: ${group}`, ofBus(group, RedisBus, false)],
      [`stream bus: ${group}`, ofBus(group, RedisStreamBus, true)],
    ]),
  ),

  async strangers({ client }) {
    await client.flushall();
    await client.set("strangers:text", "another program's");
    await client.set("strangers:number", "forty");
    await client.lpush("strangers:list", "1");
    const store = new RedisStore({ client, prefix: "strangers:" });
    await store.setMany([{ key: "from", bytes: bytesOf("its own"), ttlMs: null }], call);
    await client.rename("strangers:from", "strangers:to");
    for (const key of ["text", "list", "to"]) {
      same(await store.getMany([key], call), [undefined], key);
      same(await store.getMany([key, key], call), [undefined, undefined], key);
      identical((await store.lease(key, { ttlMs: 60_000, seen: undefined }, call)).kind, "granted", key);
    }
    for (const key of ["number", "from"])
      await store.incr(key, 1, counter, call).then(
        (sum) => identical(`${key}: ${sum}`, "from: 1"),
        (error) => identical(error.code, "STOWAGE_NON_NUMERIC_VALUE"),
      );
    await store.close();
  },

  async halves({ client }) {
    const store = new RedisStore({ client, prefix: "halves:" });
    for (const key of ["\ud83d", "\ud83d\ude00", "\ud83dx", "\ud83c", "\ud83f\udc00"])
      await store.setMany([{ key, bytes: bytesOf("1"), ttlMs: null }], call);
    identical(await store.clear("\ud83d", call), 3);
    identical(await store.clear("", call), 2);
    await store.close();
  },

  async forgetful({ client }) {
    const store = new RedisStore({ client, prefix: "forgetful:" });
    for (const expected of [1, 2]) {
      await client.script("FLUSH");
      identical(await store.incr("n", 1, counter, call), expected);
    }
    await store.close();
  },

  async "a newcomer to a stream"({ client }) {
    const bus = new RedisStreamBus({ client });
    const channel = `newcomer:${performance.now()}`;
    const texts: string[] = [];
    await bus.publish(channel, "before");
    await new Promise<void>((resolve) => {
      bus.subscribe(channel, {
        message: (text) => void texts.push(text),
        connected: (is) => is && resolve(),
      });
    });
    await bus.publish(channel, "after");
    await eventually("a text has come", () => texts.length > 0);
    same(texts, ["after"]);
    await bus.close();
  },

  async "nothing is left"({ client }) {
    const store = new RedisStore({ client, prefix: "left:" });
    await store.lease("a", { ttlMs: 60_000, seen: undefined }, call);
    identical((await client.pttl("left:a")) > 0, true, "a lease over nothing goes by itself");
    await store.close();
  },
};

/** The cases of a group that need no time to pass, up to the first that fails. */
function ofStore(group: string): Scene {
  const cases = storeCases.filter((one) => one.group === group && !/time/i.test(one.needs.join()));
  return async ({ client }) => {
    const subject = subjectOf("RedisStore", () => ({ client }));
    for (const one of cases) {
      const t = await StoreContext.open(subject);
      await inTime(Promise.resolve(one.run(t, subject))).finally(() => t.close());
    }
  };
}

function ofBus(group: string, Bus: typeof RedisBus | typeof RedisStreamBus, replays: boolean): Scene {
  return async ({ port, client, connect }) => {
    const subject = {
      name: Bus.name,
      textBytesMax: Number.POSITIVE_INFINITY,
      ...{ sharing: true, cuts: true, replays, waitMs: 1_000 },
      async open() {
        const proxy = await FaultProxy.start({ port });
        const own = connect(proxy.port);
        return {
          bus: new Bus({ client: own, pingTimeout: 500 }),
          another: () => new Bus({ client }),
          cut() {
            proxy.refuse();
            proxy.reset();
          },
          mend: () => proxy.heal(),
          async dispose() {
            own.disconnect();
            await proxy.close();
          },
        };
      },
    };
    for (const one of busCases.filter((each) => each.group === group)) {
      const [failure] = await failingBusCases(subject, [one]);
      if (failure !== undefined) throw failure.error;
    }
  };
}

function inTime(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout;
  const overdue = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it does not end")), CASE_MS_MAX);
  });
  return Promise.race([running, overdue]).finally(() => clearTimeout(timer));
}
