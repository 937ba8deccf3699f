/** The bound on weight: the sum of the weights of all entries stays within it, and what alone exceeds it is refused. */
import { group } from "../cases.js";
import { identical, ok, throws } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

const byValue = (value: number): number => value;

function total(cache: CacheUnderTest): number {
  return [...cache.values()].reduce((sum: number, value: number) => sum + value, 0);
}

export const weights = group("bound on weight", ["maxWeight"], (test) => {
  test("the sum never exceeds it", ["iteration"], (t) => {
    const cache = t.create({ maxWeight: 100, weigher: byValue });
    for (let n = 1; n < 300; n += 1) {
      identical(cache.set(`k${n}`, 1 + ((n * 7) % 30)), true);
      ok(total(cache) <= 100, `weight ${total(cache)} after set ${n}`);
      ok(cache.has(`k${n}`), `the entry just set, k${n}, is there`);
    }
    ok(total(cache) >= 70, `weight ${total(cache)}: no more is evicted than has to be`);
  });

  test("it may be met exactly", ["iteration"], (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    cache.set("a", 4);
    cache.set("b", 6);
    identical(total(cache), 10);
    identical(cache.size(), 2);
    cache.set("c", 10);
    identical(cache.size(), 1);
    identical(cache.get("c"), 10);
  });

  test("an entry that alone is too heavy is refused and nothing else goes", (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    cache.set("a", 5);
    cache.set("b", 5);
    identical(cache.set("c", 11), false);
    identical(cache.has("c"), false);
    identical(cache.get("a"), 5);
    identical(cache.get("b"), 5);
  });

  test("a too heavy value takes the older value of its key away", (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    cache.set("a", 5);
    identical(cache.set("a", 11), false);
    identical(cache.get("a"), undefined);
    identical(cache.size(), 0);
  });

  test("a heavier value of the same key makes room, and is itself kept", ["iteration"], (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    for (const key of ["a", "b", "c", "d", "e"]) cache.set(key, 2);
    identical(cache.set("c", 9), true);
    identical(cache.get("c"), 9);
    ok(total(cache) <= 10, `weight ${total(cache)}`);
    cache.set("c", 1);
    for (const key of ["x", "y", "z"]) cache.set(key, 3);
    identical(total(cache), 10);
  });

  test("update and incr weigh anew", ["iteration", "updates", "counters"], (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    cache.set("a", 2);
    cache.set("b", 2);
    cache.update("a", 7);
    identical(total(cache), 9);
    cache.incr("b", 5);
    ok(total(cache) <= 10, `weight ${total(cache)} after incr`);
    cache.getAndUpdate("c", () => 8);
    ok(total(cache) <= 10, `weight ${total(cache)} after getAndUpdate`);
  });

  test("weight given with the entry beats the weigher", (t) => {
    const cache = t.create({ maxWeight: 10, weigher: () => 1 });
    cache.set("a", "heavy", { weight: 10 });
    identical(cache.size(), 1);
    cache.set("b", "light");
    identical(cache.get("a"), undefined);
    identical(cache.get("b"), "light");
    identical(cache.set("c", "heavier", { weight: 11 }), false);
  });

  test("the weigher is given value and key", (t) => {
    const seen: unknown[] = [];
    const weigher = (value: unknown, key: unknown): number => {
      seen.push([value, key]);
      return 1;
    };
    const cache = t.create({ maxWeight: 10, weigher });
    cache.set("k", "v");
    identical(JSON.stringify(seen), '[["v","k"]]');
  });

  test("an entry may weigh nothing", (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    for (let n = 0; n < 100; n += 1) identical(cache.set(`k${n}`, 0), true);
    identical(cache.size(), 100);
    cache.set("heavy", 10);
    identical(cache.get("heavy"), 10);
  });

  test("a weigher that gives no weight is refused where it happens", (t) => {
    for (const weight of [Number.NaN, -1, Number.POSITIVE_INFINITY, "5", undefined]) {
      const cache = t.create({ maxWeight: 10, weigher: (value: unknown) => (value === "bad" ? weight : 1) });
      cache.set("a", "good");
      throws(() => cache.set("b", "bad"), "InvalidOptionError", `weigher gave ${String(weight)}`);
      identical(cache.get("a"), "good");
      identical(cache.has("b"), false);
    }
  });

  test("both bounds hold at once", ["max", "iteration"], (t) => {
    const cache = t.create({ max: 5, maxWeight: 20, weigher: byValue });
    for (let n = 0; n < 200; n += 1) {
      cache.set(`k${n}`, n % 9);
      ok(cache.size() <= 5, `${cache.size()} entries`);
      ok(total(cache) <= 20, `weight ${total(cache)}`);
    }
  });

  test("deleting, expiring and clearing give weight back", ["expiry", "lazy", "iteration"], (t) => {
    const cache = t.create({ maxWeight: 10, weigher: byValue });
    cache.set("a", 5);
    cache.set("b", 5, { ttl: 10 });
    cache.delete("a");
    cache.set("c", 5);
    identical(cache.size(), 2);
    t.clock.advance(10);
    identical(cache.get("b"), undefined);
    cache.set("d", 5);
    identical(cache.get("c"), 5);
    cache.clear();
    cache.set("e", 10);
    identical(cache.get("e"), 10);
  });

  test("it can be resized", ["resize", "iteration"], (t) => {
    const cache = t.create({ maxWeight: 100, weigher: byValue });
    for (let n = 0; n < 10; n += 1) cache.set(`k${n}`, 10);
    cache.resize({ maxWeight: 35 });
    identical(total(cache), 30);
    cache.resize({ maxWeight: 50 });
    cache.set("a", 10);
    cache.set("b", 10);
    identical(total(cache), 50);
  });

  test("weights are kept where no bound asks for them yet", ["inspect"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { weight: 5 });
    cache.set("b", 1);
    identical(cache.inspect().weight, 6);
    cache.delete("a");
    identical(cache.inspect().weight, 1);
    cache.set("c", 1);
    identical(cache.inspect().weight, 2, "a new entry does not inherit the weight of one that left");
    cache.set("b", 1, { weight: 3 });
    cache.set("b", 1);
    identical(cache.inspect().weight, 2, "set without a weight means 1 again");
    cache.clear();
    identical(cache.inspect().weight, 0);
  });

  test("weights that are no whole numbers add up to nothing when all are gone", ["iteration"], (t) => {
    const cache = t.create({ maxWeight: 0.3, weigher: byValue });
    for (let n = 0; n < 500; n += 1) {
      cache.set(`k${n % 7}`, 0.1 + (n % 3) * 0.1);
      if (n % 5 === 0) cache.delete(`k${(n + 3) % 7}`);
      ok(total(cache) <= 0.3 + 1e-9, `weight ${total(cache)} after step ${n}`);
    }
    for (let n = 0; n < 7; n += 1) cache.delete(`k${n}`);
    identical(cache.set("all", 0.3), true);
    identical(cache.get("all"), 0.3);
    identical(cache.set("all", 0.3), true, "the same once more");
    identical(cache.get("all"), 0.3);
  });
});
