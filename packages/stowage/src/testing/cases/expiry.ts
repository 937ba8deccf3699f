/**
 * Expiry as readers see it: exact to the millisecond, by every verb that reads. An entry with a ttl of 5 ms is there at
 * 4.999 ms and gone at 5; what set the time (entry, default, function, idleness) makes no difference.
 */
import { group } from "../cases.js";
import { between, identical, same, throws } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** Every way to see whether "a" is there. */
const readers: Record<string, (cache: CacheUnderTest) => boolean> = {
  get: (cache) => cache.get("a") !== undefined,
  peek: (cache) => cache.peek("a") !== undefined,
  has: (cache) => cache.has("a"),
  ttl: (cache) => cache.ttl("a") !== undefined,
  getMany: (cache) => cache.getMany(["a"]).has("a"),
  touch: (cache) => cache.touch("a"),
  update: (cache) => cache.update("a", "v"),
  keys: (cache) => [...cache.keys()].length === 1,
  values: (cache) => [...cache.values()].length === 1,
  entries: (cache) => [...cache.entries()].length === 1,
  iterator: (cache) => [...cache].length === 1,
  stream: (cache) => [...cache.stream()].length === 1,
  "size without expired": (cache) => cache.size({ expired: false }) === 1,
  export: (cache) => cache.export().length === 1,
  persist: (cache) => cache.persist("a"),
  refresh: (cache) => cache.refresh("a"),
  expire: (cache) => cache.expire("a", 5),
  take: (cache) => cache.take("a") !== undefined,
  delete: (cache) => cache.delete("a"),
};

export const expiry = group("expiry", ["expiry"], (test) => {
  for (const [name, isThere] of Object.entries(readers)) {
    test(
      `${name} sees an entry at 4.999 of its 5 ms`,
      ["bulk", "updates", "iteration", "stream", "dump"],
      (t) => {
        const cache = t.create();
        cache.set("a", "v", { ttl: 5 });
        t.clock.advance(4.999);
        identical(isThere(cache), true);
      },
    );

    test(
      `${name} sees no entry at 5 of its 5 ms`,
      ["lazy", "bulk", "updates", "iteration", "stream", "dump"],
      (t) => {
        const cache = t.create({ janitor: false });
        cache.set("a", "v", { ttl: 5 });
        t.clock.advance(5);
        identical(isThere(cache), false);
      },
    );
  }

  for (const ttl of [
    1,
    2,
    63,
    64,
    65,
    1_000,
    4_095,
    4_096,
    4_097,
    65_536,
    DAY_MS,
    49 * DAY_MS,
    2 ** 31,
    YEAR_MS,
    100 * YEAR_MS,
  ]) {
    test(`a ttl of ${ttl} ms ends on its millisecond`, ["lazy", "eternal"], (t) => {
      const cache = t.create();
      cache.set("a", 1, { ttl });
      cache.set("forever", 1, { ttl: null });
      t.clock.sleep(ttl - 1);
      identical(cache.get("a"), 1, "1 ms before");
      identical(cache.ttl("a"), 1);
      t.clock.advance(1);
      identical(cache.get("a"), undefined, "on time");
      identical(cache.get("forever"), 1);
    });
  }

  test("a fraction of a millisecond is rounded up", ["lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 0.2 });
    t.clock.advance(0.9);
    identical(cache.has("a"), true);
    t.clock.advance(0.1);
    identical(cache.has("a"), false);
  });

  test("texts are durations", (t) => {
    const cache = t.create();
    const texts = {
      "250ms": 250,
      "5s": 5_000,
      "5m": 300_000,
      "2h": 7_200_000,
      "1d": DAY_MS,
      "1w": 7 * DAY_MS,
      "1h30m": 5_400_000,
    };
    for (const [text, ms] of Object.entries(texts)) {
      cache.set("a", 1, { ttl: text });
      identical(cache.ttl("a"), ms, text);
    }
  });

  for (const ttl of [
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "",
    "5",
    "5 minutes",
    "-5s",
    {},
    true,
    5n,
  ]) {
    test(`a ttl of ${typeof ttl === "object" ? "{}" : String(ttl) || '""'} (${typeof ttl}) is refused and changes nothing`, (t) => {
      const cache = t.create();
      cache.set("a", 1);
      throws(() => cache.set("a", 2, { ttl }), "InvalidDurationError", "set");
      throws(() => cache.expire("a", ttl), "InvalidDurationError", "expire");
      throws(() => cache.set("b", 2, { ttl }), "InvalidDurationError", "set of a new key");
      throws(() => t.create({ ttl }), "InvalidOptionError", "new Cache");
      identical(cache.get("a"), 1);
      identical(cache.has("b"), false);
    });
  }

  test("ttl tells what is left, null for never, undefined for absent", ["eternal"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 100 });
    cache.set("b", 1);
    t.clock.advance(30);
    identical(cache.ttl("a"), 70);
    identical(cache.ttl("b"), null);
    identical(cache.ttl("c"), undefined);
  });

  test("the default ttl holds for every way to write", ["bulk", "counters", "updates"], (t) => {
    const cache = t.create({ ttl: 100 });
    cache.set("a", 1);
    cache.setMany([["b", 1]]);
    cache.incr("c");
    cache.getAndUpdate("d", () => 1);
    for (const key of ["a", "b", "c", "d"]) identical(cache.ttl(key), 100, key);
  });

  test("an entry's own ttl beats the default, null means never", ["lazy", "eternal"], (t) => {
    const cache = t.create({ ttl: 100 });
    cache.set("short", 1, { ttl: 10 });
    cache.set("long", 1, { ttl: 1_000 });
    cache.set("never", 1, { ttl: null });
    identical(cache.ttl("never"), null);
    t.clock.advance(10);
    same([...cache.keys()].sort(), ["long", "never"]);
    t.clock.advance(990);
    same([...cache.keys()], ["never"]);
  });

  test("a ttl function is asked for each entry; null means never", ["lazy", "eternal"], (t) => {
    const cache = t.create({ ttl: (key: string, value: number) => (key === "never" ? null : value * 10) });
    cache.set("a", 1);
    cache.set("b", 2);
    cache.set("never", 3);
    cache.set("own", 4, { ttl: 5 });
    identical(cache.ttl("a"), 10);
    identical(cache.ttl("b"), 20);
    identical(cache.ttl("never"), null);
    identical(cache.ttl("own"), 5);
    t.clock.advance(10);
    identical(cache.has("a"), false);
    identical(cache.has("b"), true);
  });

  test("setting anew starts the time anew, with the default and not the old entry's ttl", (t) => {
    const cache = t.create({ ttl: 100 });
    cache.set("a", 1, { ttl: 1_000 });
    cache.set("a", 2);
    identical(cache.ttl("a"), 100);
    t.clock.advance(60);
    cache.set("a", 3);
    identical(cache.ttl("a"), 100);
  });

  test("jitter shortens a ttl by at most its share and never lengthens it", (t) => {
    const cache = t.create({ ttl: 1_000, jitter: 0.2 });
    const seen = new Set<number>();
    for (let n = 0; n < 200; n += 1) {
      cache.set(`k${n}`, n);
      const left = cache.ttl(`k${n}`) as number;
      between(left, 800, 1_000);
      seen.add(left);
    }
    between(seen.size, 20, 200, "different ttls");
  });

  test("size counts what has expired until asked not to", ["lazy"], (t) => {
    const cache = t.create({ janitor: false });
    cache.set("a", 1, { ttl: 5 });
    cache.set("b", 1);
    t.clock.advance(5);
    identical(cache.size(), 2);
    identical(cache.size({ expired: true }), 2);
    identical(cache.size({ expired: false }), 1);
    identical(cache.get("a"), undefined);
    identical(cache.size(), 1, "once it was found expired");
  });

  test(
    "without lazy an expired entry is readable until the janitor takes it",
    ["janitor", "lenient"],
    (t) => {
      const cache = t.create({ lazy: false, janitor: 100 });
      cache.set("a", 1, { ttl: 5 });
      t.clock.advance(5);
      identical(cache.get("a"), 1);
      t.clock.advance(200);
      identical(cache.get("a"), undefined);
    },
  );

  test("reading time once in execute, a batch sees one moment", ["execute", "lazy"], (t) => {
    const cache = t.create();
    cache.set("a", 1, { ttl: 5 });
    cache.execute((inner) => {
      identical(inner.get("a"), 1);
      identical(inner.ttl("a"), 5);
    });
    t.clock.advance(5);
    identical(
      cache.execute((inner) => inner.get("a")),
      undefined,
    );
  });
});
