/** inspect: what the cache says about itself and about one entry, and that looking changes nothing. */
import { Cache, type CacheOptions } from "stowage";
import { deferred, FakeClock, settle } from "stowage/testing";
import { beforeEach, describe, expect, it } from "vitest";

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

function make(options: CacheOptions<string, number> = {}): Cache<string, number> {
  return new Cache<string, number>({ clock, ...options });
}

describe("inspect()", () => {
  it("of a fresh cache", () => {
    expect(make().inspect()).toEqual({
      name: "cache",
      size: 0,
      expired: 0,
      max: null,
      weight: 0,
      maxWeight: null,
      policy: expect.any(String),
      janitor: { everyMs: 1_000, runs: 0, removed: 0, lastRunAt: null },
      overheadBytes: expect.any(Number),
      loading: 0,
      transactions: 0,
      tags: 0,
      warmers: [],
      hooks: [],
      commands: [],
    });
  });

  it("tells how it was made", () => {
    const cache = make({
      name: "users",
      max: 10,
      maxWeight: 100,
      policy: "sieve",
      janitor: false,
      hooks: [
        { name: "log", when: "after", handle: () => 1 },
        { when: "before", handle: () => 1 },
      ],
      warmers: [{ execute: () => null }, { name: "users", execute: () => null }],
      commands: { last: { type: "read", execute: () => 1 } },
    });
    expect(cache.inspect()).toMatchObject({
      name: "users",
      max: 10,
      maxWeight: 100,
      policy: "sieve",
      janitor: { everyMs: null },
      hooks: ["log", "hooks[1]"],
      warmers: ["warmers[0]", "users"],
      commands: ["last"],
    });
    cache.resize({ max: 5, maxWeight: 50 });
    expect(cache.inspect()).toMatchObject({ max: 5, maxWeight: 50 });
    cache.close();
  });

  it("counts what is there, dead or alive", () => {
    const cache = make({ janitor: false });
    cache.set("a", 1);
    cache.set("b", 2, { ttl: 10 });
    cache.set("c", 3, { tags: ["t", "u"], weight: 5 });
    clock.advance(10);
    expect(cache.inspect()).toMatchObject({ size: 3, expired: 1, weight: 7, tags: 2 });
    cache.invalidateTag("t");
    expect(cache.inspect()).toMatchObject({ size: 3, expired: 2, tags: 2 });
    expect(cache.purge()).toBe(2);
    expect(cache.inspect()).toMatchObject({ size: 1, expired: 0, weight: 1, tags: 0 });
  });

  it("counts loads and transactions under way", async () => {
    const cache = make();
    const gate = deferred<number>();
    const all = [
      cache.fetch("a", () => gate.promise),
      cache.fetch("a", () => gate.promise),
      cache.fetchMany(["b", "c"], async () => [["b", await gate.promise]]),
      cache.transaction(["x"], () => gate.promise),
      cache.transaction(["x"], () => gate.promise),
    ];
    await settle();
    expect(cache.inspect()).toMatchObject({ loading: 3, transactions: 2 });
    gate.resolve(1);
    await Promise.all(all);
    expect(cache.inspect()).toMatchObject({ loading: 0, transactions: 0 });
  });

  it("tells of the janitor's rounds", () => {
    const cache = make({ janitor: 100 });
    cache.set("a", 1, { ttl: 50 });
    cache.set("b", 1, { ttl: 150 });
    clock.advance(100);
    const at = clock.wall();
    expect(cache.inspect().janitor).toEqual({ everyMs: 100, runs: 1, removed: 1, lastRunAt: at });
    clock.advance(100);
    expect(cache.inspect().janitor).toEqual({ everyMs: 100, runs: 2, removed: 2, lastRunAt: at + 100 });
    clock.advance(1_000);
    expect(cache.inspect().janitor.runs, "there is nothing to come for").toBe(2);
  });

  it("counts entries without weights as 1 each, and knows no sum after clear", () => {
    const cache = make();
    cache.set("a", 1);
    cache.set("b", 1);
    expect(cache.inspect().weight).toBe(2);
    cache.set("b", 1, { weight: 10 });
    expect(cache.inspect().weight).toBe(11);
    cache.clear();
    expect(cache.inspect().weight).toBe(0);
    cache.verify();
  });

  it("cannot be written to", () => {
    const report = make().inspect() as { size: number; janitor: { runs: number }; hooks: readonly string[] };
    expect(() => (report.size = 5)).toThrow(TypeError);
    expect(() => (report.janitor.runs = 5)).toThrow(TypeError);
    expect(Object.isFrozen(report.hooks)).toBe(true);
  });
});

describe("inspect(key)", () => {
  it("tells everything about the entry", () => {
    const cache = make();
    cache.set("a", 1, { ttl: 50, tags: ["t", "u", "t"], weight: 3 });
    cache.set("b", 2);
    expect(cache.inspect("a")).toEqual({
      key: "a",
      value: 1,
      expiresAt: clock.wall() + 50,
      expired: false,
      tags: ["t", "u"],
      weight: 3,
    });
    expect(cache.inspect("b")).toEqual({
      key: "b",
      value: 2,
      expiresAt: null,
      expired: false,
      tags: [],
      weight: 1,
    });
    expect(cache.inspect("c")).toBeUndefined();
  });

  it("of an entry that is dead and still there says so, and does not remove it", () => {
    const cache = make({ janitor: false });
    cache.set("a", 1, { ttl: 50 });
    cache.set("b", 2, { tags: ["t"] });
    clock.advance(50);
    cache.invalidateTag("t");
    expect(cache.inspect("a")).toMatchObject({ value: 1, expired: true, expiresAt: clock.wall() });
    expect(cache.inspect("b")).toMatchObject({ value: 2, expired: true });
    expect(cache.size()).toBe(2);
  });

  it("asks for undefined as a key where that is asked for, not for the report", () => {
    const odd = new Cache<undefined, number>();
    odd.set(undefined, 1);
    expect(odd.inspect(undefined)).toMatchObject({ value: 1 });
  });

  it("is no use of the entry: neither recency, idle time nor statistics change", () => {
    const cache = make({ max: 2, policy: "lru", idle: 100 });
    cache.set("old", 1);
    cache.set("new", 2);
    clock.advance(60);
    cache.resetStats();
    for (let n = 0; n < 5; n++) {
      cache.inspect("old");
      cache.inspect();
    }
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
    cache.set("newer", 3);
    expect(cache.has("old")).toBe(false);
    clock.advance(40);
    expect(cache.has("new")).toBe(false);
  });

  it("of a moment that the system's clock has jumped over since, tells the new calendar's", () => {
    const cache = make();
    cache.set("a", 1, { ttl: 50 });
    clock.shiftWall(3_600_000);
    expect(cache.inspect("a")?.expiresAt).toBe(clock.wall() + 50);
  });
});
