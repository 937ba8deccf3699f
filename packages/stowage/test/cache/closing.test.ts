/** close in the middle of things: what user code in a verb may do to the cache, and what a closed cache still answers. */
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

  it.each([
    ["set", (cache: Test) => cache.set("a", 2)],
    ["setMany", (cache: Test) => cache.setMany([["a", 2]])],
    ["getAndUpdate", (cache: Test) => cache.getAndUpdate("a", () => 2)],
    ["incr", (cache: Test) => cache.incr("a")],
    ["decr", (cache: Test) => cache.decr("b")],
    ["import", (cache: Test) => cache.import([{ key: "a", value: 2, expiresAt: null }])],
  ] as const)("names the verb in which the weigher closed it: %s", (verb, call) => {
    let closing = false;
    const cache: Test = new Cache<string, number>({
      maxWeight: 10,
      weigher: () => {
        if (closing) cache.close();
        return 1;
      },
    });
    cache.set("a", 1);
    closing = true;
    expect(() => call(cache)).toThrow(new RegExp(`^${verb}: the cache is closed`));
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
