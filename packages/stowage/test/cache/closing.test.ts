/** close in the middle of things: what user code in a verb may do to the cache, and what a closed cache still answers. */
import { getEventListeners } from "node:events";
import { Cache } from "stowage";
import { deferred, FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";

type Test = Cache<string, number>;

function closeAndGive1(cache: Test): number {
  cache.close();
  return 1;
}

describe("a closed cache", () => {
  it("says what it was: name, closed, and an empty report", () => {
    const cache: Test = new Cache<string, number>({ name: "users", max: 10 });
    cache.set("a", 1);
    cache.close();
    expect([cache.name, cache.closed]).toEqual(["users", true]);
    expect(cache.inspect()).toMatchObject({ name: "users", size: 0, loading: 0, transactions: 0 });
  });

  it("is whole", () => {
    const cache: Test = new Cache<string, number>();
    cache.set("a", 1);
    cache.close();
    cache.verify();
  });

  it.each([
    ["getAndUpdate", (cache: Test) => cache.getAndUpdate("a", () => closeAndGive1(cache))],
    ["a ttl function", (cache: Test) => cache.set("close", 1)],
  ] as const)("takes nothing from %s that closed it", (_what, call) => {
    const clock = new FakeClock();
    const cache: Test = new Cache<string, number>({
      clock,
      ttl: (key) => {
        if (key === "close") cache.close();
        return 50;
      },
    });
    try {
      call(cache);
    } catch (error) {
      expect(error).toMatchObject({ code: "STOWAGE_CLOSED" });
    }
    expect(cache.inspect().size).toBe(0);
    expect(clock.pending, "timers").toBe(0);
  });

  it("does not leave whoever waits for a warmer that hangs", async () => {
    const cache: Test = new Cache<string, number>({
      warmers: [{ execute: () => deferred<undefined>().promise }],
    });
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    cache.warm().then(end, end);
    await settle();
    cache.close();
    await settle();
    expect(settled).toBe(true);
  });
});

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
