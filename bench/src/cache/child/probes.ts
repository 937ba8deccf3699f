/**
 * Small trials, after a row was measured, that a library keeps the promise which the row is about: that TTLs end
 * entries, and that bounds hold. They use caches of their own, so they disturb no figure.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ensure } from "../../harness/checks.js";
import type { BenchCache, Contender } from "../contenders/contender.js";
import { openWithRoom } from "./context.js";
import { makeKeys } from "./data.js";

/** The TTL of the measured rows: long enough that nothing expires while they run. */
export const rowTtlMs = 300_000;

const probeTtlMs = 20;
/** Some libraries look at the clock once a second, or purge late; none needs longer than this to be past its TTL. */
const probeWaitMs = 60;

export async function probeTtl(contender: Contender): Promise<void> {
  const cache = openWithRoom(contender, 100, { ttlMs: probeTtlMs });
  ensure(cache !== undefined, "opens a cache with a TTL a second time");
  await requireExpiry(cache, () => cache.set("key", "value"));
}

export async function probeCallTtl(contender: Contender): Promise<void> {
  const cache = openWithRoom(contender, 100);
  ensure(cache?.setFor !== undefined, "opens a cache with TTLs in the call a second time");
  await requireExpiry(cache, () => cache.setFor?.("key", "value", probeTtlMs));
}

async function requireExpiry(cache: BenchCache, set: () => unknown): Promise<void> {
  await set();
  ensure((await cache.get("key")) === "value", "a value with a TTL is there at first");
  await sleep(probeWaitMs);
  ensure((await cache.get("key")) === undefined, "a value with a TTL is gone after it");
}

export async function probeBound(contender: Contender): Promise<void> {
  const max = 1000;
  const cache = contender.create({ max });
  ensure(cache !== undefined, "opens a bounded cache a second time");
  const keys = makeKeys("user", 10 * max);
  for (const key of keys) await cache.set(key, key);
  let held = 0;
  for (const key of keys) if ((await cache.get(key)) !== undefined) held++;
  const most = max * (contender.slack ?? 1);
  ensure(held <= most && held >= max * 0.9, `${held} entries are held where ${max} to ${most} are right`);
}
