/**
 * keys, values, entries: live entries, lazily, and safe while the cache changes. What stays in the cache for the whole
 * walk is seen exactly once; what comes or goes meanwhile may be seen or not; the walk always ends.
 */
import { group } from "../cases.js";
import { between, identical, ok, same } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

function filled(cache: CacheUnderTest, count: number): CacheUnderTest {
  for (let n = 0; n < count; n += 1) cache.set(`k${n}`, n);
  return cache;
}

export const iteration = group("iteration", ["iteration"], (test) => {
  test("each of the four gives every entry once", (t) => {
    const cache = filled(t.create(), 100);
    const expected = Array.from({ length: 100 }, (_, n) => [`k${n}`, n] as const);
    const byKey = (a: readonly [string, number], b: readonly [string, number]): number => a[1] - b[1];
    same([...cache.entries()].sort(byKey), expected);
    same([...cache].sort(byKey), expected);
    same([...cache.keys()].sort(), expected.map(([key]) => key).sort());
    same(
      [...cache.values()].sort((a, b) => a - b),
      expected.map(([, value]) => value),
    );
  });

  test("an empty cache gives nothing, an iterator is its own iterable", (t) => {
    const cache = t.create();
    same([...cache.keys()], []);
    const iterator = filled(cache, 1).keys();
    identical(iterator[Symbol.iterator](), iterator);
    same(iterator.next(), { value: "k0", done: false });
    identical(iterator.next().done, true);
    identical(iterator.next().done, true, "asked again");
  });

  test("two walks at once do not disturb each other", (t) => {
    const cache = filled(t.create(), 20);
    let pairs = 0;
    for (const one of cache.keys()) for (const two of cache.keys()) pairs += one === two ? 1_000 : 1;
    identical(pairs, 20 * 1_000 + 20 * 19);
  });

  test("a walk may stop early", (t) => {
    const cache = filled(t.create(), 20);
    for (const key of cache.keys()) {
      ok(cache.has(key), key);
      break;
    }
    identical([...cache.keys()].length, 20);
  });

  test("deleting what was given", (t) => {
    const cache = filled(t.create(), 100);
    const seen = new Set<string>();
    for (const [key] of cache) {
      ok(!seen.has(key), `${key} was given twice`);
      seen.add(key);
      cache.delete(key);
    }
    identical(seen.size, 100);
    identical(cache.size(), 0);
  });

  test("deleting what is still to come", (t) => {
    const cache = filled(t.create(), 100);
    const seen = new Set<string>();
    for (const [key, value] of cache) {
      ok(!seen.has(key), `${key} was given twice`);
      ok(cache.has(key), `${key} was deleted before it was given`);
      seen.add(key);
      cache.delete(`k${(value + 1) % 100}`);
    }
    between(seen.size, 50, 100, "entries seen");
    for (const key of cache.keys()) ok(seen.has(key), `${key} stayed all the time and was not seen`);
  });

  test("adding without end does not make the walk endless", (t) => {
    const cache = filled(t.create(), 100);
    const seen = new Set<string>();
    for (const key of cache.keys()) {
      ok(!seen.has(key), `${key} was given twice`);
      seen.add(key);
      if (seen.size > 5_000) break;
      cache.set(`more${seen.size}`, 1);
    }
    ok(seen.size <= 5_000, "the walk does not end while entries are added");
    for (let n = 0; n < 100; n += 1) ok(seen.has(`k${n}`), `k${n} stayed all the time and was not seen`);
  });

  test("writing over entries changes what is given later, not how often", (t) => {
    const cache = filled(t.create(), 50);
    let given = 0;
    for (const [key, value] of cache) {
      given += 1;
      identical(value, cache.peek(key), key);
      for (let n = 0; n < 50; n += 1) cache.set(`k${n}`, given);
    }
    identical(given, 50);
  });

  test("clearing ends it", (t) => {
    const cache = filled(t.create(), 50);
    let given = 0;
    for (const key of cache.keys()) {
      given += 1;
      ok(key.startsWith("k"), key);
      cache.clear();
    }
    identical(given, 1);
  });

  test("growing a lot in the middle loses nothing", (t) => {
    const cache = filled(t.create(), 100);
    const seen = new Set<string>();
    let grown = false;
    for (const key of cache.keys()) {
      seen.add(key);
      if (!grown) for (let n = 0; n < 5_000; n += 1) cache.set(`more${n}`, n);
      grown = true;
    }
    for (let n = 0; n < 100; n += 1) ok(seen.has(`k${n}`), `k${n} was not seen`);
  });

  test("eviction in the middle gives nothing stale", ["max"], (t) => {
    const cache = filled(t.create({ max: 50 }), 50);
    let n = 100;
    for (const [key, value] of cache) {
      identical(cache.peek(key), value, key);
      cache.set(`k${n}`, n);
      n += 1;
      if (n > 5_000) break;
    }
    ok(n <= 5_000, "the walk does not end while entries are replaced");
    identical(cache.size(), 50);
  });

  test("what expires during the walk is not given", ["expiry", "lazy"], (t) => {
    const cache = t.create({ janitor: false });
    for (let n = 0; n < 50; n += 1) cache.set(`k${n}`, n, { ttl: n < 25 ? 10 : 1_000 });
    const seen: number[] = [];
    for (const value of cache.values()) {
      seen.push(value);
      if (seen.length === 5) t.clock.advance(10);
    }
    ok(
      seen.slice(5).every((value) => value >= 25),
      `given after expiry: ${seen.slice(5).filter((value) => value < 25)}`,
    );
    ok(seen.filter((value) => value >= 25).length === 25, "an entry that did not expire is missing");
  });

  test("walking is no use of the entries", ["expiry", "idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10 });
    cache.set("a", 1);
    t.clock.advance(9);
    same([...cache.values()], [1]);
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });
});
