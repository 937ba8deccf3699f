/** execute: one reading of the clock for the whole batch, whatever happens in it, and as usual after it. */
import { Cache, type Clock } from "stowage";
import { FakeClock, settle } from "stowage/testing";
import { beforeEach, describe, expect, it } from "vitest";

let readings: number;
let clock: FakeClock;
let counting: Clock;
let cache: Cache<string, number>;
beforeEach(() => {
  readings = 0;
  clock = new FakeClock();
  counting = {
    now: () => {
      readings++;
      return clock.now();
    },
    wall: () => clock.wall(),
    setTimer: (fn, ms) => clock.setTimer(fn, ms),
    clearTimer: (timer) => clock.clearTimer(timer),
  };
  cache = new Cache<string, number>({ clock: counting, ttl: 100 });
});

describe("execute", () => {
  it("reads the clock once, however much the batch does", () => {
    readings = 0;
    cache.execute((inner) => {
      for (let n = 0; n < 50; n++) {
        inner.set(`k${n}`, n, { ttl: 5 });
        inner.get(`k${n - 1}`);
        inner.touch("k0");
        inner.refresh("k0");
        inner.ttl("k0");
        inner.incr("counter");
      }
      inner.setMany([["x", 1]]);
      inner.getMany(["x", "y"]);
      inner.purge();
    });
    expect(readings).toBe(1);
  });

  it("outside, each verb that needs the time reads it, and setMany and getMany read it once", () => {
    readings = 0;
    cache.set("a", 1);
    cache.set("b", 1);
    expect(readings).toBe(2);
    readings = 0;
    cache.setMany(Array.from({ length: 100 }, (_, n) => [`k${n}`, n]));
    expect(readings).toBe(1);
    readings = 0;
    cache.getMany(Array.from({ length: 100 }, (_, n) => `k${n}`));
    expect(readings).toBe(1);
  });

  it("sees one moment: what expires while it runs is there until it ends", () => {
    cache.set("a", 1, { ttl: 5 });
    cache.execute((inner) => {
      clock.sleep(50);
      expect(inner.get("a")).toBe(1);
      expect(inner.ttl("a")).toBe(5);
      inner.set("b", 2, { ttl: 20 });
      expect(inner.execute((nested) => nested.get("a"))).toBe(1);
      expect(inner.get("b")).toBe(2);
    });
    expect(cache.get("a")).toBeUndefined();
    expect(cache.get("b"), "its 20 ms began when the batch did").toBeUndefined();
  });

  it("lets go of the moment when the batch throws", () => {
    const boom = new Error("boom");
    expect(() =>
      cache.execute(() => {
        throw boom;
      }),
    ).toThrow(boom);
    cache.set("a", 1, { ttl: 5 });
    clock.sleep(5);
    expect(cache.get("a")).toBeUndefined();
  });

  it("freezes nothing beyond the synchronous part of an async function", async () => {
    cache.set("a", 1, { ttl: 5 });
    const running = cache.execute(async (inner) => {
      clock.sleep(50);
      const before = inner.get("a");
      await settle();
      return [before, inner.get("a")];
    });
    expect(await running).toEqual([1, undefined]);
  });

  it("gives the cache itself, counts as one call, and each verb in it as its own", () => {
    expect(cache.execute((inner) => inner)).toBe(cache);
    cache.execute((inner) => inner.get("a"));
    expect(cache.stats().calls).toEqual({ execute: 2, get: 1 });
  });

  it("refuses what is no function", () => {
    expect(() => cache.execute(5 as never)).toThrow(/fn/);
  });
});
