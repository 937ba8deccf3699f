/**
 * Keys as an attacker, or a careless caller, would choose them. Distinct keys never collide, no key reaches a prototype,
 * and equality is a Map's: NaN equals NaN, 0 equals -0, "1" is not 1, two empty objects are two keys.
 */
import { group } from "../cases.js";
import { identical, ok } from "../check.js";
import { hostileOthers, hostileStrings } from "../hostile.js";
import type { CaseContext } from "../subject.js";

function keysFor(t: CaseContext): readonly unknown[] {
  return t.can("anyKeys") ? [...hostileStrings, ...hostileOthers] : hostileStrings;
}

export const hostileKeys = group("hostile keys", [], (test) => {
  test("each key keeps its own value", (t) => {
    const cache = t.create();
    const keys = keysFor(t);
    for (const [n, key] of keys.entries()) cache.set(key, n);
    identical(cache.size(), keys.length);
    for (const [n, key] of keys.entries()) identical(cache.get(key), n, `key ${n}`);
  });

  test("no key is there before it was set", (t) => {
    const cache = t.create();
    for (const key of keysFor(t)) {
      identical(cache.get(key), undefined);
      identical(cache.has(key), false);
      identical(cache.ttl(key), undefined);
      identical(cache.delete(key), false);
    }
  });

  test("deleting one key deletes that key alone", (t) => {
    const cache = t.create();
    const keys = keysFor(t);
    for (const [n, key] of keys.entries()) cache.set(key, n);
    keys.forEach((key, n) => {
      identical(cache.delete(key), true, `key ${n}`);
      identical(cache.has(key), false, `key ${n}`);
      const next = n + 1;
      if (next < keys.length) identical(cache.get(keys[next]), next, `the key after ${n}`);
    });
    identical(cache.size(), 0);
  });

  test("iteration gives the very keys that were set", ["iteration"], (t) => {
    const cache = t.create();
    const keys = keysFor(t);
    for (const [n, key] of keys.entries()) cache.set(key, n);
    const seen = new Map(cache.entries());
    identical(seen.size, keys.length);
    for (const [n, key] of keys.entries()) identical(seen.get(key), n, `key ${n}`);
    ok(new Set(cache.keys()).size === keys.length, "keys() gives each key once");
  });

  test("every verb takes every key", ["counters", "updates", "expiry", "eternal"], (t) => {
    const cache = t.create();
    for (const key of keysFor(t)) {
      identical(cache.incr(key, 2), 2);
      identical(cache.decr(key), 1);
      identical(cache.update(key, 10), true);
      identical(
        cache.getAndUpdate(key, (value) => value + 1),
        11,
      );
      identical(cache.expire(key, 1_000), true);
      identical(cache.ttl(key), 1_000);
      identical(cache.refresh(key), true);
      identical(cache.persist(key), true);
      identical(cache.ttl(key), null);
      identical(cache.touch(key), true);
      identical(cache.peek(key), 11);
      identical(cache.take(key), 11);
    }
    identical(cache.size(), 0);
  });

  test("each key expires by its own ttl", ["expiry", "lazy"], (t) => {
    const cache = t.create();
    const keys = keysFor(t);
    for (const [n, key] of keys.entries()) cache.set(key, n, { ttl: n + 1 });
    keys.forEach((key, n) => {
      identical(cache.get(key), n, `key ${n} before`);
      t.clock.advance(1);
      identical(cache.get(key), undefined, `key ${n} after`);
    });
  });

  test("a fetch of each key stores under that key", ["fetch"], async (t) => {
    const cache = t.create();
    const keys = keysFor(t);
    const loaded = await Promise.all(
      keys.map((key, n) => cache.fetch(key, (asked) => (Object.is(asked, key) ? n : -1))),
    );
    keys.forEach((key, n) => {
      identical(loaded[n], n, `key ${n}`);
      identical(cache.get(key), n, `key ${n}`);
    });
  });

  test("a tag may be hostile too", ["tags"], (t) => {
    const cache = t.create();
    for (const [n, tag] of hostileStrings.entries()) cache.set(n.toString(), n, { tags: [tag] });
    hostileStrings.forEach((tag, n) => {
      identical(cache.get(n.toString()), n, `entry ${n} before`);
      cache.invalidateTag(tag);
      identical(cache.get(n.toString()), undefined, `entry ${n} after`);
    });
  });

  test("0 and -0 are one key, NaN equals itself", ["anyKeys"], (t) => {
    const cache = t.create();
    cache.set(-0, "zero");
    identical(cache.get(0), "zero");
    identical(cache.delete(0), true);
    identical(cache.get(-0), undefined);
    cache.set(0 / 0, "nan");
    identical(cache.get(Number.NaN), "nan");
    identical(cache.size(), 1);
  });

  test("numbers and the strings that look like them are different keys", ["anyKeys"], (t) => {
    const cache = t.create();
    for (let n = -500; n < 500; n += 1) {
      cache.set(n, n);
      cache.set(String(n), `s${n}`);
      cache.set(n + 0.5, n + 0.5);
    }
    identical(cache.size(), 3_000);
    for (let n = -500; n < 500; n += 1) {
      identical(cache.get(n), n);
      identical(cache.get(String(n)), `s${n}`);
      identical(cache.get(n + 0.5), n + 0.5);
    }
  });

  test("a string built at run time equals the same string written in the source", (t) => {
    const cache = t.create();
    cache.set("user:12345:profile", 1);
    identical(cache.get(["user", 12345, "profile"].join(":")), 1);
    identical(cache.get("xuser:12345:profiley".slice(1, -1)), 1);
    cache.set(["user", 999].join(":"), 2);
    identical(cache.get("user:999"), 2);
  });
});
