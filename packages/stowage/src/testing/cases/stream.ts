/** stream: a lazy query over entries, for `for` and for `for await`, with filter, choice of what to give, and expired ones on demand. */
import { group } from "../cases.js";
import { identical, ok, same, throws } from "../check.js";
import type { CacheUnderTest } from "../subject.js";

interface Row {
  key: string;
  value: number;
  expiresAt: number | null;
  tags: readonly string[];
}

function filled(cache: CacheUnderTest, count: number): CacheUnderTest {
  for (let n = 0; n < count; n += 1) cache.set(`k${n}`, n);
  return cache;
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

export const stream = group("stream", ["stream"], (test) => {
  test("gives every entry, with key and value", (t) => {
    const cache = filled(t.create(), 20);
    const rows = [...cache.stream()] as Row[];
    identical(rows.length, 20);
    for (const { key, value } of rows) identical(key, `k${value}`);
  });

  test("where filters, select chooses what is given", (t) => {
    const cache = filled(t.create(), 10);
    const odd = cache.stream({ where: (row: Row) => row.value % 2 === 1, select: (row: Row) => row.value });
    same([...odd].sort(), [1, 3, 5, 7, 9]);
    identical([...cache.stream({ where: () => false })].length, 0);
  });

  test(
    "an entry tells when it expires, by the system's clock, and its tags",
    ["expiry", "eternal", "tags"],
    (t) => {
      const cache = t.create();
      cache.set("a", 1, { ttl: 100, tags: ["x", "y"] });
      cache.set("b", 2);
      const rows = new Map(([...cache.stream()] as Row[]).map((row) => [row.key, row]));
      identical(rows.get("a")?.expiresAt, t.clock.wall() + 100);
      same([...(rows.get("a")?.tags ?? [])].sort(), ["x", "y"]);
      identical(rows.get("b")?.expiresAt, null);
      same([...(rows.get("b")?.tags ?? [])], []);
    },
  );

  test("is asynchronously iterable with the same outcome, whatever the buffer", async (t) => {
    const cache = filled(t.create(), 25);
    for (const buffer of [1, 2, 7, 25, 1_000]) {
      const values = await collect(cache.stream({ select: (row: Row) => row.value, buffer }));
      same(
        values.sort((a, b) => a - b),
        Array.from({ length: 25 }, (_, n) => n),
        `buffer ${buffer}`,
      );
    }
  });

  test("leaves out what has expired, unless asked for it", ["expiry", "lazy"], (t) => {
    const cache = t.create({ janitor: false });
    cache.set("a", 1, { ttl: 5 });
    cache.set("b", 2);
    t.clock.advance(5);
    const key = (row: Row): string => row.key;
    same([...cache.stream({ select: key })], ["b"]);
    if (!t.can("expiredViews")) return;
    same([...cache.stream({ select: key, expired: true })].sort(), ["a", "b"]);
    identical(cache.size(), 2, "streaming removes nothing");
  });

  test("is lazy: nothing is asked before the first step, nothing after the last", (t) => {
    const cache = filled(t.create(), 100);
    let asked = 0;
    const counted = cache.stream({ where: () => ++asked > 0, buffer: 1 });
    identical(asked, 0);
    for (const row of counted) {
      ok((row as Row).key.startsWith("k"), "a key");
      break;
    }
    ok(asked <= 2, `${asked} entries looked at for the first one`);
  });

  test("stays whole while the cache changes", async (t) => {
    const cache = filled(t.create(), 100);
    const seen = new Set<string>();
    let steps = 0;
    for await (const row of cache.stream({ buffer: 8 })) {
      const { key, value } = row as Row;
      ok(!seen.has(key), `${key} was given twice`);
      if (key.startsWith("k")) identical(key, `k${value}`);
      seen.add(key);
      steps += 1;
      if (steps > 5_000) break;
      cache.set(`more${steps}`, -1);
      if (steps % 2 === 0) cache.delete(`k${99 - steps}`);
    }
    ok(steps <= 5_000, "the stream does not end while entries are added");
    for (const key of cache.keys())
      if (key.startsWith("k")) ok(seen.has(key), `${key} stayed and was not seen`);
  });

  test("an error in where or select reaches the reader", (t) => {
    const cache = filled(t.create(), 3);
    const boom = new Error("boom");
    for (const name of ["where", "select"]) {
      const query = {
        [name]: () => {
          throw boom;
        },
      };
      let caught: unknown;
      try {
        identical([...cache.stream(query)].length, -1);
      } catch (error) {
        caught = error;
      }
      identical(caught, boom, name);
    }
    identical(cache.size(), 3);
  });

  test("refuses what it does not know", (t) => {
    const cache = t.create();
    throws(() => cache.stream({ were: () => true }), { name: "InvalidOptionError", says: ["where"] });
    for (const wrong of [
      { where: 1 },
      { select: "key" },
      { buffer: 0 },
      { buffer: 1.5 },
      { expired: "yes" },
    ]) {
      throws(() => cache.stream(wrong), "InvalidOptionError", JSON.stringify(wrong));
    }
  });
});
