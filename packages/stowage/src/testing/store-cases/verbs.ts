/** getMany, setMany, deleteMany: bytes under keys. */
import { identical, ok, same } from "../check.js";
import { bytesOf } from "../store-subject.js";
import { storeGroup } from "./group.js";

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
const MANY = 1_000;
const LARGE_BYTES = 300_000;

export const verbs = storeGroup("verbs", [], (test) => {
  test("an empty store has nothing", async (t) => {
    same(await t.store.getMany(["a", "b"], t.call), [undefined, undefined]);
    identical(await t.store.deleteMany(["a"], t.call), 0);
  });

  test("no keys at all are none", async (t) => {
    same([...(await t.store.getMany([], t.call))], []);
    await t.store.setMany([], t.call);
    identical(await t.store.deleteMany([], t.call), 0);
  });

  test("gives back what was stored, byte for byte", async (t) => {
    await t.set("a", everyByte);
    const [bytes] = await t.store.getMany(["a"], t.call);
    ok(bytes instanceof Uint8Array, "a value is a Uint8Array");
    same([...(bytes ?? [])], [...everyByte]);
  });

  test("an empty value is a value", async (t) => {
    await t.set("a", "");
    identical(await t.get("a"), "");
    identical(await t.store.deleteMany(["a"], t.call), 1);
  });

  test("a large value comes back whole", async (t, { abilities }) => {
    const length = Math.min(LARGE_BYTES, abilities.valueBytesMax);
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 251);
    await t.set("a", bytes);
    const [found] = await t.store.getMany(["a"], t.call);
    identical(found?.length, length);
    ok(
      found?.every((byte, index) => byte === bytes[index]),
      "it has other bytes",
    );
  });

  test("answers in the order of the keys, also for one that is asked for twice", async (t) => {
    await t.set("b", "2");
    await t.set("a", "1");
    const found = await t.store.getMany(["a", "x", "b", "a"], t.call);
    same(
      found.map((bytes) => bytes && String.fromCharCode(...bytes)),
      ["1", undefined, "2", "1"],
    );
  });

  test("the later of two entries of a call with the same key stays", async (t) => {
    const entries = ["1", "2"].map((text) => ({ key: "a", bytes: bytesOf(text), ttlMs: null }));
    await t.store.setMany(entries, t.call);
    identical(await t.get("a"), "2");
  });

  test("a later call replaces the value", async (t) => {
    await t.set("a", "a longer value than the next one");
    await t.set("a", "2");
    identical(await t.get("a"), "2");
  });

  test("a part of a larger buffer is stored as that part", async (t) => {
    await t.set("a", everyByte.subarray(97, 100));
    identical(await t.get("a"), "abc");
  });

  test("what is changed in given bytes after the call does not change what is stored", async (t) => {
    const bytes = bytesOf("abc");
    await t.set("a", bytes);
    bytes.fill(0);
    identical(await t.get("a"), "abc");
  });

  test("what is changed in bytes that were got does not change what is stored", async (t) => {
    await t.set("a", "abc");
    const [bytes] = await t.store.getMany(["a"], t.call);
    bytes?.fill(0);
    identical(await t.get("a"), "abc");
  });

  test("deleteMany removes those keys, no others, and tells how many there were", async (t) => {
    for (const key of ["a", "b", "c"]) await t.set(key, key);
    identical(await t.store.deleteMany(["a", "x", "c"], t.call), 2);
    same(
      (await t.store.getMany(["a", "b", "c"], t.call)).map((bytes) => bytes !== undefined),
      [false, true, false],
    );
    identical(await t.store.deleteMany(["a", "x", "c"], t.call), 0, "the second time");
  });

  test("a key that is deleted twice in a call counts once", async (t) => {
    await t.set("a", "1");
    identical(await t.store.deleteMany(["a", "a"], t.call), 1);
  });

  test(`${MANY} keys in one call`, async (t) => {
    const keys = Array.from({ length: MANY }, (_, index) => `key-${index}`);
    await t.store.setMany(
      keys.map((key) => ({ key, bytes: bytesOf(key), ttlMs: null })),
      t.call,
    );
    const found = await t.store.getMany([...keys].reverse(), t.call);
    same(
      found.map((bytes) => bytes && String.fromCharCode(...bytes)),
      [...keys].reverse(),
    );
    identical(await t.store.deleteMany(keys, t.call), MANY);
  });

  test("calls at the same time get their own answers", async (t) => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => t.set(`k${index}`, `v${index}`)));
    const found = await Promise.all(Array.from({ length: 50 }, (_, index) => t.get(`k${index}`)));
    same(
      found,
      found.map((_, index) => `v${index}`),
    );
  });
});
