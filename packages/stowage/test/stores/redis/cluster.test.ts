/** Over a real Cluster of six servers: the store suite by two libraries, both buses, and a master that crashes under load. */
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  RedisBus,
  RedisStore,
  type RedisStoreOptions,
  RedisStreamBus,
} from "../../../src/stores/redis/index.js";
import type { BusSubject } from "../../../src/testing/bus-subject.js";
import { busSuite } from "../../../src/testing/bus-suite.js";
import { storeSuite } from "../../../src/testing/store-suite.js";
import { eventually, RedisCluster } from "../../support/redis.js";
import { subjectOf } from "./subjects.js";

let cluster: RedisCluster;
let ioredis: Cluster;
let nodeRedis: ReturnType<typeof createCluster>;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  ioredis = new Cluster(cluster.urls);
  ioredis.on("error", () => undefined);
  nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
  nodeRedis.on("error", () => undefined);
  await nodeRedis.connect();
});

afterAll(async () => {
  ioredis.disconnect();
  nodeRedis.destroy();
  await cluster.stop();
});

const clients: Readonly<Record<string, () => RedisStoreOptions>> = {
  ioredis: () => ({ client: ioredis }),
  "node-redis": () => ({ client: nodeRedis }),
};

for (const [library, options] of Object.entries(clients)) {
  const title = `over a Cluster by ${library}`;
  storeSuite(subjectOf(`RedisStore ${title}`, options), { describe, it: it.concurrent });
  for (const Bus of [RedisBus, RedisStreamBus])
    busSuite(
      busSubject(`${Bus.name} ${title}`, () => new Bus(options())),
      { describe, it: it.concurrent },
    );
}

describe("A Cluster whose master crashes", () => {
  it("has its stores back by themselves, with right values, and its buses", async () => {
    const given = Object.values(clients).map((options) => options());
    const libraries = ["ioredis", "redis"] as const;
    const opened = libraries.map((library) => ({ url: cluster.urls, library, connectTimeout: 500 }));
    const stores = [...given, ...opened].map((options) => new RedisStore({ ...options, prefix: "crash:" }));
    const buses = given.flatMap((options) => [new RedisBus(options), new RedisStreamBus(options)]);
    const heard = buses.map((bus, index) => listen(bus, `crash:${index}`));
    await eventually("the buses are connected", () => heard.every(({ states }) => states.at(-1) === true));
    const writers = stores.map((store, index) => new Writer(store, `${index}`));
    await eventually("some rounds", () => writers.every(({ rounds }) => rounds > 20));
    await cluster.failover();
    const at = writers.map(({ rounds }) => rounds);
    await eventually("whole rounds after it", () =>
      writers.every(({ rounds }, index) => rounds > at[index] + 20),
    );
    await Promise.all(writers.map((writer) => writer.stop()));
    expect(writers.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const [index, bus] of buses.entries())
      await eventually(`bus ${index} carries`, async () => {
        await bus.publish(`crash:${index}`, "after").catch(() => undefined);
        return heard[index].texts.includes("after");
      });
    expect(await stores[0].clear("", call)).toBeGreaterThan(0);
    expect(await stores[2].scan("", { limit: 10 }, call)).toEqual({ keys: [], cursor: undefined });
    await Promise.all([...buses, ...stores].map((one) => one.close()));
  });
});

const call = { signal: new AbortController().signal };
const KEYS = 40;

/** Writes all its keys round by round, and reads them: what it reads is never older than what was acknowledged, but for what a crash may lose. */
class Writer {
  /** Rounds without an error. */
  rounds = 0;
  readonly wrong: string[] = [];
  readonly #store: RedisStore;
  readonly #name: string;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(store: RedisStore, name: string) {
    this.#store = store;
    this.#name = name;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      try {
        await this.#round(round);
        this.rounds++;
        await new Promise((resolve) => setTimeout(resolve, 5));
      } catch {
        // While a master is away, calls fail; wrong values they do not give.
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }

  async #round(round: number): Promise<void> {
    const keys = Array.from({ length: KEYS }, (_, index) => `${this.#name}:${index}`);
    const deadline = { signal: AbortSignal.timeout(500) };
    const entries = keys.map((key) => ({ key, bytes: Buffer.from(`${key}=${round}`), ttlMs: 60_000 }));
    await this.#store.setMany(entries, deadline);
    const found = await this.#store.getMany(keys, deadline);
    for (const [index, bytes] of found.entries()) {
      const text = bytes === undefined ? "nothing" : Buffer.from(bytes).toString();
      const [key, of] = text.split("=");
      // A replica that takes over may not have the last writes; it has no others' and none that were never written.
      if (bytes !== undefined && (key !== keys[index] || Number(of) > round)) this.wrong.push(text);
    }
  }
}

function listen(bus: RedisBus | RedisStreamBus, channel: string) {
  const heard = { texts: [] as string[], states: [] as boolean[] };
  bus.subscribe(channel, {
    message: (text) => void heard.texts.push(text),
    connected: (isConnected) => void heard.states.push(isConnected),
  });
  return heard;
}

function busSubject(name: string, open: () => RedisBus | RedisStreamBus): BusSubject {
  return {
    name,
    textBytesMax: Number.POSITIVE_INFINITY,
    sharing: true,
    open: () => ({ bus: open(), another: open }),
  };
}
