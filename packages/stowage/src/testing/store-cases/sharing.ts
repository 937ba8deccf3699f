/** Two stores on one place, as two processes have them. */
import { identical, same } from "../check.js";
import { bytesOf } from "../store-subject.js";
import { storeGroup } from "./group.js";
import { fill, granted } from "./leases.js";

const TTL_MS = 60_000;

export const sharing = storeGroup("two on one place", ["another"], (test) => {
  test("each sees what the other writes and deletes", async (t) => {
    const other = await t.another();
    await t.set("a", "1");
    identical(await t.get("a", other), "1");
    await other.setMany([{ key: "a", bytes: bytesOf("2"), ttlMs: null }], t.call);
    identical(await t.get("a"), "2");
    identical(await other.deleteMany(["a"], t.call), 1);
    identical(await t.get("a"), undefined);
    await t.set("b", "1");
    identical(await other.clear("", t.call), 1);
    identical(await t.get("b"), undefined);
  });

  test("a lease of one is held for the other, who ends it by writing", ["leases"], async (t) => {
    const other = await t.another();
    for (const end of ["set", "delete"]) {
      const token = await granted(t, end);
      identical((await other.lease(end, { ttlMs: TTL_MS, seen: undefined }, t.call)).kind, "held");
      if (end === "delete") await other.deleteMany([end], t.call);
      else await other.setMany([{ key: end, bytes: bytesOf("new"), ttlMs: null }], t.call);
      identical(await fill(t, end, token, "late"), false);
      identical(await t.get(end), end === "set" ? "new" : undefined);
    }
  });

  test("a token is good for whoever has it", ["leases"], async (t) => {
    const other = await t.another();
    const token = await granted(t, "a");
    identical(await other.fill({ key: "a", bytes: bytesOf("1"), ttlMs: null }, token, t.call), true);
    identical(await t.get("a"), "1");
  });

  test("tokens of the two are never the same", ["leases"], async (t) => {
    const other = await t.another();
    const late = await granted(t, "a");
    await t.store.deleteMany(["a"], t.call);
    const lease = await other.lease("a", { ttlMs: TTL_MS, seen: undefined }, t.call);
    identical(lease.kind, "granted");
    identical(await fill(t, "a", late, "late"), false);
  });

  test("of many who ask at the same time, one is granted a lease", ["leases"], async (t) => {
    const stores = [t.full, await t.another()];
    const asked = Array.from({ length: 20 }, (_, index) =>
      stores[index % 2].lease("a", { ttlMs: TTL_MS, seen: undefined }, t.call),
    );
    identical((await Promise.all(asked)).filter(({ kind }) => kind === "granted").length, 1);
  });

  test("counters are one", ["counters"], async (t) => {
    const stores = [t.full, await t.another()];
    const options = { initial: 0, ttlMs: null };
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_, index) => stores[index % 2].incr("n", 1, options, t.call)),
    );
    same(
      sums.sort((a, b) => a - b),
      sums.map((_, index) => index + 1),
    );
  });

  test("one goes on when the other is closed", async (t) => {
    const other = await t.another();
    await t.set("a", "1");
    await other.close();
    identical(await t.get("a"), "1");
    await t.set("a", "2");
    identical(await t.get("a"), "2");
  });
});
