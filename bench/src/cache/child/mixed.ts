/** Rows that read and write: get-or-set with eviction, fetch of a key that is there, counting. */
import { ensure } from "../../harness/checks.js";
import type { Outcome } from "../../harness/types.js";
import type { BenchCache } from "../contenders/contender.js";
import { type Context, fill, openWithRoom } from "./context.js";
import { makeKey, makeKeys, makeValues, readyFor } from "./data.js";
import { probeBound } from "./probes.js";
import { timed, type Workload } from "./timed.js";

/**
 * The everyday life of a cache: asked for a key by Zipf's law over ten times as many keys as it may hold; what it
 * has not, it is given. Reports the hit ratio too, since a cache can be fast by remembering the wrong things.
 */
export function getOrSet({ fresh = false } = {}) {
  const measure = timed(async (context): Promise<Workload | undefined> => {
    const cache = context.contender.create({ max: context.settings.universe / 10 });
    if (cache === undefined) return undefined;
    const keys = makeKeys("user", context.settings.universe);
    const values = makeValues(context.settings.universe);
    const sequence = context.sequence("universe");
    const wrap = sequence.length - 1;
    const keyOf = (item: number) => (fresh ? makeKey("user", item) : keys[item]);
    const asked = readyFor((i) => keyOf(sequence[i & wrap]));
    const loaded = readyFor((i) => values[sequence[i & wrap]]);
    return {
      op: getOrSetOp(cache, asked.of, loaded.of),
      prepare(from) {
        asked.prepare(from);
        loaded.prepare(from);
      },
      async: cache.async,
      finds: "some",
      settleOps: context.settings.settleOps,
      // All but the very slow are to make the same requests: the hit ratio depends on them.
      batchMsMax: context.settings.batchMsMax * 10,
      async check(ops) {
        const item = sequence[(ops - 1) & wrap];
        const held = await cache.get(keys[item]);
        ensure(held === undefined || held === values[item], `${keys[item]} reads back as what was set`);
        await probeBound(context.contender);
      },
    };
  });
  return async (context: Context): Promise<Outcome | undefined> => {
    const outcome = await measure(context);
    if (outcome?.extra === undefined) return outcome;
    const { foundShare: hitRatio, ...extra } = outcome.extra;
    ensure(hitRatio > 0 && hitRatio < 1, `a bounded cache has hits and misses (hit ratio ${hitRatio})`);
    return { ...outcome, extra: { ...extra, hitRatio } };
  };
}

function getOrSetOp(
  cache: BenchCache,
  keyOf: (i: number) => string,
  valueFor: (i: number) => unknown,
): (i: number) => unknown {
  if (cache.async) {
    return async (i) => {
      const key = keyOf(i);
      const found = await cache.get(key);
      if (found === undefined) await cache.set(key, valueFor(i));
      return found;
    };
  }
  return (i) => {
    const key = keyOf(i);
    const found = cache.get(key);
    if (found === undefined) cache.set(key, valueFor(i));
    return found;
  };
}

/** The library's coalescing loader verb, on keys that are there: what the guard against stampedes costs a hit. */
export function fetching() {
  return timed(async (context): Promise<Workload | undefined> => {
    const entries = context.settings.small;
    const keys = makeKeys("user", entries);
    const values = makeValues(entries);
    let loads = 0;
    const load = async () => {
      loads++;
      return values[0];
    };
    const cache = openWithRoom(context.contender, entries, { load });
    if (cache?.fetch === undefined) return undefined;
    const { fetch } = cache;
    await fill(cache, keys, values);
    const sequence = context.sequence("small");
    const wrap = sequence.length - 1;
    const asked = readyFor((i) => keys[sequence[i & wrap]]);
    return {
      op: (i) => fetch(asked.of(i), load),
      prepare: asked.prepare,
      async: true,
      finds: "all",
      async check() {
        ensure(loads === 0, `${loads} loads ran where every key was there`);
        ensure(
          (await fetch("absent", load)) === values[0] && Number(loads) === 1,
          "fetch loads what is absent",
        );
      },
    };
  });
}

/** Adds one to a counter; by hand, get then set, where the library has no counters. */
export function counting() {
  return timed(async (context): Promise<Workload | undefined> => {
    const entries = context.settings.small;
    const cache = openWithRoom(context.contender, entries);
    if (cache === undefined) return undefined;
    const keys = makeKeys("user", entries);
    await fill(cache, keys, new Array(entries).fill(0));
    const sequence = context.sequence("small");
    const wrap = sequence.length - 1;
    const asked = readyFor((i) => keys[sequence[i & wrap]]);
    return {
      op: incrementOp(cache, asked.of),
      prepare: asked.prepare,
      async: cache.async,
      finds: "some",
      async check(ops) {
        let sum = 0;
        for (const key of keys) sum += Number(await cache.get(key));
        ensure(sum === ops, `the counters add up to ${sum} after ${ops} increments`);
      },
    };
  });
}

function incrementOp(cache: BenchCache, keyOf: (i: number) => string): (i: number) => unknown {
  if (cache.async) {
    return async (i) => {
      const key = keyOf(i);
      await cache.set(key, Number(await cache.get(key)) + 1);
    };
  }
  const { incr } = cache;
  if (incr !== undefined) return (i) => incr(keyOf(i));
  return (i) => {
    const key = keyOf(i);
    cache.set(key, (cache.get(key) as number) + 1);
  };
}
