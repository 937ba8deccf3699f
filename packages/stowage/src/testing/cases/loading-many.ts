/** fetchMany and wrap: fetch for many keys at once, and for functions. */
import { group } from "../cases.js";
import { identical, same } from "../check.js";

export const loadingMany = group("loading many, and functions", ["fetch"], (test) => {
  test("fetchMany loads what is missing in one call and gives all", async (t) => {
    const cache = t.create();
    cache.set("b", "B");
    const asked: unknown[] = [];
    const load = (keys: string[]): [string, string][] => {
      asked.push([...keys]);
      return keys.map((key) => [key, key.toUpperCase()]);
    };
    const found = await cache.fetchMany(["a", "b", "c"], load);
    same([...found].sort(), [
      ["a", "A"],
      ["b", "B"],
      ["c", "C"],
    ]);
    same(asked, [["a", "c"]]);
    identical(cache.get("c"), "C");
    await cache.fetchMany(["a", "b", "c"], load);
    identical(asked.length, 1, "all there: no load");
    identical((await cache.fetchMany([], load)).size, 0);
    identical(asked.length, 1, "nothing asked for: no load");
  });

  test("fetchMany takes a Map, leaves out what was not found, and asks for a key once", async (t) => {
    const cache = t.create();
    const asked: string[] = [];
    const found = await cache.fetchMany(["a", "a", "gone"], async (keys: string[]) => {
      asked.push(...keys);
      return new Map([["a", 1]]);
    });
    same([...found], [["a", 1]]);
    same(asked.sort(), ["a", "gone"]);
    identical(cache.has("gone"), false);
  });

  test("fetchMany fails with its loader and stores nothing", async (t) => {
    const cache = t.create();
    const boom = new Error("boom");
    const [outcome] = await Promise.allSettled([cache.fetchMany(["a", "b"], () => Promise.reject(boom))]);
    identical(outcome?.status === "rejected" && outcome.reason, boom);
    identical(cache.size(), 0);
    identical(await cache.fetch("a", () => 1), 1);
  });

  test("fetchMany does not store keys that were not asked for", async (t) => {
    const cache = t.create();
    await cache.fetchMany(["a"], () => [
      ["a", 1],
      ["b", 2],
    ]);
    identical(cache.has("b"), false);
    identical(cache.get("a"), 1);
  });

  test("wrap remembers a function by its arguments, whatever the order of their fields", async (t) => {
    const cache = t.create();
    let calls = 0;
    const sum = cache.wrap(async (a: number, options: Record<string, number>) => {
      calls += 1;
      return a + Object.values(options).reduce((x, y) => x + y, 0);
    });
    identical(await sum(1, { x: 2, y: 3 }), 6);
    identical(await sum(1, { y: 3, x: 2 }), 6);
    identical(calls, 1);
    identical(await sum(1, { x: 3, y: 2 }), 6);
    identical(await sum(2, { x: 2, y: 3 }), 7);
    identical(calls, 3);
  });

  test("wrap tells apart arguments that JSON would not", ["anyKeys"], async (t) => {
    const cache = t.create();
    const seen: unknown[] = [];
    const remember = cache.wrap(async (value: unknown) => seen.push(value));
    const all = [
      1,
      "1",
      null,
      undefined,
      Number.NaN,
      "NaN",
      1n,
      true,
      "true",
      [],
      {},
      [1],
      ["1"],
      new Date(0),
      -0.5,
    ];
    for (const value of all) await remember(value);
    identical(seen.length, all.length);
    for (const value of all) await remember(value);
    identical(seen.length, all.length);
  });

  test("wrap takes a key function", async (t) => {
    const cache = t.create();
    const load = cache.wrap(async (user: { id: number }) => `user ${user.id}`, {
      key: (user: { id: number }) => `u:${user.id}`,
    });
    identical(await load({ id: 7 }), "user 7");
    identical(cache.get("u:7"), "user 7");
  });

  test("two wrapped functions do not share results", async (t) => {
    const cache = t.create();
    const [one, two] = [cache.wrap(async () => 1), cache.wrap(async () => 2)];
    identical(await one(), 1);
    identical(await two(), 2);
  });
});
