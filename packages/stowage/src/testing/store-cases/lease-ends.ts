/** What ends a lease, so that a loader which comes too late stores nothing. */
import { between, identical } from "../check.js";
import { bytesOf, type StoreContext } from "../store-subject.js";
import { HOUR_MS, MARGIN_MS, SOON_MS, storeGroup } from "./group.js";
import { ask, fill, granted } from "./leases.js";

/** What ends the lease of "a", and what "a" is after that. */
const endings: readonly (readonly [
  name: string,
  end: (t: StoreContext) => Promise<unknown>,
  after?: string,
])[] = [
  ["set", (t) => t.set("a", "new"), "new"],
  ["set of the same value", (t) => t.set("a", "old"), "old"],
  ["set of an empty value", (t) => t.set("a", ""), ""],
  ["set with others", setWithOthers, "new"],
  ["delete", (t) => t.store.deleteMany(["x", "a"], t.call)],
  ["clear of everything", (t) => t.store.clear("", t.call)],
  ["clear by its prefix", (t) => t.store.clear("a", t.call)],
];

async function setWithOthers(t: StoreContext): Promise<void> {
  const entry = (key: string) => ({ key, bytes: bytesOf("new"), ttlMs: HOUR_MS });
  await t.store.setMany([entry("x"), entry("a"), entry("y")], t.call);
}

export const leaseEnds = storeGroup("the end of a lease", ["leases"], (test) => {
  for (const [name, end, after] of endings) {
    for (const old of [undefined, "old"]) {
      test(`${name}, over ${old === undefined ? "nothing" : "an old value"}`, async (t) => {
        if (old !== undefined) await t.set("a", old);
        const token = await granted(t, "a", old);
        await end(t);
        identical(await fill(t, "a", token, "late"), false, "fill");
        identical(await t.full.release("a", token, t.call), false, "release");
        identical(await t.get("a"), after);
        await granted(t, "a", after);
      });
    }
  }

  test("set and delete, one after the other", async (t) => {
    const token = await granted(t, "a");
    await t.set("a", "new");
    await t.store.deleteMany(["a"], t.call);
    identical(await fill(t, "a", token, "late"), false);
    identical(await t.get("a"), undefined);
  });

  test("the token of one who had it before does not fill for one who has it now", async (t) => {
    const before = await granted(t, "a");
    await t.store.deleteMany(["a"], t.call);
    const now = await granted(t, "a");
    identical(await fill(t, "a", before, "late"), false);
    identical((await ask(t, "a")).kind, "held");
    identical(await fill(t, "a", now, "1"), true);
    identical(await t.get("a"), "1");
  });

  test("of others is not the end of this one", async (t) => {
    const token = await granted(t, "a");
    await t.set("b", "1");
    await t.store.deleteMany(["c"], t.call);
    await t.store.clear("b", t.call);
    identical(await fill(t, "a", token, "1"), true);
  });

  for (const old of [undefined, "old"]) {
    test(`its time, over ${old === undefined ? "nothing" : "an old value"}`, ["time"], async (t) => {
      if (old !== undefined) await t.set("a", old);
      const late = await granted(t, "a", old, SOON_MS);
      await t.advance(SOON_MS + MARGIN_MS);
      identical(await fill(t, "a", late, "late"), false, "fill");
      identical(await t.full.release("a", late, t.call), false, "release");
      identical(await t.get("a"), old);
      const token = await granted(t, "a", old);
      identical(await fill(t, "a", late, "late"), false, "after it was granted to another one");
      identical(await fill(t, "a", token, "1"), true);
    });
  }

  test("its time, to the millisecond, of which leftMs tells", ["exactTime"], async (t) => {
    const token = await granted(t, "a", undefined, 250);
    await t.advance(249);
    const held = await ask(t, "a");
    identical(held.kind, "held");
    if (held.kind === "held") between(held.leftMs, 0.5, 1, "leftMs");
    await t.advance(1);
    identical(await fill(t, "a", token, "late"), false);
    await granted(t, "a");
  });
});
