/** Loads that take too long, and entries that are renewed before they are missed. */
import { group } from "../cases.js";
import { identical, ok, rejects } from "../check.js";
import { sourced } from "../sourced.js";

export const loadingLimits = group("loading, late and early", ["fetch", "expiry", "lazy"], (test) => {
  test("timeout ends the wait, aborts the load, and a late answer is not stored", async (t) => {
    const { cache, load, loads, finish } = sourced(t);
    const waiting = rejects(cache.fetch("a", load, { timeout: 50 }), "LoadTimeoutError");
    await t.clock.advanceAsync(49);
    identical(loads[0]?.signal.aborted, false);
    await t.clock.advanceAsync(1);
    await waiting;
    identical(loads[0]?.signal.aborted, true);
    await finish(0, "late");
    identical(cache.has("a"), false);
    const again = cache.fetch("a", load, { timeout: 50 });
    await finish(1, "new");
    identical(await again, "new");
    identical(cache.get("a"), "new");
  });

  test("timeout with grace gives the old value", async (t) => {
    const { cache, load, finish } = sourced(t);
    const options = { ttl: 10, grace: 1_000, timeout: 50 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(10);
    const second = cache.fetch("a", load, options);
    await t.clock.advanceAsync(50);
    identical(await second, "old");
  });

  test("softTimeout gives the old value while the load goes on, and stores what it brings", async (t) => {
    const { cache, load, loads, finish } = sourced(t);
    const options = { ttl: 10, grace: 1_000, softTimeout: 20 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(10);
    const second = cache.fetch("a", load, options);
    await t.clock.advanceAsync(20);
    identical(await second, "old");
    identical(loads[1]?.signal.aborted, false);
    await finish(1, "new");
    identical(cache.get("a"), "new");
  });

  test("softTimeout without an old value waits on", async (t) => {
    const { cache, load, finish } = sourced(t);
    const waiting = cache.fetch("a", load, { softTimeout: 20 });
    await t.clock.advanceAsync(1_000);
    await finish(0, "v");
    identical(await waiting, "v");
  });

  test("refreshAhead renews behind once that share of the ttl has passed", async (t) => {
    const { cache, load, loads, finish } = sourced(t);
    const options = { ttl: 100, refreshAhead: 0.8 };
    const first = cache.fetch("a", load, options);
    await finish(0, "old");
    await first;
    t.clock.advance(79);
    identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 1);
    t.clock.advance(1);
    identical(await cache.fetch("a", load, options), "old");
    identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 2);
    await finish(1, "new");
    identical(cache.get("a"), "new");
    identical(cache.ttl("a"), 100);
  });

  test("earlyRefresh renews behind the more likely the nearer the end and the longer the load", async (t) => {
    let draw = 0.5;
    const { cache, load, loads, finish } = sourced(t, { random: () => draw });
    const options = { ttl: 1_000, earlyRefresh: true };
    const first = cache.fetch("a", load, options);
    await t.clock.advanceAsync(100);
    await finish(0, "old");
    await first;
    // XFetch: renew when now - loadTime * beta * ln(1 - draw) >= expiry; ln(e^-4.5) * 100 ms = 450 ms ahead.
    draw = 1 - Math.exp(-4.5);
    t.clock.advance(549);
    identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 1, "not yet");
    t.clock.advance(2);
    identical(await cache.fetch("a", load, options), "old");
    identical(loads.length, 2, "now");
    await finish(1, "new");
    identical(cache.get("a"), "new");
  });

  test("jitter of a fetch shortens its ttl", async (t) => {
    const cache = t.create();
    const seen = new Set<unknown>();
    for (let n = 0; n < 100; n += 1) {
      await cache.fetch(n.toString(), () => 1, { ttl: 1_000, jitter: 0.5 });
      const left = cache.ttl(n.toString()) as number;
      ok(left >= 500 && left <= 1_000, `ttl ${left}`);
      seen.add(left);
    }
    ok(seen.size > 10, "different ttls");
  });

  test("closing aborts what is loading and leaves no timer", async (t) => {
    const { cache, load, loads, finish } = sourced(t);
    const waiting = rejects(cache.fetch("a", load, { timeout: 1_000, softTimeout: 500 }), "ClosedError");
    await t.clock.advanceAsync(0);
    cache.close();
    await waiting;
    identical(loads[0]?.signal.aborted, true);
    identical(t.clock.pending, 0);
    await finish(0, "late");
  });
});
