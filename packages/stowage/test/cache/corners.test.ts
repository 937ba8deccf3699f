/** Corners of verbs that no other suite looks into: what clear and purge leave, bounds that are met exactly, signals. */
import { getEventListeners } from "node:events";
import { Cache } from "stowage";
import { FakeClock } from "stowage/testing";
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
