/** Statistics: each number is what a reader of the calls would count by hand. */
import { group } from "../cases.js";
import { identical, ok } from "../check.js";

export const stats = group("statistics", ["stats"], (test) => {
  test("hits, misses and their rates", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    for (let n = 0; n < 3; n += 1) cache.get("a");
    cache.get("b");
    const { hits, misses, hitRate, missRate } = cache.stats();
    identical(hits, 3);
    identical(misses, 1);
    identical(hitRate, 0.75);
    identical(missRate, 0.25);
  });

  test("nothing read yet: rates are 0, not NaN", (t) => {
    const { hits, misses, hitRate, missRate } = t.create().stats();
    for (const number of [hits, misses, hitRate, missRate]) identical(number, 0);
  });

  test("peek is not counted", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.peek("a");
    cache.peek("b");
    identical(cache.stats().hits, 0);
    identical(cache.stats().misses, 0);
  });

  test("an expired entry that was asked for is a miss", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 5 });
    t.clock.advance(5);
    cache.get("a");
    identical(cache.stats().misses, 1);
    identical(cache.stats().hits, 0);
  });

  test("writes and deletes that happened", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.set("a", 2);
    cache.set("b", 2);
    cache.delete("a");
    cache.delete("a");
    identical(cache.stats().writes, 3);
    identical(cache.stats().deletes, 1);
  });

  test("evictions", ["max"], (t) => {
    const cache = t.create({ max: 5 });
    for (let n = 0; n < 12; n += 1) cache.set(n.toString(), n);
    identical(cache.stats().evictions, 7);
  });

  test("expirations, whoever found them", ["expiry", "janitor", "lazy"], (t) => {
    const cache = t.create();
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n, { ttl: 5 });
    t.clock.advance(5);
    cache.get("0");
    t.clock.advance(5_000);
    identical(cache.stats().expirations, 10);
  });

  test("loads that went well, failed, and how long they took", ["fetch"], async (t) => {
    const cache = t.create();
    await cache.fetch("a", () => 1);
    await cache.fetch("a", () => 1);
    await Promise.allSettled([cache.fetch("b", () => Promise.reject(new Error("boom")))]);
    const slow = cache.fetch("c", () => new Promise((resolve) => t.clock.setTimer(() => resolve(1), 40)));
    await t.clock.advanceAsync(40);
    await slow;
    const { loads } = cache.stats();
    identical(loads.ok, 2);
    identical(loads.failed, 1);
    identical(loads.timeMs, 40);
  });

  test("calls are counted by action", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.get("a");
    cache.get("b");
    cache.has("a");
    const { calls } = cache.stats();
    identical(calls.set, 1);
    identical(calls.get, 2);
    identical(calls.has, 1);
  });

  test("resetStats and reset begin anew, and leave the entries or not", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.get("a");
    cache.resetStats();
    identical(cache.stats().hits, 0);
    identical(cache.stats().writes, 0);
    identical(cache.get("a"), 1);
    cache.reset();
    identical(cache.stats().hits, 0);
  });

  test("what stats() gave does not change later", (t) => {
    const cache = t.create();
    const before = cache.stats();
    cache.get("a");
    identical(before.misses, 0);
    identical(cache.stats().misses, 1);
  });

  test("a hook that throws is counted", ["hooks"], (t) => {
    const handle = (): never => {
      throw new Error("boom");
    };
    const cache = t.create({ hooks: [{ when: "after", on: ["set"], handle }], onError: () => undefined });
    cache.set("a", 1);
    cache.set("a", 2);
    ok(cache.stats().errors.hook === 2, JSON.stringify(cache.stats().errors));
  });
});
