/** incr and decr: numbers only, in place, and a refusal changes nothing. */
import { group } from "../cases.js";
import { identical, same, throws } from "../check.js";

export const counters = group("counters", ["counters"], (test) => {
  test("incr and decr begin at 0 and step by 1", (t) => {
    const cache = t.create();
    identical(cache.incr("a"), 1);
    identical(cache.incr("a"), 2);
    identical(cache.decr("a"), 1);
    identical(cache.decr("b"), -1);
    identical(cache.get("a"), 1);
    identical(cache.get("b"), -1);
  });

  test("an amount may be any number, also negative and broken", (t) => {
    const cache = t.create();
    identical(cache.incr("a", 10), 10);
    identical(cache.incr("a", -3), 7);
    identical(cache.decr("a", -3), 10);
    identical(cache.incr("a", 0.5), 10.5);
    identical(cache.incr("a", 0), 10.5);
  });

  test("a default is where an absent key begins; a present one ignores it", (t) => {
    const cache = t.create();
    identical(cache.incr("a", 5, { default: 100 }), 105);
    identical(cache.incr("a", 5, { default: 100 }), 110);
    identical(cache.decr("b", 5, { default: 100 }), 95);
  });

  test("a ttl given to incr is that of the entry it creates", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.incr("a", 1, { ttl: 100 });
    identical(cache.ttl("a"), 100);
    t.clock.advance(100);
    identical(cache.get("a"), undefined);
    identical(cache.incr("a"), 1, "begins anew after expiry");
  });

  test("counting keeps the expiry of the entry", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    t.clock.advance(40);
    cache.incr("a");
    cache.decr("a", 5);
    identical(cache.ttl("a"), 60);
    t.clock.advance(60);
    identical(cache.get("a"), undefined);
  });

  test("a tag given to incr is that of the entry it creates", ["tags"], (t) => {
    const cache = t.create();
    cache.incr("a", 1, { tags: ["x"] });
    cache.incr("a");
    cache.invalidateTag("x");
    identical(cache.get("a"), undefined);
    identical(cache.incr("a"), 1);
  });

  test("a value that is no number is refused and stays, with its expiry", (t) => {
    const cache = t.create();
    for (const value of ["5", null, true, { a: 1 }, [1]]) {
      cache.set("a", value, t.can("expiry") ? { ttl: 100 } : {});
      const before = cache.get("a");
      throws(() => cache.incr("a"), "NonNumericValueError");
      throws(() => cache.decr("a", 2), "NonNumericValueError");
      if (t.can("anyValues")) identical(cache.get("a"), value);
      same(cache.get("a"), before);
      if (t.can("expiry")) identical(cache.ttl("a"), 100);
    }
    identical(cache.size(), 1);
  });

  test("an amount or a default that is no finite number is refused", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, "1", null, 1n]) {
      throws(() => cache.incr("a", amount as number), "InvalidArgumentError", `amount ${String(amount)}`);
      throws(
        () => cache.decr("b", 1, { default: amount }),
        "InvalidOptionError",
        `default ${String(amount)}`,
      );
    }
    identical(cache.get("a"), 1);
    identical(cache.has("b"), false);
  });
});
