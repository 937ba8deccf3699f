/** lease, fill, release: one among all who share the store fills a key. */
import { between, identical, ok, same } from "../check.js";
import { bytesOf, type StoreContext, textOf } from "../store-subject.js";
import { checkTtl } from "./expiry.js";
import { HOUR_MS, storeGroup } from "./group.js";

const TTL_MS = 60_000;

/** Asks for the lease of a key of which a text, or nothing, was seen. */
export function ask(t: StoreContext, key: string, seen?: string, ttlMs = TTL_MS) {
  const request = { ttlMs, seen: seen === undefined ? undefined : bytesOf(seen) };
  return t.full.lease(key, request, t.call);
}

export async function granted(t: StoreContext, key: string, seen?: string, ttlMs = TTL_MS): Promise<string> {
  const lease = await ask(t, key, seen, ttlMs);
  if (lease.kind !== "granted") throw new Error(`the lease of ${key} should be granted, it is ${lease.kind}`);
  return lease.token;
}

export function fill(
  t: StoreContext,
  key: string,
  token: string,
  value: string,
  ttlMs: number | null = null,
) {
  return t.full.fill({ key, bytes: bytesOf(value), ttlMs }, token, t.call);
}

export const leases = storeGroup("leases", ["leases"], (test) => {
  test("of nothing is granted to one, and held for the next", async (t) => {
    const first = await ask(t, "a");
    identical(first.kind, "granted");
    identical(first.bytes, undefined);
    const second = await ask(t, "a");
    identical(second.kind, "held");
    identical(second.bytes, undefined);
    if (second.kind === "held") between(second.leftMs, 1, TTL_MS, "leftMs");
  });

  test("of an old value is granted with that value to one, and held with it for the next", async (t) => {
    await t.set("a", "old");
    for (const kind of ["granted", "held"] as const) {
      const lease = await ask(t, "a", "old");
      identical(lease.kind, kind);
      identical(lease.bytes && textOf(lease.bytes), "old");
    }
  });

  test("is granted to one of twenty at the same time", async (t) => {
    await t.set("b", "old");
    for (const [key, seen] of [["a"], ["b", "old"]]) {
      const all = await Promise.all(Array.from({ length: 20 }, () => ask(t, key, seen)));
      identical(all.filter(({ kind }) => kind === "granted").length, 1, `of ${key}`);
      identical(all.filter(({ kind }) => kind === "held").length, 19, `of ${key}`);
    }
  });

  test("of another value than was seen is not granted: it has changed", async (t) => {
    await t.set("a", "new");
    for (const seen of [undefined, "old", "", "newer", "ne", "nEw"]) {
      const lease = await ask(t, "a", seen);
      identical(lease.kind, "changed", `seen ${String(seen)}`);
      identical(lease.bytes && textOf(lease.bytes), "new");
    }
    await granted(t, "a", "new");
    identical((await ask(t, "a", "old")).kind, "changed", "while it is held");
  });

  test("of an empty value is of a value", async (t) => {
    await t.set("a", "");
    identical((await ask(t, "a")).kind, "changed");
    const lease = await ask(t, "a", "");
    identical(lease.kind, "granted");
    identical(lease.bytes?.length, 0);
  });

  test("of what was seen and has gone is granted", async (t) => {
    const lease = await ask(t, "a", "gone");
    identical(lease.kind, "granted");
    identical(lease.bytes, undefined);
    identical((await ask(t, "a", "gone")).kind, "held");
  });

  test("fill stores, with its own lifetime, and ends the lease", async (t) => {
    const token = await granted(t, "a");
    identical(await fill(t, "a", token, "1", HOUR_MS), true);
    identical(await t.get("a"), "1");
    await checkTtl(t, "a", HOUR_MS);
    identical(await fill(t, "a", token, "2"), false, "the second time");
    identical(await t.get("a"), "1");
    await granted(t, "a", "1");
  });

  test("fill of what stays for ever stays for ever", async (t) => {
    await t.set("a", "old", HOUR_MS);
    identical(await fill(t, "a", await granted(t, "a", "old"), "1", null), true);
    identical(await t.store.ttl("a", t.call), null);
    identical(await t.get("a"), "1");
    identical(await fill(t, "b", await granted(t, "b"), "", null), true);
    identical(await t.store.ttl("b", t.call), null);
    identical(await t.get("b"), "");
  });

  test("fill of another value than the old one, shorter or longer", async (t) => {
    await t.set("a", "old");
    identical(await fill(t, "a", await granted(t, "a", "old"), "x"), true);
    identical(await fill(t, "a", await granted(t, "a", "x"), "longer than that"), true);
    identical(await t.get("a"), "longer than that");
  });

  test("release gives it back, and leaves the old value with its lifetime", async (t) => {
    await t.set("a", "old", HOUR_MS);
    const token = await granted(t, "a", "old");
    identical(await t.full.release("a", token, t.call), true);
    identical(await t.get("a"), "old");
    await checkTtl(t, "a", HOUR_MS);
    identical(await t.full.release("a", token, t.call), false, "the second time");
    identical(await fill(t, "a", token, "late"), false);
    await granted(t, "a", "old");
  });

  test("release where there was nothing leaves nothing", async (t) => {
    const token = await granted(t, "a");
    identical(await t.full.release("a", token, t.call), true);
    identical(await t.get("a"), undefined);
    const next = await granted(t, "a");
    ok(next !== token, "a token is given out twice");
  });

  test("a lease neither lengthens nor shortens the life of the old value", async (t) => {
    await t.set("a", "old", HOUR_MS);
    await granted(t, "a", "old", 1_000);
    await checkTtl(t, "a", HOUR_MS);
    await t.set("b", "old", null);
    await granted(t, "b", "old", 1_000);
    identical(await t.store.ttl("b", t.call), null);
  });

  test("the old value is there for everybody while the lease is held", async (t) => {
    await t.set("a", "old");
    await granted(t, "a", "old");
    identical(await t.get("a"), "old");
    same(
      (await t.store.getMany(["a", "b"], t.call)).map((bytes) => bytes && textOf(bytes)),
      ["old", undefined],
    );
  });

  test("of nothing looks like nothing", async (t) => {
    await granted(t, "a");
    identical(await t.get("a"), undefined, "getMany");
    identical(await t.store.ttl("a", t.call), undefined, "ttl");
    identical(await t.store.expire("a", HOUR_MS, t.call), false, "expire");
    identical((await ask(t, "a")).kind, "held", "after expire");
    identical(await t.store.deleteMany(["a"], t.call), 0, "deleteMany");
    await granted(t, "a");
    identical(await t.store.clear("", t.call), 0, "clear");
  });

  test("a token is of one key only, and what is none is refused", async (t) => {
    const token = await granted(t, "a");
    await granted(t, "b");
    identical(await fill(t, "b", token, "1"), false, "of another key");
    identical(await t.full.release("b", token, t.call), false, "of another key");
    for (const wrong of ["", "0", "x", "__proto__", `${token}0`, "\0"]) {
      identical(await fill(t, "a", wrong, "1"), false, JSON.stringify(wrong));
      identical(await t.full.release("a", wrong, t.call), false, JSON.stringify(wrong));
    }
    same([await t.get("a"), await t.get("b")], [undefined, undefined]);
    identical(await fill(t, "a", token, "1"), true);
  });
});
