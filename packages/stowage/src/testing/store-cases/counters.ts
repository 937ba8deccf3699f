/** incr: whole numbers that many add to at the same time. */
import { identical, same } from "../check.js";
import { checkTtl } from "./expiry.js";
import { HOUR_MS, MARGIN_MS, SOON_MS, storeGroup } from "./group.js";

const fromZero = { initial: 0, ttlMs: null };

export const counters = storeGroup("counters", ["counters"], (test) => {
  test("one that is not there begins at `initial`, to which the amount is added", async (t) => {
    identical(await t.full.incr("a", 1, fromZero, t.call), 1);
    identical(await t.full.incr("b", 5, { initial: 100, ttlMs: null }, t.call), 105);
    identical(await t.full.incr("c", -5, { initial: 3, ttlMs: null }, t.call), -2);
  });

  test("one that is there does not begin again", async (t) => {
    await t.full.incr("a", 1, { initial: 100, ttlMs: null }, t.call);
    identical(await t.full.incr("a", 2, { initial: 500, ttlMs: null }, t.call), 103);
    identical(await t.full.incr("a", -200, fromZero, t.call), -97);
    identical(await t.full.incr("a", 0, fromZero, t.call), -97);
  });

  test("is exact up to 53 bits", async (t) => {
    const large = Number.MAX_SAFE_INTEGER - 3;
    identical(await t.full.incr("a", 1, { initial: large, ttlMs: null }, t.call), large + 1);
    identical(await t.full.incr("a", 1, fromZero, t.call), large + 2);
    identical(await t.full.incr("a", -large - 2, fromZero, t.call), 0);
  });

  test("loses none of fifty at the same time", async (t) => {
    const sums = await Promise.all(Array.from({ length: 50 }, () => t.full.incr("a", 1, fromZero, t.call)));
    same(
      sums.sort((a, b) => a - b),
      sums.map((_, index) => index + 1),
    );
  });

  test("is raised to `atLeast` where the sum is below, and only there", async (t) => {
    const raise = (key: string, amount: number, atLeast: number) =>
      t.full.incr(key, amount, { initial: 0, ttlMs: null, atLeast }, t.call);
    identical(await raise("a", 1, 50), 50, "a new one");
    identical(await raise("a", 1, 50), 51);
    identical(await raise("a", 0, 70), 70);
    identical(await raise("a", 0, 60), 70);
    identical(await raise("a", 1, -5), 71);
    identical(await raise("b", 3, -5), 3);
    identical(await raise("a", 0, Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    identical(await t.full.incr("a", 0, fromZero, t.call), Number.MAX_SAFE_INTEGER);
  });

  test("is raised to the highest of fifty at the same time", async (t) => {
    const heights = Array.from({ length: 50 }, (_, index) => ((index * 37) % 50) + 100);
    const raise = (atLeast: number) => t.full.incr("a", 0, { initial: 0, ttlMs: null, atLeast }, t.call);
    const sums = await Promise.all(heights.map(raise));
    identical(
      sums.every((sum, index) => sum >= heights[index]),
      true,
      "each sees at least its own",
    );
    identical(await t.full.incr("a", 0, fromZero, t.call), 149);
  });

  test("raising keeps the lifetime", async (t) => {
    await t.full.incr("a", 1, { initial: 0, ttlMs: HOUR_MS, atLeast: 9 }, t.call);
    await t.full.incr("a", 0, { initial: 0, ttlMs: null, atLeast: 99 }, t.call);
    await checkTtl(t, "a", HOUR_MS);
  });

  test("getMany gives them as decimal digits", async (t) => {
    await t.full.incr("a", 42, fromZero, t.call);
    await t.full.incr("b", -97, fromZero, t.call);
    await t.full.incr("c", Number.MAX_SAFE_INTEGER, fromZero, t.call);
    await t.full.incr("d", 0, { initial: 0, ttlMs: null, atLeast: 7 }, t.call);
    const texts = await Promise.all(["a", "b", "c", "d", "e"].map((key) => t.get(key)));
    same(texts, ["42", "-97", `${Number.MAX_SAFE_INTEGER}`, "7", undefined]);
  });

  test("a new one gets the lifetime, one that is there keeps its own", async (t) => {
    await t.full.incr("a", 1, { initial: 0, ttlMs: HOUR_MS }, t.call);
    await checkTtl(t, "a", HOUR_MS);
    await t.full.incr("a", 1, { initial: 0, ttlMs: 5 * HOUR_MS }, t.call);
    await checkTtl(t, "a", HOUR_MS);
    await t.full.incr("b", 1, fromZero, t.call);
    await t.full.incr("b", 1, { initial: 0, ttlMs: HOUR_MS }, t.call);
    identical(await t.store.ttl("b", t.call), null);
  });

  test("one whose time is over begins again", ["time"], async (t) => {
    await t.full.incr("a", 7, { initial: 0, ttlMs: SOON_MS }, t.call);
    await t.advance(SOON_MS + MARGIN_MS);
    identical(await t.full.incr("a", 1, { initial: 0, ttlMs: HOUR_MS }, t.call), 1);
  });

  test("one that was deleted begins again", async (t) => {
    await t.full.incr("a", 7, fromZero, t.call);
    identical(await t.store.deleteMany(["a"], t.call), 1);
    identical(await t.full.incr("a", 1, fromZero, t.call), 1);
  });

  test("counters do not touch values of other keys", async (t) => {
    await t.set("a", "value");
    await t.full.incr("a:n", 1, fromZero, t.call);
    identical(await t.get("a"), "value");
  });
});
