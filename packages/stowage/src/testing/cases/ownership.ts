/** The caller's objects are his: nothing is written into them, frozen ones work, changing them later changes nothing. */
import { group } from "../cases.js";
import { identical, same } from "../check.js";

/** Freezes an object and all it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const held of Object.values(value)) deepFreeze(held);
    Object.freeze(value);
  }
  return value;
}

export const ownership = group("the caller's objects", [], (test) => {
  test("undefined counts as not given", (t) => {
    const cache = t.create({ max: undefined, ttl: undefined, onRemoval: undefined, hooks: undefined });
    cache.set("a", 1, { ttl: undefined, tags: undefined });
    identical(cache.get("a"), 1);
  });

  test("frozen options work and are not written to", ["expiry", "fetch", "max"], async (t) => {
    const given = deepFreeze({
      clock: t.clock,
      max: 10,
      ttl: "5m",
      ...(t.can("idle") && { idle: 1_000 }),
      fetch: { ttl: 50, grace: 10 },
      hooks: [],
      commands: { last: { type: "read", execute: () => 1 } },
    });
    const before = JSON.stringify(given);
    const cache = t.create(given);
    cache.set("a", 1, deepFreeze({ ttl: 5, tags: ["x"] }));
    await cache.fetch("b", () => 1, deepFreeze({ ttl: 5, tags: ["y"] }));
    identical(cache.get("a"), 1);
    identical(JSON.stringify(given), before);
  });

  test("nothing is added to what the caller passed", ["fetch", "expiry", "max"], async (t) => {
    const given: Record<string, unknown> = { clock: t.clock, max: 10, ttl: 50, fetch: { ttl: 5 } };
    const inCall: Record<string, unknown> = { ttl: 5 };
    const cache = t.create(given);
    cache.set("a", 1, inCall);
    await cache.fetch("b", () => 1, inCall);
    same(given, { clock: t.clock, max: 10, ttl: 50, fetch: { ttl: 5 } });
    same(inCall, { ttl: 5 });
  });

  test("changing the options later changes no cache", ["max", "expiry"], (t) => {
    const given: Record<string, unknown> = { clock: t.clock, max: 3, ttl: 50 };
    const cache = t.create(given);
    given.max = 100;
    given.ttl = 1;
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n);
    identical(cache.size(), 3);
    identical(cache.ttl("9"), 50);
  });
});
