/** The plain verbs on plain keys: what each returns, and what the others see afterwards. */
import { group } from "../cases.js";
import { identical, ok, same, throws } from "../check.js";

export const verbs = group("plain verbs", [], (test) => {
  test("a value set is the value read", (t) => {
    const cache = t.create();
    identical(cache.set("a", 1), true, "set");
    identical(cache.get("a"), 1, "get");
    identical(cache.peek("a"), 1, "peek");
    identical(cache.has("a"), true, "has");
  });

  test("a miss is undefined for get, peek and take, false for has", (t) => {
    const cache = t.create();
    for (const verb of ["get", "peek", "take"] as const) identical(cache[verb]("a"), undefined, verb);
    identical(cache.has("a"), false);
  });

  test("set over a value replaces it and adds no entry", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    identical(cache.set("a", 2), true);
    identical(cache.get("a"), 2);
    identical(cache.size(), 1);
  });

  test("delete says whether there was something, and it is gone", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.set("b", 2);
    identical(cache.delete("a"), true, "first");
    identical(cache.delete("a"), false, "second");
    identical(cache.get("a"), undefined);
    identical(cache.has("a"), false);
    identical(cache.get("b"), 2, "the other key");
  });

  test("a deleted key can be set again", (t) => {
    const cache = t.create();
    for (let round = 0; round < 3; round += 1) {
      cache.set("a", round);
      identical(cache.get("a"), round);
      identical(cache.delete("a"), true);
    }
    identical(cache.size(), 0);
  });

  test("take gives the value and removes it", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    identical(cache.take("a"), 1);
    identical(cache.take("a"), undefined);
    identical(cache.has("a"), false);
    identical(cache.size(), 0);
  });

  test("size and isEmpty follow what is stored", (t) => {
    const cache = t.create();
    identical(cache.isEmpty(), true);
    for (let n = 1; n <= 50; n += 1) {
      cache.set(`k${n}`, n);
      identical(cache.size(), n);
      identical(cache.isEmpty(), false);
    }
    for (let n = 1; n <= 50; n += 1) {
      cache.delete(`k${n}`);
      identical(cache.size(), 50 - n);
    }
    identical(cache.isEmpty(), true);
  });

  for (const verb of ["clear", "reset"] as const) {
    test(`${verb} says how many went and leaves a usable, empty cache`, (t) => {
      const cache = t.create();
      for (let n = 0; n < 20; n += 1) cache.set(`k${n}`, n);
      identical(cache[verb](), 20);
      identical(cache.size(), 0);
      identical(cache.get("k3"), undefined);
      identical(cache[verb](), 0, "on an empty cache");
      cache.set("k3", "new");
      identical(cache.get("k3"), "new");
      identical(cache.size(), 1);
    });
  }

  test("null, false, 0, NaN and the empty string are values", (t) => {
    const cache = t.create();
    const values = t.can("anyValues") ? [null, false, 0, Number.NaN, ""] : [null, false, 0, ""];
    for (const value of values) {
      cache.set("a", value);
      identical(cache.get("a"), value);
      identical(cache.peek("a"), value);
      identical(cache.has("a"), true);
      identical(cache.take("a"), value);
    }
  });

  test("undefined is refused as a value and what was there stays", (t) => {
    const cache = t.create();
    throws(() => cache.set("a", undefined), "InvalidValueError", "set of a new key");
    identical(cache.has("a"), false);
    cache.set("a", 1);
    throws(() => cache.set("a", undefined), "InvalidValueError", "set over a value");
    identical(cache.get("a"), 1);
    identical(cache.size(), 1);
  });

  test("values of every kind come back as the very same object", ["anyValues"], (t) => {
    const cache = t.create();
    const values = [
      {},
      [],
      new Map(),
      new Date(),
      () => 1,
      Symbol("s"),
      10n,
      /x/,
      Promise.resolve(1),
      new Proxy({}, {}),
    ];
    for (const [n, value] of values.entries()) cache.set(n, value);
    for (const [n, value] of values.entries()) identical(cache.get(n), value);
  });

  test("a stored object is not written to, also when it is frozen", (t) => {
    const cache = t.create();
    const value = Object.freeze({ list: Object.freeze([1, 2]), deep: Object.freeze({ a: 1 }) });
    cache.set("a", value);
    same(cache.get("a"), { list: [1, 2], deep: { a: 1 } });
    same(value, { list: [1, 2], deep: { a: 1 } });
  });

  test("touch says whether the key is there and changes no value", (t) => {
    const cache = t.create();
    identical(cache.touch("a"), false);
    cache.set("a", 1);
    identical(cache.touch("a"), true);
    identical(cache.get("a"), 1);
    identical(cache.size(), 1);
  });

  test("two caches share nothing", (t) => {
    const [one, two] = [t.create(), t.create()];
    one.set("a", 1);
    identical(two.get("a"), undefined);
    two.set("a", 2);
    one.clear();
    identical(two.get("a"), 2);
  });

  test("ten thousand entries come and go and each key keeps its own value", (t) => {
    const cache = t.create();
    for (let n = 0; n < 10_000; n += 1) cache.set(`key:${n}`, n);
    for (let n = 0; n < 10_000; n += 3) cache.delete(`key:${n}`);
    for (let n = 0; n < 10_000; n += 6) cache.set(`key:${n}`, -n - 1);
    for (let n = 0; n < 10_000; n += 1) {
      const expected = n % 6 === 0 ? -n - 1 : n % 3 === 0 ? undefined : n;
      ok(
        Object.is(cache.get(`key:${n}`), expected),
        `key:${n} should hold ${expected}, holds ${cache.get(`key:${n}`)}`,
      );
    }
  });

  test("execute gives the batch the cache and hands its result back", ["execute"], (t) => {
    const cache = t.create();
    const result = cache.execute((inner) => {
      inner.set("a", 1);
      inner.set("b", inner.get("a") + 1);
      return [inner.get("a"), inner.get("b")];
    });
    same(result, [1, 2]);
    identical(cache.get("b"), 2);
  });

  test("execute lets an error through and keeps what was written before it", ["execute"], (t) => {
    const cache = t.create();
    const boom = new Error("boom");
    let caught: unknown;
    try {
      cache.execute((inner) => {
        inner.set("a", 1);
        throw boom;
      });
    } catch (error) {
      caught = error;
    }
    identical(caught, boom);
    identical(cache.get("a"), 1);
    cache.set("b", 2);
    identical(cache.get("b"), 2, "the cache works on");
  });
});
