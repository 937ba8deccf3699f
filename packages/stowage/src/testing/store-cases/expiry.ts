/** Lifetimes, by the store's own clock. */
import { between, identical, ok, same } from "../check.js";
import { bytesOf, type StoreContext } from "../store-subject.js";
import { HOUR_MS, MARGIN_MS, SLACK_MS, SOON_MS, storeGroup } from "./group.js";
import { allKeys } from "./scans.js";

const TEN_YEARS_MS = 315_360_000_000;

/** Every way to see whether "a" is there. */
const readers: Record<string, (t: StoreContext) => Promise<boolean>> = {
  getMany: async (t) => (await t.get("a")) !== undefined,
  ttl: async (t) => (await t.store.ttl("a", t.call)) !== undefined,
  expire: (t) => t.store.expire("a", HOUR_MS, t.call),
  deleteMany: async (t) => (await t.store.deleteMany(["a"], t.call)) === 1,
  clear: async (t) => (await t.store.clear("", t.call)) === 1,
};

export const expiry = storeGroup("expiry", [], (test) => {
  test("ttl tells how long an entry has: none, for ever, or so long", async (t) => {
    identical(await t.store.ttl("a", t.call), undefined);
    await t.set("a", "1", null);
    identical(await t.store.ttl("a", t.call), null);
    for (const ttlMs of [HOUR_MS, TEN_YEARS_MS]) {
      await t.set("a", "1", ttlMs);
      await checkTtl(t, "a", ttlMs);
    }
  });

  test("each entry of a call has its own", async (t) => {
    const entry = (key: string, ttlMs: number | null) => ({ key, bytes: bytesOf("1"), ttlMs });
    await t.store.setMany([entry("a", HOUR_MS), entry("b", null), entry("c", 2 * HOUR_MS)], t.call);
    await checkTtl(t, "a", HOUR_MS);
    identical(await t.store.ttl("b", t.call), null);
    await checkTtl(t, "c", 2 * HOUR_MS);
  });

  test("a value that is replaced has the lifetime of the new one", async (t) => {
    await t.set("a", "1", HOUR_MS);
    await t.set("a", "2", null);
    identical(await t.store.ttl("a", t.call), null);
    await t.set("a", "3", 2 * HOUR_MS);
    await checkTtl(t, "a", 2 * HOUR_MS);
  });

  test("expire gives another one, and leaves the value", async (t) => {
    await t.set("a", "1", HOUR_MS);
    identical(await t.store.expire("a", 2 * HOUR_MS, t.call), true);
    await checkTtl(t, "a", 2 * HOUR_MS);
    identical(await t.store.expire("a", null, t.call), true);
    identical(await t.store.ttl("a", t.call), null);
    identical(await t.store.expire("a", HOUR_MS, t.call), true);
    await checkTtl(t, "a", HOUR_MS);
    identical(await t.get("a"), "1");
  });

  test("expire makes nothing of nothing", async (t) => {
    identical(await t.store.expire("a", HOUR_MS, t.call), false);
    identical(await t.store.expire("a", null, t.call), false);
    identical(await t.get("a"), undefined);
  });

  for (const [name, isThere] of Object.entries(readers)) {
    test(`${name} does not see what has expired`, ["time"], async (t) => {
      await t.set("a", "1", SOON_MS);
      await t.advance(SOON_MS + MARGIN_MS);
      identical(await isThere(t), false);
    });

    test(`${name} sees an entry at 249 of its 250 ms, and none at 250`, ["exactTime"], async (t) => {
      await t.set("a", "1", 250);
      await t.advance(249);
      identical(await isThere(t), true, "at 249");
      await t.set("a", "1", 250);
      await t.advance(250);
      identical(await isThere(t), false, "at 250");
    });
  }

  test("a scan does not see what has expired", ["time", "scans"], async (t) => {
    await t.set("a", "1", SOON_MS);
    await t.set("b", "1", HOUR_MS);
    await t.advance(SOON_MS + MARGIN_MS);
    same(await allKeys(t, ""), ["b"]);
  });

  test("what had expired can be stored again", ["time"], async (t) => {
    await t.set("a", "1", SOON_MS);
    await t.advance(SOON_MS + MARGIN_MS);
    await t.set("a", "2", HOUR_MS);
    identical(await t.get("a"), "2");
    await checkTtl(t, "a", HOUR_MS);
  });

  test("what was given more time is there after the first was over", ["time"], async (t) => {
    for (const key of ["a", "b", "c"]) await t.set(key, "1", SOON_MS);
    await t.store.expire("a", HOUR_MS, t.call);
    await t.store.expire("b", null, t.call);
    await t.set("c", "2", null);
    await t.advance(SOON_MS + MARGIN_MS);
    same([await t.get("a"), await t.get("b"), await t.get("c")], ["1", "1", "2"]);
  });

  test("expire shortens as well", ["time"], async (t) => {
    await t.set("a", "1", null);
    await t.store.expire("a", SOON_MS, t.call);
    await t.advance(SOON_MS + MARGIN_MS);
    identical(await t.get("a"), undefined);
  });

  test("the shortest lifetime is one", ["time"], async (t) => {
    await t.set("a", "1", 1);
    await t.advance(MARGIN_MS);
    identical(await t.get("a"), undefined);
  });
});

export async function checkTtl(t: StoreContext, key: string, expectedMs: number): Promise<void> {
  const leftMs = await t.store.ttl(key, t.call);
  ok(typeof leftMs === "number", `the ttl of ${key} should be a number, it is ${String(leftMs)}`);
  between(leftMs as number, expectedMs - SLACK_MS, expectedMs + MARGIN_MS, `the ttl of ${key}`);
}
