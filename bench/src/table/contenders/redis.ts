/**
 * Redis on loopback, through ioredis, with as many commands in a pipeline as the harness sends together. The server
 * runs beside this process, on another core where there is one, so the figure is wall time: what the caller waits.
 */
import { Redis } from "ioredis";
import { keyOf } from "../child/requests.js";
import { keyBytes } from "../settings.js";
import type { Contender, Needs, PipelinedStore } from "./contender.js";

function storeAt(port: number): PipelinedStore & { redis: Redis } {
  const redis = new Redis(port, "127.0.0.1");
  return {
    pipelined: true,
    redis,
    handle: port,
    async exchange(keys, values) {
      const pipeline = redis.pipeline();
      for (let i = 0; i < keys.length; i++) {
        const value = values[i];
        if (value === undefined) pipeline.getBuffer(keys[i]);
        else pipeline.set(keys[i], value);
      }
      return (await answers(pipeline.exec())).map((answer, i) =>
        values[i] === undefined ? (answer as Buffer | null) : undefined,
      );
    },
    async countAll(keys) {
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.incr(key);
      return (await answers(pipeline.exec())) as number[];
    },
    close: () => redis.quit(),
  };
}

async function answers(
  executed: Promise<[error: Error | null, result: unknown][] | null>,
): Promise<unknown[]> {
  return ((await executed) ?? []).map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}

const open = ({ port }: Needs) => storeAt(port ?? 6379);

/** used_memory, as the server tells it. */
async function bytesOverEachItem(needs: Needs) {
  const { redis, exchange, close } = open(needs);
  const usedBytes = async () => Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
  const before = await usedBytes();
  const value = Buffer.alloc(needs.valueBytes, 1);
  for (let from = 0; from < needs.items; from += 1000) {
    const names = Array.from({ length: Math.min(1000, needs.items - from) }, (_, i) => from + i);
    const keys = names.map((item) => keyOf(item));
    await exchange(keys, new Array<Buffer>(keys.length).fill(value));
  }
  const after = await usedBytes();
  await close();
  return { figure: (after - before) / needs.items - keyBytes - needs.valueBytes };
}

export const contender: Contender = {
  open,
  attach: (handle) => storeAt(handle as number),
  bytesOverEachItem,
};
