/** fetch: one load per key, its outcome for all who wait, and nothing stored that should not be. */
import { commit, ignore } from "../../index.js";
import { group } from "../cases.js";
import { identical, rejects, same, throws } from "../check.js";
import { deferred } from "../deferred.js";

export const loading = group("loading", ["fetch"], (test) => {
  test("a miss loads and stores, a hit does not load", async (t) => {
    const cache = t.create();
    let loads = 0;
    const load = (key: string): string => `${key}${++loads}`;
    identical(await cache.fetch("a", load), "a1");
    identical(await cache.fetch("a", load), "a1");
    identical(cache.get("a"), "a1");
    identical(loads, 1);
  });

  test("the loader is given the key and an open signal", async (t) => {
    const cache = t.create();
    const seen: unknown[] = [];
    await cache.fetch("a", (key, context: { signal: AbortSignal; stale: unknown }) => {
      seen.push(key, context.signal instanceof AbortSignal, context.signal.aborted, context.stale);
      return 1;
    });
    same(seen, ["a", true, false, undefined]);
  });

  test("callers that come during a load wait for it", async (t) => {
    const cache = t.create();
    const gate = deferred<string>();
    let loads = 0;
    const load = (): Promise<string> => {
      loads += 1;
      return gate.promise;
    };
    const waiting = Array.from({ length: 100 }, () => cache.fetch("a", load));
    gate.resolve("v");
    same(new Set(await Promise.all(waiting)), new Set(["v"]));
    identical(loads, 1);
  });

  test("different keys load side by side", async (t) => {
    const cache = t.create();
    const gates = [deferred<number>(), deferred<number>()];
    const waiting = gates.map((gate, n) => cache.fetch(n.toString(), () => gate.promise));
    gates[1]?.resolve(1);
    identical(await waiting[1], 1);
    identical(cache.has("0"), false);
    gates[0]?.resolve(0);
    identical(await waiting[0], 0);
  });

  for (const kind of ["throws", "rejects"] as const) {
    test(`a loader that ${kind} fails its callers, stores nothing, and the next call loads again`, async (t) => {
      const cache = t.create();
      const boom = new Error("boom");
      const load = (): Promise<never> => {
        if (kind === "throws") throw boom;
        return Promise.reject(boom);
      };
      const outcomes = await Promise.allSettled([cache.fetch("a", load), cache.fetch("a", load)]);
      for (const outcome of outcomes) identical(outcome.status === "rejected" && outcome.reason, boom);
      identical(cache.has("a"), false);
      identical(await cache.fetch("a", () => "fine"), "fine");
    });
  }

  test("the options of the call say how it is stored", ["expiry", "lazy", "tags"], async (t) => {
    const cache = t.create();
    await cache.fetch("a", () => 1, { ttl: 50, tags: ["x"] });
    await cache.fetch("b", () => 1, { ttl: 50 });
    identical(cache.ttl("a"), 50);
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
    t.clock.advance(50);
    identical(cache.get("b"), undefined);
  });

  test("commit says how this result is stored", ["expiry", "tags"], async (t) => {
    const cache = t.create();
    identical(await cache.fetch("a", () => commit("v", { ttl: 30, tags: ["x"] }), { ttl: 50 }), "v");
    identical(cache.ttl("a"), 30);
    identical(await cache.fetch("b", async () => commit("w")), "w");
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
    identical(cache.get("b"), "w");
  });

  test("ignore gives the value and stores nothing", async (t) => {
    const cache = t.create();
    identical(await cache.fetch("a", () => ignore("v")), "v");
    identical(await cache.fetch("b", async () => ignore(null)), null);
    identical(cache.has("a"), false);
    identical(cache.has("b"), false);
  });

  test("undefined means not found: nothing is stored", async (t) => {
    const cache = t.create();
    let loads = 0;
    const load = (): undefined => void ++loads;
    identical(await cache.fetch("a", load), undefined);
    identical(cache.has("a"), false);
    await cache.fetch("a", load);
    identical(loads, 2);
  });

  test("null is a value", async (t) => {
    const cache = t.create();
    identical(await cache.fetch("a", () => null), null);
    identical(cache.has("a"), true);
    identical(await cache.fetch("a", () => "other"), null);
  });

  test("force loads although there is a value, and replaces it", async (t) => {
    const cache = t.create();
    cache.set("a", "old");
    identical(await cache.fetch("a", () => "new", { force: true }), "new");
    identical(cache.get("a"), "new");
  });

  test("a promise stored by set is a value like any other", ["anyValues"], async (t) => {
    const cache = t.create();
    const promise = Promise.resolve(1);
    cache.set("a", promise);
    identical(cache.get("a"), promise);
  });

  test("a loader that fetches another key of the same cache", async (t) => {
    const cache = t.create();
    const value = await cache.fetch("a", async () => `a${await cache.fetch("b", () => "b")}`);
    identical(value, "ab");
    identical(cache.get("b"), "b");
  });

  test("what is no loader, or no option, is refused", async (t) => {
    const cache = t.create();
    await rejects(cache.fetch("a", 5 as never), "InvalidArgumentError");
    await rejects(
      cache.fetch("a", () => 1, { tttl: 5 }),
      { name: "InvalidOptionError", says: ["ttl"] },
    );
    await rejects(
      cache.fetch("a", () => 1, { ttl: -5 }),
      "InvalidDurationError",
    );
    for (const wrong of [
      { jitter: 2 },
      { refreshAhead: 1.5 },
      { earlyRefresh: -1 },
      { signal: {} },
      { force: 1 },
    ]) {
      await rejects(
        cache.fetch("a", () => 1, wrong),
        "InvalidOptionError",
        JSON.stringify(wrong),
      );
    }
    throws(() => t.create({ fetch: { tll: 5 } }), { name: "InvalidOptionError", says: ["ttl"] });
    identical(cache.has("a"), false);
  });

  test("defaults for fetch come with the cache, and the call may differ", ["expiry"], async (t) => {
    const cache = t.create({ fetch: { ttl: 50 } });
    await cache.fetch("a", () => 1);
    await cache.fetch("b", () => 1, { ttl: 70 });
    identical(cache.ttl("a"), 50);
    identical(cache.ttl("b"), 70);
  });
});
