/** clear: everything that begins so, and nothing else. */
import { identical, same } from "../check.js";
import { bytesOf, type StoreContext } from "../store-subject.js";
import { storeGroup } from "./group.js";

const MANY = 2_500;

/** Prefixes that mean something else to whoever takes them for a pattern, each with a key that such a pattern would take along. */
const hostilePrefixes: readonly (readonly [prefix: string, other: string])[] = [
  ["*", "x"],
  ["?", "x"],
  ["[ab]", "a"],
  ["a*", "ab"],
  ["\\", "x"],
  ["\\*", "*"],
  ["%", "x"],
  ["_", "x"],
  ["a%", "ab"],
  ["'", "x"],
  ["a\0", "a"],
  ["A", "a"],
  ["é", "e"],
  ["{a}", "a"],
  ["\ud800", "\ud801"],
];

export const clearing = storeGroup("clear", [], (test) => {
  test("removes what begins so, and tells how many", async (t) => {
    await storeAll(t, ["a:1", "a:2", "a:", "b:1", "a", "ba:1"]);
    identical(await t.store.clear("a:", t.call), 3);
    same(await present(t, ["a:1", "a:2", "a:", "b:1", "a", "ba:1"]), ["b:1", "a", "ba:1"]);
    identical(await t.store.clear("a:", t.call), 0, "the second time");
  });

  test("of the empty prefix is everything", async (t) => {
    await storeAll(t, ["a", "", "\0", "é"]);
    identical(await t.store.clear("", t.call), 4);
    same(await present(t, ["a", "", "\0", "é"]), []);
  });

  test("of an empty store is nothing", async (t) => {
    identical(await t.store.clear("", t.call), 0);
  });

  for (const [prefix, other] of hostilePrefixes) {
    test(`takes ${JSON.stringify(prefix)} for what it is`, async (t) => {
      const key = `${prefix}-key`;
      await storeAll(t, [key, other]);
      identical(await t.store.clear(prefix, t.call), 1);
      same(await present(t, [key, other]), [other]);
    });
  }

  test(`removes ${MANY} keys`, async (t) => {
    const keys = Array.from({ length: MANY }, (_, index) => `${index % 2}:${index}`);
    await storeAll(t, keys);
    identical(await t.store.clear("0:", t.call), MANY / 2);
    identical((await present(t, keys)).length, MANY / 2);
  });

  test("removes counters as well", ["counters"], async (t) => {
    await t.full.incr("a:n", 5, { initial: 0, ttlMs: null }, t.call);
    await t.store.clear("a:", t.call);
    identical(await t.full.incr("a:n", 1, { initial: 0, ttlMs: null }, t.call), 1);
  });
});

async function storeAll(t: StoreContext, keys: readonly string[]): Promise<void> {
  await t.store.setMany(
    keys.map((key) => ({ key, bytes: bytesOf("1"), ttlMs: null })),
    t.call,
  );
}

async function present(t: StoreContext, keys: readonly string[]): Promise<string[]> {
  const found = await t.store.getMany(keys, t.call);
  return keys.filter((_, index) => found[index] !== undefined);
}
