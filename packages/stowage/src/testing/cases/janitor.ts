/** Memory of expired entries comes back without anyone reading them, and a cache that is closed does no more work. */
import { group } from "../cases.js";
import { between, identical, ok } from "../check.js";

export const janitor = group("janitor", ["expiry", "janitor"], (test) => {
  test("expired entries leave memory without reads", (t) => {
    const cache = t.create();
    for (let n = 0; n < 1_000; n += 1) cache.set(n.toString(), n, { ttl: 10 + n });
    cache.set("stays", 1, { ttl: null });
    t.clock.advance(5_000);
    identical(cache.size(), 1);
    identical(cache.get("stays"), 1);
  });

  test("an interval of one's own is kept", (t) => {
    const cache = t.create({ janitor: 50 });
    cache.set("a", 1, { ttl: 10 });
    t.clock.advance(9);
    identical(cache.size(), 1);
    t.clock.advance(101);
    identical(cache.size(), 0);
  });

  test("switched off, nothing goes until purge", (t) => {
    const cache = t.create({ janitor: false });
    for (let n = 0; n < 10; n += 1) cache.set(n.toString(), n, { ttl: 10 });
    cache.set("stays", 1, { ttl: null });
    t.clock.advance(100_000);
    identical(cache.size(), 11);
    identical(cache.purge(), 10);
    identical(cache.size(), 1);
    identical(cache.purge(), 0);
  });

  test("purge takes what is due and nothing else", (t) => {
    const cache = t.create({ janitor: false });
    for (let ms = 1; ms <= 100; ms += 1) cache.set(ms.toString(), ms, { ttl: ms });
    for (let ms = 1; ms <= 100; ms += 1) {
      t.clock.advance(1);
      identical(cache.purge(), 1, `at ${ms} ms`);
      identical(cache.size(), 100 - ms);
    }
  });

  test("an entry rewritten or persisted is not taken at its old time", (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 10 });
    cache.set("a", 2, { ttl: 100_000 });
    cache.set("b", 1, { ttl: 10 });
    cache.persist("b");
    cache.set("c", 1, { ttl: 10 });
    cache.delete("c");
    cache.set("c", 2, { ttl: null });
    t.clock.advance(50_000);
    identical(cache.get("a"), 2);
    identical(cache.get("b"), 1);
    identical(cache.get("c"), 2);
    identical(cache.size(), 3);
  });

  test("idle entries leave memory too", ["idle"], (t) => {
    const cache = t.create({ idle: 10 });
    for (let n = 0; n < 100; n += 1) cache.set(n.toString(), n);
    t.clock.advance(5_000);
    identical(cache.size(), 0);
  });

  test("an empty cache sets no more than one timer, a closed one none", (t) => {
    const cache = t.create();
    ok(t.clock.pending <= 1, `${t.clock.pending} timers on an empty cache`);
    for (let n = 0; n < 1_000; n += 1) cache.set(n.toString(), n, { ttl: 10 + n });
    between(t.clock.pending, 0, 1, "timers for a thousand expiring entries");
    cache.close();
    identical(t.clock.pending, 0);
  });

  test("after the machine slept, all that is due goes", (t) => {
    const cache = t.create();
    for (let n = 0; n < 100; n += 1) cache.set(n.toString(), n, { ttl: 1_000 * (n + 1) });
    t.clock.sleep(50_500);
    t.clock.advance(2_000);
    between(cache.size(), 47, 50);
    t.clock.advance(t.can("prompt") ? 50_000 : 100_000);
    identical(cache.size(), 0);
  });
});
