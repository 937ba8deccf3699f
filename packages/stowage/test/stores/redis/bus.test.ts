/** The bus suite over publish and subscribe and over streams, by each library, with the connection cut. */
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { RedisConnectOptions } from "../../../src/stores/redis/index.js";
import { RedisBus, RedisStreamBus } from "../../../src/stores/redis/index.js";
import type { BusSubject } from "../../../src/testing/bus-subject.js";
import { busSuite } from "../../../src/testing/bus-suite.js";
import { FaultProxy } from "../../support/fault-proxy.js";
import { RedisServer } from "../../support/redis.js";

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterAll(() => server.stop());

interface Opened {
  readonly options: RedisConnectOptions;
  close(): unknown;
}

type Open = (port: number) => Opened | Promise<Opened>;

const kinds = {
  "publish and subscribe": { Bus: RedisBus, replays: false },
  streams: { Bus: RedisStreamBus, replays: true },
} as const;

const libraries: Readonly<Record<string, Open>> = {
  ioredis: (port) => {
    const client = new Redis(port, { retryStrategy: () => 10, maxRetriesPerRequest: 0 });
    return { options: { client }, close: () => client.disconnect() };
  },
  "node-redis": async (port) => {
    const client = createClient({ socket: { port, host: "127.0.0.1", reconnectStrategy: 10 } });
    client.on("error", () => undefined);
    await client.connect();
    return { options: { client }, close: () => client.destroy() };
  },
  "iovalkey, for a URL": (port) => ({
    options: { url: `redis://127.0.0.1:${port}`, library: "iovalkey" },
    close: () => undefined,
  }),
};

for (const [kind, { Bus, replays }] of Object.entries(kinds))
  for (const [library, open] of Object.entries(libraries))
    busSuite(subject(`${Bus.name}: ${kind} by ${library}`, open, Bus, replays), {
      describe,
      it: it.concurrent,
    });

function subject(
  name: string,
  open: Open,
  Bus: typeof RedisBus | typeof RedisStreamBus,
  replays: boolean,
): BusSubject {
  return {
    name,
    textBytesMax: Number.POSITIVE_INFINITY,
    sharing: true,
    cuts: true,
    replays,
    async open() {
      const proxy = await FaultProxy.start({ port: server.port });
      const { options, close } = await open(proxy.port);
      return {
        bus: new Bus(options),
        another: () => new Bus({ url: server.url }),
        cut: () => {
          proxy.refuse();
          proxy.reset();
        },
        mend: () => proxy.heal(),
        async dispose() {
          await close();
          await proxy.close();
        },
      };
    },
  };
}
