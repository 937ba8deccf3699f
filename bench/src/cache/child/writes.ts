/** Rows that write: new keys into a full cache, and new values for keys that are there, with and without a TTL. */
import { ensure } from "../../harness/checks.js";
import type { BenchCache } from "../contenders/contender.js";
import { type Context, fill, openWithRoom } from "./context.js";
import { makeKey, makeKeys, makeValues, readyFor } from "./data.js";
import { probeBound, probeCallTtl, probeTtl, rowTtlMs } from "./probes.js";
import { timed, type Workload } from "./timed.js";

export type TtlKind = "none" | "cache" | "call";

/** Sets keys that were never seen before, into a full cache: each set evicts. */
export function evicting() {
  return timed(async (context): Promise<Workload | undefined> => {
    const max = context.settings.middle;
    const cache = context.contender.create({ max });
    if (cache === undefined) return undefined;
    const values = makeValues(max);
    await fill(cache, makeKeys("user", max), values);
    const given = readyFor((i) => makeKey("user", max + i));
    return {
      op: (i) => cache.set(given.of(i), values[i % max]),
      prepare: given.prepare,
      async: cache.async,
      finds: "some",
      check: () => probeBound(context.contender),
    };
  });
}

/** Sets keys that are there, the popular ones more often; with the cache's TTL, or one given in each call. */
export function overwriting(ttl: TtlKind) {
  return timed((context) => buildOverwrite(context, ttl));
}

async function buildOverwrite(context: Context, ttl: TtlKind): Promise<Workload | undefined> {
  const entries = context.settings.middle;
  const cache = openWithRoom(context.contender, entries, ttl === "cache" ? { ttlMs: rowTtlMs } : {});
  if (cache === undefined || (ttl === "call" && cache.setFor === undefined)) return undefined;
  const keys = makeKeys("user", entries);
  const values = makeValues(entries);
  await fill(cache, keys, values);
  const sequence = context.sequence("middle");
  const wrap = sequence.length - 1;
  const given = readyFor((i) => keys[sequence[i & wrap]]);
  return {
    op:
      ttl === "call" ? setForOp(cache, given.of, values) : (i) => cache.set(given.of(i), values[i % entries]),
    prepare: given.prepare,
    async: cache.async,
    finds: "some",
    turns: ttl !== "none",
    async check(ops) {
      await requireLastWrites(cache, ops, (i) => [keys[sequence[i & wrap]], values[i % entries]]);
      if (ttl === "cache") await probeTtl(context.contender);
      if (ttl === "call") await probeCallTtl(context.contender);
    },
  };
}

function setForOp(cache: BenchCache, keyOf: (i: number) => string, values: readonly unknown[]) {
  const { setFor } = cache;
  ensure(setFor !== undefined, "setFor exists");
  return (i: number) => setFor(keyOf(i), values[i % values.length], rowTtlMs);
}

/** The keys of the last thousand writes must hold what the last write of each put there. */
async function requireLastWrites(
  cache: BenchCache,
  ops: number,
  written: (i: number) => [key: string, value: unknown],
): Promise<void> {
  const seen = new Set<string>();
  for (let i = ops - 1; i >= Math.max(0, ops - 1000); i--) {
    const [key, value] = written(i);
    if (seen.has(key)) continue;
    seen.add(key);
    ensure((await cache.get(key)) === value, `${key} holds what was written last`);
  }
}
