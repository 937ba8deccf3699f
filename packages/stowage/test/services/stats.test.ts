/** Statistics, counter by counter: which calls move which number, and that no other number moves. */
import { Cache, type CacheOptions, type CacheStats, StatsDisabledError } from "stowage";
import { deferred, FakeClock, settle } from "stowage/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { verbIndex } from "../../src/cache/services/stats.js";

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

function make(options: CacheOptions<string, number> = {}): Cache<string, number> {
  const cache = new Cache<string, number>({ clock, policy: "fifo", ...options });
  cache.setMany([
    ["a", 1],
    ["b", 2],
  ]);
  cache.resetStats();
  return cache;
}

type Count = Exclude<
  keyof CacheStats,
  "since" | "hitRate" | "missRate" | "calls" | "operations" | "loads" | "errors"
>;
const counts = [
  "hits",
  "misses",
  "writes",
  "deletes",
  "evictions",
  "expirations",
  "stale",
  "droppedEvents",
] as const;

/** The counters that are not 0, and the removals that are not. */
function moved(cache: Cache<string, number>): Record<string, number> {
  const stats = cache.stats();
  const all: Record<string, number> = { ...stats.removals };
  for (const name of counts) all[name] = stats[name as Count] as number;
  const { ok, failed, overtaken } = stats.loads;
  Object.assign(all, { ok, failed, overtaken }, stats.errors);
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}

type Row = [call: string, run: (cache: Cache<string, number>) => unknown, moves: Record<string, number>];
const rows: Row[] = [
  ["get of what is there", (cache) => cache.get("a"), { hits: 1 }],
  ["get of what is not", (cache) => cache.get("x"), { misses: 1 }],
  ["getMany", (cache) => cache.getMany(["a", "b", "x"]), { hits: 2, misses: 1 }],
  ["take of what is there", (cache) => cache.take("a"), { hits: 1, deletes: 1, deleted: 1 }],
  ["take of what is not", (cache) => cache.take("x"), { misses: 1 }],
  [
    "peek, has, ttl, touch, inspect, size",
    (c) => [c.peek("a"), c.has("x"), c.ttl("a"), c.touch("a"), c.inspect("a"), c.size()],
    {},
  ],
  [
    "walks",
    (cache) => [...cache.keys(), ...cache.values(), ...cache, ...cache.stream(), ...cache.export()],
    {},
  ],
  ["set of a new key", (cache) => cache.set("x", 1), { writes: 1 }],
  ["set of an old key", (cache) => cache.set("a", 1), { writes: 1, replaced: 1 }],
  [
    "set with options of an old key",
    (cache) => cache.set("a", 1, { ttl: 5, tags: ["t"] }),
    { writes: 1, replaced: 1 },
  ],
  [
    "setMany",
    (cache) =>
      cache.setMany([
        ["a", 1],
        ["x", 1],
        ["x", 2],
      ]),
    { writes: 3, replaced: 2 },
  ],
  ["set of undefined", (cache) => expect(() => cache.set("a", undefined as never)).toThrow(), {}],
  ["update of what is there", (cache) => cache.update("a", 5), { writes: 1, replaced: 1 }],
  ["update of what is not", (cache) => cache.update("x", 5), {}],
  ["incr and decr", (cache) => [cache.incr("a"), cache.decr("x")], { writes: 2, replaced: 1 }],
  [
    "getAndUpdate of what is there",
    (cache) => cache.getAndUpdate("a", () => 5),
    { hits: 1, writes: 1, replaced: 1 },
  ],
  ["getAndUpdate of what is not", (cache) => cache.getAndUpdate("x", () => 5), { misses: 1, writes: 1 }],
  ["delete of what is there", (cache) => cache.delete("a"), { deletes: 1, deleted: 1 }],
  ["delete of what is not", (cache) => cache.delete("x"), {}],
  ["clear", (cache) => cache.clear(), { cleared: 2 }],
  ["prune", (cache) => cache.prune(1, { reclaim: 0 }), { evictions: 1, evicted: 1 }],
  ["resize", (cache) => cache.resize({ max: 1 }), { evictions: 1, evicted: 1 }],
  ["import", (cache) => cache.import([{ key: "a", value: 1, expiresAt: null }]), { writes: 1, replaced: 1 }],
  [
    "a tag",
    (cache) => [cache.set("x", 1, { tags: ["t"] }), cache.invalidateTag("t"), cache.purge()],
    { writes: 1, deleted: 1 },
  ],
  ["purge", (cache) => [cache.expire("a", 5), clock.sleep(5), cache.purge()], { expired: 1, expirations: 1 }],
  [
    "get of what has expired",
    (cache) => [cache.expireAt("a", 0), cache.get("a")],
    { misses: 1, expired: 1, expirations: 1 },
  ],
  [
    "take of what has expired",
    (cache) => [cache.expireAt("a", 0), cache.take("a")],
    { misses: 1, expired: 1, expirations: 1 },
  ],
  [
    "delete of what has expired",
    (cache) => [cache.expireAt("a", 0), cache.delete("a")],
    { expired: 1, expirations: 1 },
  ],
  [
    "set over what has expired",
    (cache) => [cache.expireAt("a", 0), cache.set("a", 1)],
    { writes: 1, expired: 1, expirations: 1 },
  ],
  [
    "getMany of what has expired",
    (cache) => [cache.expireAt("a", 0), cache.getMany(["a"])],
    { misses: 1, expired: 1, expirations: 1 },
  ],
  ["a command", (cache) => [cache.invoke("last", "a"), cache.invoke("last", "x")], { hits: 1, misses: 1 }],
  ["fetch of what is there", (cache) => cache.fetch("a", () => 1), { hits: 1 }],
  ["fetch of what is not", (cache) => cache.fetch("x", () => 1), { misses: 1, ok: 1, writes: 1 }],
  ["fetch that finds nothing", (cache) => cache.fetch("x", () => undefined), { misses: 1, ok: 1 }],
  [
    "fetch that fails",
    (cache) => cache.fetch("x", () => Promise.reject(new Error("boom"))).catch(() => 1),
    { misses: 1, failed: 1 },
  ],
  [
    "fetch by force",
    (cache) => cache.fetch("a", () => 1, { force: true }),
    { misses: 1, ok: 1, writes: 1, replaced: 1 },
  ],
  [
    "two fetches, one load",
    (cache) => Promise.all([cache.fetch("x", () => 1), cache.fetch("x", () => 1)]),
    { misses: 2, ok: 1, writes: 1 },
  ],
  [
    "fetchMany",
    (cache) => cache.fetchMany(["a", "x", "y"], () => [["x", 1]]),
    { hits: 1, misses: 2, ok: 2, writes: 1 },
  ],
  [
    "a transaction",
    (cache) => cache.transaction(["a", "b", "x"], (tx) => [tx.incr("a"), tx.delete("b"), tx.set("x", 1)]),
    { writes: 2, replaced: 1, deletes: 1, deleted: 1 },
  ],
];

it("every verb has a counter of its own, and none is left over", () => {
  expect(Object.values(verbIndex)).toEqual(Object.keys(verbIndex).map((_, index) => index));
});

describe("counters", () => {
  it.each(rows)("%s", async (_call, run, moves) => {
    const cache = make({ commands: { last: { type: "read", execute: (value) => value } } });
    await run(cache);
    expect(moved(cache)).toEqual(moves);
  });

  it("overtaken: a load whose key was written meanwhile", async () => {
    const cache = make();
    const load = deferred<number>();
    const loading = cache.fetch("x", () => load.promise);
    cache.delete("x");
    load.resolve(1);
    await loading;
    expect(moved(cache)).toEqual({ misses: 1, ok: 1, overtaken: 1 });
  });

  it("stale: an old value given out while a load runs, instead of one that failed, or in a pause", async () => {
    const cache = make({ onError: () => undefined });
    const fetching = (load: () => Promise<number> | number, grace: number) =>
      cache.fetch("x", load, {
        ttl: 10,
        backoff: 50,
        ...(grace > 0 ? { grace } : { staleWhileRevalidate: 100 }),
      });
    await fetching(() => 1, 100);
    clock.advance(20);
    expect(await fetching(() => Promise.reject(new Error("down")), 100)).toBe(1);
    expect(cache.stats().stale).toBe(1);
    expect(await fetching(() => 2, 100), "in the pause").toBe(1);
    expect(cache.stats().stale).toBe(2);
    clock.advance(60);
    expect(await fetching(() => 2, 0), "while it loads").toBe(1);
    await settle();
    expect(await fetching(() => 3, 0)).toBe(2);
    expect(cache.stats()).toMatchObject({ stale: 3, hits: 1, misses: 4, loads: { ok: 2, failed: 1 } });
  });

  it("evictions by max, by weight and by the clock; a dead entry that goes is not one", () => {
    const byMax = make({ max: 2 });
    byMax.set("c", 1);
    expect(moved(byMax)).toEqual({ writes: 1, evictions: 1, evicted: 1 });
    const byWeight = make({ maxWeight: 3 });
    byWeight.set("c", 1, { weight: 3 });
    expect(moved(byWeight)).toEqual({ writes: 1, evictions: 2, evicted: 2 });
    const byClock = make({ max: 1, enforce: { every: 10, reclaim: 0 } });
    clock.advance(10);
    expect(moved(byClock)).toEqual({ evictions: 1, evicted: 1 });
    const dead = make({ max: 2 });
    dead.expireAt("a", 0);
    dead.set("c", 1);
    expect(moved(dead)).toEqual({ writes: 1, expired: 1, expirations: 1 });
    const invalid = make({ max: 3 });
    invalid.set("a", 1, { tags: ["t"] });
    invalid.invalidateTag("t");
    invalid.setMany([
      ["c", 1],
      ["d", 1],
    ]);
    expect(moved(invalid)).toMatchObject({ deleted: 1 });
  });

  it("errors by source", async () => {
    const boom = (): never => {
      throw new Error("boom");
    };
    const cache: Cache<string, number> = new Cache<string, number>({
      clock,
      hooks: [{ when: "after", on: ["set"], handle: boom }],
      onRemoval: boom,
      warmers: [{ execute: boom }],
    });
    await settle();
    cache.set("a", 1);
    cache.delete("a");
    await cache.fetch("b", () => 1, { ttl: 10, staleWhileRevalidate: 50 });
    clock.advance(20);
    await cache.fetch("b", boom, { staleWhileRevalidate: 50 });
    await settle();
    expect(cache.stats().errors).toEqual({ hook: 1, listener: 1, warmer: 1, loader: 1, recorder: 0 });
    cache.close();
  });

  it("a reporter that fails is counted with what it was told of", () => {
    const boom = (): never => {
      throw new Error("boom");
    };
    const cache = new Cache<string, number>({ onRemoval: boom, onError: boom });
    cache.set("a", 1);
    cache.delete("a");
    expect(cache.stats().errors.listener).toBe(2);
  });
});

describe("the report", () => {
  it("rates are shares of the reads", () => {
    const cache = make();
    for (const key of ["a", "a", "b", "x"]) cache.get(key);
    cache.getMany(["a", "x", "y", "z"]);
    expect(cache.stats()).toMatchObject({ hits: 4, misses: 4, hitRate: 0.5, missRate: 0.5 });
    cache.getMany(["x", "x"]);
    expect(cache.stats()).toMatchObject({ hitRate: 0.4, missRate: 0.6 });
  });

  it("calls are those that were made, operations their sum, and verbs that were not called are not listed", () => {
    const cache = make();
    expect(cache.stats()).toMatchObject({ calls: {}, operations: 0 });
    cache.get("a");
    cache.get("x");
    cache.set("x", 1);
    cache.set("x", 1, { ttl: 5 });
    cache.setMany([]);
    for (const key of ["a", "b"]) cache.has(key);
    expect([...cache.keys()]).toHaveLength(3);
    const { calls, operations } = cache.stats();
    expect(calls).toEqual({ get: 2, set: 2, setMany: 1, has: 2, keys: 1 });
    expect(operations).toBe(8);
  });

  it("each verb is counted under its own name", async () => {
    const verbs: Record<string, (cache: Cache<string, number>) => unknown> = {
      get: (cache) => cache.get("a"),
      set: (cache) => cache.set("a", 1),
      setMany: (cache) => cache.setMany([]),
      getMany: (cache) => cache.getMany([]),
      has: (cache) => cache.has("a"),
      peek: (cache) => cache.peek("a"),
      take: (cache) => cache.take("a"),
      delete: (cache) => cache.delete("a"),
      clear: (cache) => cache.clear(),
      size: (cache) => cache.size(),
      isEmpty: (cache) => cache.isEmpty(),
      keys: (cache) => [...cache.keys()],
      values: (cache) => [...cache.values()],
      entries: (cache) => [...cache.entries()],
      touch: (cache) => cache.touch("a"),
      expire: (cache) => cache.expire("a", 5),
      expireAt: (cache) => cache.expireAt("a", 5),
      persist: (cache) => cache.persist("a"),
      refresh: (cache) => cache.refresh("a"),
      ttl: (cache) => cache.ttl("a"),
      incr: (cache) => cache.incr("n"),
      decr: (cache) => cache.decr("n"),
      update: (cache) => cache.update("a", 1),
      getAndUpdate: (cache) => cache.getAndUpdate("a", () => 1),
      fetch: (cache) => cache.fetch("a", () => 1),
      fetchMany: (cache) => cache.fetchMany(["a"], () => []),
      transaction: (cache) => cache.transaction(["a"], () => 1),
      execute: (cache) => cache.execute(() => 1),
      invalidateTag: (cache) => cache.invalidateTag("t"),
      invoke: (cache) => cache.invoke("last", "a"),
      stream: (cache) => [...cache.stream()],
      export: (cache) => cache.export(),
      import: (cache) => cache.import([]),
      save: (cache) => cache.save("no-such-folder/x").catch(() => 1),
      restore: (cache) => cache.restore("no-such-folder/x").catch(() => 1),
      prune: (cache) => cache.prune(5),
      purge: (cache) => cache.purge(),
      warm: (cache) => cache.warm(),
      resize: (cache) => cache.resize({ max: 5 }),
      inspect: (cache) => cache.inspect(),
    };
    for (const [verb, call] of Object.entries(verbs)) {
      const cache = make({ max: 10, commands: { last: { type: "read", execute: (value) => value } } });
      await call(cache);
      expect(cache.stats().calls, verb).toEqual({ [verb]: 1 });
      expect(cache.stats().operations).toBe(1);
    }
  });

  it("since tells when counting began: when the cache was made, or the last reset", () => {
    const cache = make();
    const first = cache.stats().since;
    expect(first).toBe(clock.wall());
    clock.advance(500);
    expect(cache.stats().since).toBe(first);
    cache.resetStats();
    expect(cache.stats().since).toBe(first + 500);
    clock.advance(500);
    cache.reset();
    expect(cache.stats().since).toBe(first + 1_000);
  });

  it("a reset puts every number back", async () => {
    const cache = make({ max: 2, onError: () => undefined });
    for (const [, run] of rows.slice(0, 20)) await run(cache);
    await cache.fetch("z", () => Promise.reject(new Error("boom"))).catch(() => 1);
    cache.reset();
    const { since, ...rest } = cache.stats();
    const fresh = new Cache<string, number>({ clock }).stats();
    expect({ ...rest, since }).toEqual({ ...fresh, since });
  });

  it("cannot be written to", () => {
    const stats = make().stats() as { hits: number; loads: { ok: number }; calls: Record<string, number> };
    expect(() => (stats.hits = 5)).toThrow(TypeError);
    expect(() => (stats.loads.ok = 5)).toThrow(TypeError);
    expect(() => (stats.calls.get = 5)).toThrow(TypeError);
  });

  it("with stats: false there is none, and everything else works, expiry and tags included", () => {
    const cache = make({ stats: false, ttl: 50 });
    expect(() => cache.stats()).toThrow(StatsDisabledError);
    cache.set("t", 1, { tags: ["t"] });
    expect([cache.get("a"), cache.get("x"), cache.get("t")]).toEqual([1, undefined, 1]);
    cache.invalidateTag("t");
    expect(cache.get("t")).toBeUndefined();
    clock.advance(50);
    expect(cache.get("a")).toBeUndefined();
    cache.resetStats();
    cache.clear();
    cache.set("a", 1);
    expect(cache.get("a")).toBe(1);
    cache.verify();
  });
});
