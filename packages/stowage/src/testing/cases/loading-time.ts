/** What fetch does with values that are old: loads them anew, gives them out meanwhile or instead, or remembers there are none. */
import { group } from "../cases.js";
import { identical, same } from "../check.js";
import { sourced } from "../sourced.js";

export const loadingTime = group("loading and stale values", ["fetch", "expiry", "lazy"], (test) => {
  test("after expiry the value is loaded anew", async (t) => {
    const cache = t.create();
    await cache.fetch("a", () => 1, { ttl: 10 });
    t.clock.advance(10);
    identical(await cache.fetch("a", () => 2, { ttl: 10 }), 2);
    identical(cache.ttl("a"), 10);
  });

  test("the ttl runs from when the load finished", async (t) => {
    const { cache, load, finish } = sourced(t);
    const waiting = cache.fetch("a", load, { ttl: 10 });
    await t.clock.advanceAsync(100);
    await finish(0, "v");
    identical(await waiting, "v");
    identical(cache.ttl("a"), 10);
  });

  test("negativeTtl remembers that nothing was found", async (t) => {
    const cache = t.create();
    let loads = 0;
    const load = (): undefined => void ++loads;
    for (let n = 0; n < 5; n += 1) identical(await cache.fetch("a", load, { negativeTtl: 10 }), undefined);
    identical(loads, 1);
    identical(cache.get("a"), undefined);
    identical(cache.has("a"), false);
    t.clock.advance(9);
    await cache.fetch("a", load, { negativeTtl: 10 });
    identical(loads, 1);
    t.clock.advance(1);
    await cache.fetch("a", load, { negativeTtl: 10 });
    identical(loads, 2);
  });

  test("a write ends what negativeTtl remembers, so does a delete", async (t) => {
    const cache = t.create();
    await cache.fetch("a", () => undefined, { negativeTtl: 1_000 });
    cache.set("a", 1);
    identical(await cache.fetch("a", () => 2), 1);
    await cache.fetch("b", () => undefined, { negativeTtl: 1_000 });
    cache.delete("b");
    identical(await cache.fetch("b", () => 2), 2);
  });

  test("staleWhileRevalidate gives the old value at once and renews it behind", async (t) => {
    const { cache, load, loads, finish } = sourced(t);
    const options = { ttl: 10, staleWhileRevalidate: 100 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    identical(await first, "old");
    t.clock.advance(10);
    identical(cache.get("a"), undefined, "get never gives an expired value");
    identical(await cache.fetch("a", load, options), "old");
    identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 2, "one load behind");
    identical(loads[1]?.stale, "old", "the loader is shown the old value");
    await finish(1, "new");
    identical(cache.get("a"), "new");
    identical(cache.ttl("a"), 10);
    t.clock.advance(110);
    const late = cache.fetch("a", load, options);
    await finish(2, "newer");
    identical(await late, "newer", "beyond the window the caller waits");
  });

  test("a failure behind is reported and does not reach the caller", async (t) => {
    const reports: unknown[] = [];
    const onError = (error: unknown, { source }: { source: string }): void =>
      void reports.push([error, source]);
    const { cache, load, finish, fail } = sourced(t, { onError });
    const options = { ttl: 10, staleWhileRevalidate: 1_000 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(10);
    identical(await cache.fetch("a", load, options), "old");
    const boom = new Error("boom");
    await fail(1, boom);
    same(reports, [[boom, "loader"]]);
    identical(await cache.fetch("a", load, options), "old");
    await finish(2, "new");
    identical(cache.get("a"), "new");
  });

  test("grace gives the old value when the load fails", async (t) => {
    const { cache, load, loads, finish, fail } = sourced(t);
    const options = { ttl: 10, grace: 1_000 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(500);
    const second = cache.fetch("a", load, options);
    await fail(1, new Error("boom"));
    identical(await second, "old");
    identical(loads[1]?.stale, "old");
    identical(cache.get("a"), undefined, "get never gives an expired value");
    t.clock.advance(510);
    const boom = new Error("boom 2");
    const third = Promise.allSettled([cache.fetch("a", load, options)]);
    await fail(2, boom);
    const [outcome] = await third;
    identical(
      outcome.status === "rejected" && outcome.reason,
      boom,
      "beyond the grace the failure comes through",
    );
  });

  test("backoff keeps from loading again right after a failure", async (t) => {
    const { cache, load, loads, finish, fail } = sourced(t);
    const options = { ttl: 10, grace: 10_000, backoff: 100 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(10);
    const second = cache.fetch("a", load, options);
    await fail(1, new Error("boom"));
    identical(await second, "old");
    for (let n = 0; n < 5; n += 1) identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 2, "no load during the back-off");
    t.clock.advance(100);
    const third = cache.fetch("a", load, options);
    identical(loads.length, 3);
    await finish(2, "new");
    identical(await third, "new");
  });

  test("memory of stale values comes back when their window has passed", ["janitor"], async (t) => {
    const cache = t.create();
    await cache.fetch("a", () => 1, { ttl: 10, staleWhileRevalidate: 100 });
    await cache.fetch("b", () => 1, { ttl: 10, grace: 100 });
    await cache.fetch("c", () => undefined, { negativeTtl: 10 });
    t.clock.advance(10_000);
    identical(cache.size(), 0);
  });
});
