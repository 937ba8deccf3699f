/** Verbs that change when an entry expires, those that must not, and idleness. */
import { group } from "../cases.js";
import { identical, throws } from "../check.js";

export const expiryChanges = group("changing an expiry", ["expiry"], (test) => {
  test("expire sets a new ttl from now on", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1);
    identical(cache.expire("a", 50), true);
    t.clock.advance(30);
    identical(cache.expire("a", "100ms"), true);
    identical(cache.ttl("a"), 100);
    t.clock.advance(99);
    identical(cache.get("a"), 1);
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  test("a ttl made shorter counts, also after a longer one was set", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 1_000_000 });
    cache.expire("a", 10);
    t.clock.advance(10);
    identical(cache.get("a"), undefined);
  });

  test("a ttl made longer counts, also after the shorter one would have ended", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 10 });
    cache.expire("a", 100_000);
    t.clock.advance(99_999);
    identical(cache.get("a"), 1);
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  for (const [name, change] of [
    ["expire with null", "expire"],
    ["persist", "persist"],
  ] as const) {
    test(`${name} makes an entry stay`, ["eternal"], (t) => {
      const cache = t.create();
      cache.set("a", 1, { ttl: 10 });
      identical(change === "persist" ? cache.persist("a") : cache.expire("a", null), true);
      identical(cache.ttl("a"), null);
      t.clock.advance(100_000);
      identical(cache.get("a"), 1);
    });
  }

  test("expireAt takes a Date or milliseconds since 1970, by the system's clock", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.set("b", 1);
    identical(cache.expireAt("a", new Date(t.clock.wall() + 50)), true);
    identical(cache.expireAt("b", t.clock.wall() + 60), true);
    identical(cache.ttl("a"), 50);
    identical(cache.ttl("b"), 60);
    t.clock.advance(50);
    identical(cache.has("a"), false);
    identical(cache.has("b"), true);
  });

  test("expireAt a moment that has passed ends the entry now", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1);
    cache.set("b", 1);
    identical(cache.expireAt("a", t.clock.wall() - 1), true);
    identical(cache.expireAt("b", t.clock.wall()), true);
    identical(cache.get("a"), undefined);
    identical(cache.get("b"), undefined);
  });

  test("expireAt refuses what is no moment", (t) => {
    const cache = t.create();
    cache.set("a", 1);
    for (const at of [
      Number.NaN,
      new Date(Number.NaN),
      Number.POSITIVE_INFINITY,
      "2030-01-01",
      null,
      undefined,
    ]) {
      throws(() => cache.expireAt("a", at), "InvalidArgumentError", String(at));
    }
    identical(cache.get("a"), 1);
  });

  test("refresh starts the entry's own ttl anew", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    t.clock.advance(80);
    identical(cache.refresh("a"), true);
    identical(cache.ttl("a"), 100);
    t.clock.advance(99);
    identical(cache.get("a"), 1);
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  test("refresh of an entry that never expires changes nothing", ["eternal"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: null });
    identical(cache.refresh("a"), true);
    identical(cache.ttl("a"), null);
  });

  test("refresh after expire starts the later ttl anew", (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    cache.expire("a", 40);
    t.clock.advance(30);
    cache.refresh("a");
    identical(cache.ttl("a"), 40);
  });

  test("none of them finds an absent key", (t) => {
    const cache = t.create();
    identical(cache.expire("a", 10), false, "expire");
    identical(cache.expireAt("a", t.clock.wall() + 10), false, "expireAt");
    identical(cache.persist("a"), false, "persist");
    identical(cache.refresh("a"), false, "refresh");
    identical(cache.touch("a"), false, "touch");
    identical(cache.size(), 0);
  });

  test("reading and touching do not lengthen a ttl", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 10 });
    for (let ms = 1; ms < 10; ms += 1) {
      t.clock.advance(1);
      cache.get("a");
      cache.has("a");
      cache.peek("a");
      cache.touch("a");
      identical(cache.ttl("a"), 10 - ms);
    }
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  test("an idle entry goes, a used one stays", ["idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10 });
    for (const key of ["get", "touch", "none"]) cache.set(key, 1);
    for (let n = 0; n < 5; n += 1) {
      t.clock.advance(9);
      cache.get("get");
      cache.touch("touch");
    }
    identical(cache.has("none"), false);
    identical(cache.get("get"), 1);
    identical(cache.get("touch"), 1);
    t.clock.advance(10);
    identical(cache.get("get"), undefined);
    identical(cache.get("touch"), undefined);
  });

  test("idleness is exact", ["idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10 });
    cache.set("a", 1);
    t.clock.advance(9.999);
    identical(cache.peek("a"), 1);
    t.clock.advance(0.001);
    identical(cache.peek("a"), undefined);
  });

  test("peek does not count as use", ["idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10 });
    cache.set("a", 1);
    t.clock.advance(9);
    identical(cache.peek("a"), 1);
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  test("an entry's own idle beats the default", ["idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10 });
    cache.set("a", 1, { idle: 100 });
    t.clock.advance(99);
    identical(cache.get("a"), 1);
    t.clock.advance(100);
    identical(cache.get("a"), undefined);
  });

  test("use does not carry an idle entry beyond its ttl", ["idle", "lazy"], (t) => {
    const cache = t.create({ idle: 10, ttl: 25 });
    cache.set("a", 1);
    for (let n = 0; n < 4; n += 1) {
      t.clock.advance(6);
      identical(cache.get("a"), 1);
    }
    t.clock.advance(1);
    identical(cache.get("a"), undefined);
  });

  test("a write counts as use", ["idle", "lazy", "updates"], (t) => {
    const cache = t.create({ idle: 10 });
    cache.set("a", 1);
    t.clock.advance(9);
    cache.update("a", 2);
    t.clock.advance(9);
    identical(cache.get("a"), 2);
  });

  test("the system clock may jump either way and no expiry moves", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    t.clock.shiftWall(-3_600_000);
    t.clock.advance(50);
    identical(cache.ttl("a"), 50);
    t.clock.shiftWall(10 * 3_600_000);
    identical(cache.get("a"), 1);
    identical(cache.ttl("a"), 50);
    t.clock.advance(50);
    identical(cache.get("a"), undefined);
  });
});
