/** The bound on entries: never exceeded when a call has returned, whatever the call, and never short by more than it must. */
import { group } from "../cases.js";
import { between, identical, ok, throws } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

/** Fills a cache of 10 in some way and says after each step that the bound holds. */
const fillers: Record<string, (cache: CacheUnderTest, n: number) => unknown> = {
  set: (cache, n) => cache.set(`k${n}`, n),
  setMany: (cache, n) =>
    cache.setMany([
      [`k${n}`, n],
      [`l${n}`, n],
      [`m${n}`, n],
    ]),
  incr: (cache, n) => cache.incr(`k${n}`),
  getAndUpdate: (cache, n) => cache.getAndUpdate(`k${n}`, () => n),
};

export const limits = group("bound on entries", ["max"], (test) => {
  for (const [name, fill] of Object.entries(fillers)) {
    test(`${name} never exceeds it`, ["bulk", "counters", "updates"], (t) => {
      const cache = t.create({ max: 10 });
      for (let n = 0; n < 100; n += 1) {
        fill(cache, n);
        ok(cache.size() <= 10, `${cache.size()} entries after call ${n}`);
        if (n >= 10) identical(cache.size(), 10, `after call ${n}`);
      }
    });
  }

  for (const max of [1, 2, 3, 7, 64, 1_000]) {
    test(`a bound of ${max} is exact`, (t) => {
      const cache = t.create({ max });
      for (let n = 0; n < max; n += 1) {
        cache.set(n.toString(), n);
        identical(cache.size(), n + 1, "nothing goes before the bound");
      }
      for (let n = max; n < 3 * max + 10; n += 1) {
        cache.set(n.toString(), n);
        identical(cache.size(), max);
      }
    });
  }

  test("the entry just set is there", (t) => {
    const cache = t.create({ max: 5 });
    for (let n = 0; n < 100; n += 1) {
      identical(cache.set(n.toString(), n), true);
      identical(cache.get(n.toString()), n);
    }
  });

  test("what is evicted is gone, what is there is right", (t) => {
    const cache = t.create({ max: 10 });
    for (let n = 0; n < 1_000; n += 1) {
      cache.set(`k${n % 37}`, n);
      for (let k = 0; k < 37; k += 1) {
        const value = cache.peek(`k${k}`);
        ok(value === undefined || value % 37 === k, `k${k} holds ${value}`);
      }
    }
  });

  test("writing over an entry evicts none", (t) => {
    const cache = t.create({ max: 3 });
    for (const key of ["a", "b", "c"]) cache.set(key, 0);
    for (let n = 1; n <= 50; n += 1) {
      cache.set(["a", "b", "c"][n % 3] as string, n);
      identical(cache.size(), 3);
    }
    for (const key of ["a", "b", "c"]) ok(cache.has(key), `${key} is there`);
  });

  test("a deleted entry makes room without eviction", (t) => {
    const cache = t.create({ max: 3 });
    for (const key of ["a", "b", "c"]) cache.set(key, key);
    cache.delete("b");
    cache.set("d", "d");
    for (const key of ["a", "c", "d"]) identical(cache.get(key), key);
  });

  test("fetch never exceeds it", ["fetch"], async (t) => {
    const cache = t.create({ max: 3 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => cache.fetch(`k${n}`, () => n)));
    identical(cache.size(), 3);
    await cache.fetchMany(["x", "y", "z", "u", "v"], (keys: string[]) => keys.map((key) => [key, key]));
    identical(cache.size(), 3);
  });

  test("import never exceeds it", ["dump"], (t) => {
    const source = t.create();
    for (let n = 0; n < 20; n += 1) source.set(n.toString(), n);
    const cache = t.create({ max: 3 });
    cache.import(source.export());
    identical(cache.size(), 3);
  });

  test("shrinking takes effect in the call, growing gives room", ["resize"], (t) => {
    const cache = t.create({ max: 10 });
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n);
    cache.resize({ max: 4 });
    identical(cache.size(), 4);
    for (let n = 10; n < 30; n += 1) {
      cache.set(n.toString(), n);
      identical(cache.size(), 4);
    }
    cache.resize({ max: 8 });
    identical(cache.size(), 4);
    for (let n = 30; n < 50; n += 1) cache.set(n.toString(), n);
    identical(cache.size(), 8);
  });

  test("resizing up and down by much keeps the entries that fit", ["resize"], (t) => {
    const cache = t.create({ max: 1_000 });
    for (let n = 0; n < 1_000; n += 1) cache.set(n.toString(), n);
    for (const max of [1, 500, 50, 5_000, 3]) {
      const before = cache.size();
      cache.resize({ max });
      identical(cache.size(), Math.min(before, max), `resize to ${max}`);
      for (let n = 0; n < 2 * max; n += 1) cache.set(`${max}:${n}`, n);
      identical(cache.size(), max);
      cache.verify();
    }
  });

  test("resize refuses what is no bound and leaves the old one", ["resize"], (t) => {
    const cache = t.create({ max: 3 });
    for (const max of [0, -1, 1.5, Number.NaN, "3"])
      throws(() => cache.resize({ max }), "InvalidOptionError", String(max));
    throws(() => cache.resize({ maxx: 3 }), { name: "InvalidOptionError", says: ["max"] });
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n);
    identical(cache.size(), 3);
  });

  test("a scheduled bound is enforced each interval, with reclaim", ["scheduled"], (t) => {
    const cache = t.create({ max: 100, enforce: { every: "1s", reclaim: 0.1 } });
    for (let n = 0; n < 200; n += 1) cache.set(n.toString(), n);
    identical(cache.size(), 200, "before the interval has passed");
    t.clock.advance(1_000);
    identical(cache.size(), 90);
    for (let n = 0; n < 10; n += 1) cache.set(`x${n}`, n);
    t.clock.advance(5_000);
    identical(cache.size(), 100, "a cache at its bound is left alone");
  });

  test("a scheduled bound reclaims a tenth when not told", ["scheduled"], (t) => {
    const cache = t.create({ max: 50, enforce: { every: 100 } });
    for (let n = 0; n < 51; n += 1) cache.set(n.toString(), n);
    t.clock.advance(200);
    identical(cache.size(), 45);
  });

  test("an expired entry goes rather than a live one where the cache knows of it", ["expiry"], (t) => {
    const cache = t.create({ max: 10, janitor: 100 });
    for (let n = 0; n < 5; n += 1) cache.set(`old${n}`, n, { ttl: 50 });
    for (let n = 0; n < 5; n += 1) cache.set(`live${n}`, n);
    t.clock.advance(1_000);
    for (let n = 0; n < 5; n += 1) cache.set(`new${n}`, n);
    for (let n = 0; n < 5; n += 1) identical(cache.get(`live${n}`), n);
    between(cache.size(), 10, 10);
  });
});
