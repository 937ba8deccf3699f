/** Caches that cheat: each is refused a figure by the row that it cheats in. */
import { describe, expect, it } from "vitest";
import type { Context } from "../src/cache/child/context.js";
import type { Contender, Needs, SyncCache } from "../src/cache/contenders/contender.js";
import { type RowName, rows } from "../src/cache/rows.js";
import { zipfSequence } from "../src/harness/zipf.js";

const sizes = { small: 100, middle: 200, universe: 1_000 };

function contextOf(contender: Contender): Context {
  const settings = {
    ...sizes,
    large: 1_000,
    stall: 1_000,
    draws: 2 ** 10,
    universeDraws: 2 ** 10,
    settleOps: 2 ** 10,
    batchOps: 2 ** 10,
    batchMsMax: 5,
    warmupBatches: 1,
    batches: 2,
  };
  const sequence = (size: keyof typeof sizes) =>
    zipfSequence({ items: sizes[size], draws: 2 ** 10, skew: 0.99, seed: 1 });
  return { contender, settings, sequence };
}

/** A Map with an oldest-first bound and TTLs that are looked at on each get; `broken` replaces parts of it. */
function contenderWith(broken: (map: Map<string, unknown>, needs: Needs) => Partial<SyncCache>): Contender {
  return {
    create(needs) {
      const map = new Map<string, unknown>();
      const ends = new Map<string, number>();
      const { max = Number.POSITIVE_INFINITY, ttlMs = Number.POSITIVE_INFINITY } = needs;
      const setFor = (key: string, value: unknown, ttl: number) => {
        map.set(key, value);
        ends.set(key, performance.now() + ttl);
        if (map.size > max) map.delete(map.keys().next().value as string);
      };
      return {
        async: false,
        get: (key) => (performance.now() < (ends.get(key) ?? 0) ? map.get(key) : undefined),
        set: (key, value) => setFor(key, value, ttlMs),
        setFor,
        fetch: async (key, load) => map.get(key) ?? load(key),
        ...broken(map, needs),
      };
    },
  };
}

const cheats: [row: RowName, what: string, contender: Contender][] = [
  [
    "get-hit-10k",
    "loses entries",
    contenderWith((map) => ({
      set: (key, value) => {
        if (!key.endsWith("7")) map.set(key, value);
      },
    })),
  ],
  ["get-hit-10k-fresh", "answers with another value", contenderWith(() => ({ get: () => "something" }))],
  ["get-miss-10k", "finds what was never set", contenderWith(() => ({ get: () => "something" }))],
  ["get-ttl-10k", "ignores the cache's TTL", contenderWith((map) => ({ get: (key) => map.get(key) }))],
  ["set-ttl-each-100k", "ignores TTLs in the call", contenderWith((map) => ({ get: (key) => map.get(key) }))],
  [
    "set-evict-100k",
    "never evicts",
    contenderWith((map) => ({ get: (key) => map.get(key), set: (key, value) => void map.set(key, value) })),
  ],
  ["get-or-set-1m", "holds nothing", contenderWith(() => ({ set: () => {} }))],
  ["overwrite-100k", "keeps the first value", contenderWith((map) => keepsFirst(map))],
  ["incr-10k", "does not count", contenderWith(() => ({ incr: () => 1 }))],
  ["fetch-hit-10k", "loads every time", contenderWith(() => ({ fetch: (key, load) => load(key) }))],
  ["heap-1m", "holds nothing", contenderWith(() => ({ set: () => {} }))],
  ["stall-2m", "holds nothing", contenderWith(() => ({ set: () => {} }))],
];

function keepsFirst(map: Map<string, unknown>): Partial<SyncCache> {
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      if (!map.has(key)) map.set(key, value);
    },
  };
}

describe("a cache that cheats gets no figure", () => {
  it.each(cheats)("%s: %s", async (row, _what, contender) => {
    await expect(rows[row].measure(contextOf(contender))).rejects.toThrow("sanity check failed");
  });

  it.each(cheats)("%s: an honest one does", async (row) => {
    const outcome = await rows[row].measure(contextOf(contenderWith(() => ({}))));
    expect(outcome?.figure).toBeTypeOf("number");
  });
});
