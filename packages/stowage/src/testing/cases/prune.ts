/** prune and purge: making a cache smaller by hand. */
import { group } from "../cases.js";
import { identical, throws } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

function fill(cache: CacheUnderTest, count: number): CacheUnderTest {
  for (let n = 0; n < count; n += 1) cache.set(n.toString(), n);
  return cache;
}

export const prune = group("prune", ["prune"], (test) => {
  test("prune(5000, {reclaim: 0.1}) of 10,000 leaves 4,500", (t) => {
    const cache = fill(t.create(), 10_000);
    identical(cache.prune(5_000, { reclaim: 0.1 }), 5_500);
    identical(cache.size(), 4_500);
  });

  test("a tenth is reclaimed when not told", (t) => {
    const cache = fill(t.create(), 100);
    identical(cache.prune(50), 55);
    identical(cache.size(), 45);
  });

  test("reclaim 0 leaves the size asked for, 1 leaves nothing", (t) => {
    const cache = fill(t.create(), 100);
    identical(cache.prune(50, { reclaim: 0 }), 50);
    identical(cache.size(), 50);
    identical(cache.prune(10, { reclaim: 1 }), 50);
    identical(cache.size(), 0);
  });

  test("a cache that is small enough is left alone", (t) => {
    const cache = fill(t.create(), 50);
    identical(cache.prune(50), 0);
    identical(cache.prune(1_000), 0);
    identical(cache.size(), 50);
  });

  test("prune(0) empties", (t) => {
    const cache = fill(t.create(), 50);
    identical(cache.prune(0), 50);
    identical(cache.size(), 0);
    fill(cache, 10);
    identical(cache.size(), 10);
  });

  test("expired entries go first", ["expiry"], (t) => {
    const cache = t.create({ janitor: false });
    for (let n = 0; n < 50; n += 1) cache.set(`live${n}`, n);
    for (let n = 0; n < 50; n += 1) cache.set(`dead${n}`, n, { ttl: 10 });
    t.clock.advance(10);
    identical(cache.prune(50, { reclaim: 0 }), 50);
    for (let n = 0; n < 50; n += 1) identical(cache.has(`live${n}`), true, `live${n}`);
  });

  test("a size or share out of range is refused and nothing goes", (t) => {
    const cache = fill(t.create(), 10);
    for (const size of [-1, 1.5, Number.NaN, "5"]) {
      throws(() => cache.prune(size as number), "InvalidArgumentError", `size ${size}`);
    }
    for (const reclaim of [-0.1, 1.1, Number.NaN, "0.1"]) {
      throws(() => cache.prune(5, { reclaim }), "InvalidOptionError", `reclaim ${reclaim}`);
    }
    throws(() => cache.prune(5, { reclame: 0.1 }), { name: "InvalidOptionError", says: ["reclaim"] });
    identical(cache.size(), 10);
  });

  test("what is left is right, and the cache works on", (t) => {
    const cache = fill(t.create(), 1_000);
    cache.prune(100);
    let left = 0;
    for (let n = 0; n < 1_000; n += 1) {
      const value = cache.get(n.toString());
      if (value === undefined) continue;
      identical(value, n);
      left += 1;
    }
    identical(left, 90);
    fill(cache, 200);
    identical(cache.get("150"), 150);
  });
});
