/** The longest key and value work; longer ones are refused by name, and nothing is changed. */
import { identical, rejects } from "../check.js";
import { bytesOf } from "../store-subject.js";
import { storeGroup } from "./group.js";

/** Longer ones are not made for a test. */
const KEY_TRIED_MAX = 1 << 20;
const VALUE_TRIED_MAX = 1 << 24;

export const limits = storeGroup("limits", [], (test) => {
  test("the longest key works, and a longer one is refused", async (t, { abilities }) => {
    if (abilities.keyBytesMax > KEY_TRIED_MAX) return;
    const longest = "k".repeat(abilities.keyBytesMax);
    await t.set(longest, "1");
    identical(await t.get(longest), "1");
    await rejects(t.set(`${longest}k`, "2"), "KeyTooLargeError");
    identical(await t.get(longest), "1", "after that");
  });

  test("the length of keys is in bytes", async (t, { abilities }) => {
    if (abilities.keyBytesMax > KEY_TRIED_MAX) return;
    const count = Math.floor(abilities.keyBytesMax / 2);
    await t.set("é".repeat(count), "1");
    identical(await t.get("é".repeat(count)), "1");
    await rejects(t.set("é".repeat(count + 1), "2"), "KeyTooLargeError");
  });

  test("the longest value works, and a longer one is refused", async (t, { abilities }) => {
    if (abilities.valueBytesMax > VALUE_TRIED_MAX) return;
    await t.set("a", new Uint8Array(abilities.valueBytesMax));
    const [found] = await t.store.getMany(["a"], t.call);
    identical(found?.length, abilities.valueBytesMax);
    await rejects(t.set("a", new Uint8Array(abilities.valueBytesMax + 1)), "ValueTooLargeError");
    const [after] = await t.store.getMany(["a"], t.call);
    identical(after?.length, abilities.valueBytesMax, "after that");
  });

  test("where one entry of a call is too long, none is stored", async (t, { abilities }) => {
    if (abilities.valueBytesMax > VALUE_TRIED_MAX) return;
    const large = { key: "b", bytes: new Uint8Array(abilities.valueBytesMax + 1), ttlMs: null };
    const entries = [{ key: "a", bytes: bytesOf("1"), ttlMs: null }, large];
    await rejects(t.store.setMany(entries, t.call), "ValueTooLargeError");
    identical(await t.get("a"), undefined);
  });
});
