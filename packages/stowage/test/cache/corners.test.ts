/**
 * Corners of verbs that no other suite looks into: what clear and purge leave, bounds that are met exactly or come late,
 * signals, recency of what is written with options, the first slot in a transaction, tags beyond what is remembered.
 */
import { getEventListeners } from "node:events";
import { Cache, commit } from "stowage";
import { deferred, FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";

type Test = Cache<string, number>;

describe("a signal that outlives many calls", () => {
  it("keeps no listener of any of them", async () => {
    const cache: Test = new Cache<string, number>();
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) {
      await cache.fetch(`key ${n}`, async () => n, { signal });
      await cache.fetch(`key ${n}`, async () => n, { signal });
      await cache
        .fetch(`bad ${n}`, () => Promise.reject(new Error("boom")), { signal })
        .catch(() => undefined);
      await cache.fetchMany([`many ${n}`, `more ${n}`], (keys) => keys.map((key) => [key, n] as const), {
        signal,
      });
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    cache.close();
  });
});

describe("purge", () => {
  it("takes what has expired to the millisecond", () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({ clock, janitor: false });
    cache.set("a", 1, { ttl: 5 });
    clock.sleep(4);
    expect(cache.purge()).toBe(0);
    clock.sleep(1);
    expect(cache.purge()).toBe(1);
  });

  it("takes what expireAt has just ended", () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({ clock, janitor: false });
    cache.set("a", 1);
    cache.expireAt("a", 0);
    expect(cache.has("a")).toBe(false);
    expect(cache.purge()).toBe(1);
  });
});

describe("clear", () => {
  it("forgets what entries were kept for: those that come into their places go when they expire", async () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({ clock, janitor: 100 });
    for (const key of ["a", "b", "c"]) {
      await cache.fetch(key, () => 1, { ttl: 10, idle: "1h", grace: "1h", earlyRefresh: true });
    }
    cache.clear();
    for (const key of ["x", "y", "z"]) cache.set(key, 1, { ttl: 50 });
    cache.verify();
    clock.advance(200);
    expect(cache.size()).toBe(0);
  });

  it("forgets weights, tags and lifetimes: a plain entry is plain after it", () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({ clock });
    for (const key of ["a", "b"]) cache.set(key, 1, { ttl: 10, idle: 5, tags: ["t"], weight: 9 });
    cache.clear();
    for (const key of ["x", "y"]) cache.set(key, 1);
    cache.invalidateTag("t");
    clock.advance(1e6);
    expect(cache.inspect()).toMatchObject({ size: 2, expired: 0, weight: 2, tags: 0 });
    expect(cache.inspect("x")).toEqual({
      key: "x",
      value: 1,
      expiresAt: null,
      expired: false,
      tags: [],
      weight: 1,
    });
    cache.verify();
  });
});

describe("a bound enforced by the clock", () => {
  it("leaves a cache alone that meets it exactly, in entries and in weight", () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({
      clock,
      max: 4,
      maxWeight: 10,
      enforce: { every: 10, reclaim: 0.5 },
    });
    for (const key of ["a", "b", "c", "d"]) cache.set(key, 1, { weight: 2.5 });
    clock.advance(100);
    expect(cache.size()).toBe(4);
    cache.set("e", 1, { weight: 0 });
    clock.advance(10);
    expect(cache.size()).toBe(2);
    cache.set("f", 1, { weight: 10 });
    clock.advance(10);
    expect(cache.inspect().weight).toBeLessThanOrEqual(5);
    cache.close();
    expect(clock.pending).toBe(0);
  });
});

describe("options of fetch", () => {
  it.each(["a", "absent"])("are checked whether there is a value or not: %s", async (key) => {
    const cache: Test = new Cache<string, number>();
    cache.set("a", 1);
    const failure = await cache.fetch(key, () => 1, { tttl: 5 } as never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "STOWAGE_INVALID_OPTION" });
    await expect(cache.fetch(key, 5 as never)).rejects.toMatchObject({ code: "STOWAGE_INVALID_ARGUMENT" });
  });
});

describe("a bound by weight that comes later", () => {
  it("holds for entries that were set without options, too", () => {
    const cache: Test = new Cache<string, number>({ policy: "fifo" });
    cache.resize({ maxWeight: 3 });
    for (const key of ["a", "b", "c", "d", "e"]) cache.set(key, 1);
    expect([...cache.keys()].sort()).toEqual(["c", "d", "e"]);
    expect(cache.set("heavy", 1, { weight: 4 })).toBe(false);
    cache.verify();
  });
});

describe("writing over an entry is a use of it", () => {
  const writes: [how: string, write: (cache: Test) => unknown][] = [
    ["set", (cache) => cache.set("old", 2)],
    ["set with options", (cache) => cache.set("old", 2, { ttl: "1h" })],
    ["setMany", (cache) => cache.setMany([["old", 2]])],
    ["update", (cache) => cache.update("old", 2)],
    ["incr", (cache) => cache.incr("old")],
    ["touch", (cache) => cache.touch("old")],
    ["import", (cache) => cache.import([{ key: "old", value: 2, expiresAt: null }])],
    ["a transaction", (cache) => cache.transaction(["old"], (tx) => tx.set("old", 2))],
  ];
  it.each(writes)("%s, under lru and lrw", async (_how, write) => {
    for (const policy of ["lru", "lrw"] as const) {
      const cache: Test = new Cache<string, number>({ max: 2, policy });
      cache.set("old", 1);
      cache.set("new", 1);
      await write(cache);
      cache.set("newer", 1);
      expect([...cache.keys()].sort(), policy).toEqual(["newer", "old"]);
    }
  });
});

describe("transactions", () => {
  it("keep ttl and tags of what they update, wherever it stands", async () => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({ clock });
    for (const key of ["first", "second"]) cache.set(key, 1, { ttl: 100, tags: ["t"] });
    clock.advance(30);
    await cache.transaction(["first", "second"], (tx) => [tx.update("first", 2), tx.incr("second")]);
    for (const key of ["first", "second"]) {
      expect(cache.inspect(key)).toMatchObject({ value: 2, tags: ["t"] });
      expect(cache.ttl(key)).toBe(70);
    }
  });

  it("run again when a tag of what they store was invalidated meanwhile", async () => {
    const cache: Test = new Cache<string, number>();
    let runs = 0;
    await cache.transaction(["a"], async (tx) => {
      tx.set("a", ++runs, { tags: ["t"] });
      if (runs === 1) cache.invalidateTag("t");
    });
    expect(runs).toBe(2);
    expect(cache.get("a")).toBe(2);
  });
});

describe("more tags invalidated during a load than are remembered", () => {
  it.each([10_000, 10_001, 25_000])("keep out what bears the first of %i", async (count) => {
    const cache: Test = new Cache<string, number>();
    const [tagged, untagged] = [deferred<void>(), deferred<void>()];
    const loading = [
      cache.fetch("tagged", async () => {
        await tagged.promise;
        return commit(1, { tags: ["tag 0"] });
      }),
      cache.fetch("untagged", async () => {
        await untagged.promise;
        return 1;
      }),
    ];
    for (let n = 0; n < count; n++) cache.invalidateTag(`tag ${n}`);
    tagged.resolve();
    untagged.resolve();
    expect(await Promise.all(loading)).toEqual([1, 1]);
    expect([cache.has("tagged"), cache.has("untagged")]).toEqual([false, true]);
    await cache.fetch("tagged", () => commit(2, { tags: ["tag 0"] }));
    expect(cache.get("tagged")).toBe(2);
  });
});
