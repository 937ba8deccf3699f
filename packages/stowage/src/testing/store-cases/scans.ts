/** scan: every key that is there all the while, at least once, a page at a time. */
import { identical, ok, same } from "../check.js";
import { bytesOf, type StoreContext } from "../store-subject.js";
import { storeGroup } from "./group.js";

const LIMIT = 10;
const KEYS = 500;
/** A scan that has so many pages goes round and round. */
const PAGES_MAX = 10_000;

const names = Array.from({ length: KEYS }, (_, index) => `key:${index}`);

export const scans = storeGroup("scan", ["scans"], (test) => {
  test("of an empty store is one empty page, or some", async (t) => {
    same(await allKeys(t, ""), []);
  });

  test("gives every key, by pages", async (t) => {
    await storeAll(t, names);
    const pages: number[] = [];
    same((await allKeys(t, "", pages)).sort(), [...names].sort());
    ok(pages.length > 1 && Math.max(...pages) < KEYS, `with a limit of ${LIMIT} it gave all at once`);
  });

  test("gives those that begin so, and takes patterns for what they are", async (t) => {
    await storeAll(t, [...names, "*", "*a", "[k]", "%", "key", "\\"]);
    same((await allKeys(t, "key:1")).sort(), names.filter((key) => key.startsWith("key:1")).sort());
    same((await allKeys(t, "*")).sort(), ["*", "*a"]);
    same(await allKeys(t, "["), ["[k]"]);
    same(await allKeys(t, "%"), ["%"]);
    same(await allKeys(t, "\\"), ["\\"]);
    same(await allKeys(t, "none"), []);
  });

  test("misses nothing that stays while others are deleted, written and added", async (t) => {
    await storeAll(t, names);
    const found = new Set<string>();
    let count = 0;
    await eachPage(t, "key:", async (keys) => {
      for (const key of keys) found.add(key);
      const going = keys.filter((key) => Number(key.slice(4)) % 2 === 1);
      await t.store.deleteMany(going, t.call);
      await t.set(`key:${2 * count}`, "again");
      await t.set(`new:${count++}`, "1");
    });
    const even = names.filter((_, index) => index % 2 === 0);
    same(
      even.filter((key) => !found.has(key)),
      [],
      "missed",
    );
  });

  test("ends, although what it gives is written again", async (t) => {
    await storeAll(t, names.slice(0, 50));
    await eachPage(t, "", async (keys) => {
      for (const key of keys) await t.set(key, "again");
    });
  });

  test("does not show leases", ["leases"], async (t) => {
    await t.full.lease("a", { ttlMs: 60_000, seen: undefined }, t.call);
    same(await allKeys(t, ""), []);
  });

  test("gives no key after it was deleted", async (t) => {
    await storeAll(t, names.slice(0, 3));
    identical(await t.store.deleteMany(names.slice(0, 2), t.call), 2);
    same(await allKeys(t, ""), [names[2]]);
  });
});

async function storeAll(t: StoreContext, keys: readonly string[]): Promise<void> {
  await t.store.setMany(
    keys.map((key) => ({ key, bytes: bytesOf("1"), ttlMs: null })),
    t.call,
  );
}

/** Every key once; how long the pages were that had any. */
export async function allKeys(t: StoreContext, prefix: string, pages: number[] = []): Promise<string[]> {
  const found = new Set<string>();
  await eachPage(t, prefix, async (keys) => {
    if (keys.length > 0) pages.push(keys.length);
    for (const key of keys) found.add(key);
  });
  return [...found];
}

async function eachPage(
  t: StoreContext,
  prefix: string,
  look: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const options = cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor };
    const { keys, cursor: next } = await t.full.scan(prefix, options, t.call);
    await look(keys);
    if (next === undefined) return;
    cursor = next;
  }
  throw new Error(`a scan has not ended after ${PAGES_MAX} pages`);
}
