/** Keys as an attacker would choose them: each is one key of its own, for every verb. */
import { identical, same } from "../check.js";
import { hostileStrings } from "../hostile.js";
import { bytesOf, type StoreContext, type StoreSubject } from "../store-subject.js";
import { storeGroup } from "./group.js";
import { allKeys } from "./scans.js";

/** Beside those of every suite, what means something to Redis, SQL, file systems and patterns. */
const ofStores = [
  "*",
  "?",
  "[a-z]",
  "\\",
  "%",
  "_",
  "{a}",
  "{}b",
  "'",
  '"',
  "';--",
  "a:b",
  "a/b",
  "..",
  "../a",
  "/",
  "a\r\nb",
  "A",
  "a ",
];

function keysFor({ abilities }: StoreSubject): string[] {
  return [...hostileStrings, ...ofStores].filter((key) => wtf8Length(key) <= abilities.keyBytesMax);
}

export const hostileKeys = storeGroup("hostile keys", [], (test) => {
  test("each has a value of its own", async (t, subject) => {
    const keys = await storeAll(t, subject);
    for (const [index, key] of keys.entries()) identical(await t.get(key), `${index}`, label(key, index));
  });

  test("each is deleted by itself", async (t, subject) => {
    const keys = await storeAll(t, subject);
    for (const [index, key] of keys.entries()) {
      identical(await t.store.deleteMany([key], t.call), 1, label(key, index));
      const left = await t.store.getMany(keys, t.call);
      identical(
        left.filter((bytes) => bytes !== undefined).length,
        keys.length - index - 1,
        `after ${index}`,
      );
    }
  });

  test("each has a lifetime of its own", async (t, subject) => {
    const keys = await storeAll(t, subject);
    for (const [index, key] of keys.entries()) {
      identical(await t.store.ttl(key, t.call), null, label(key, index));
      identical(await t.store.expire(key, 1e9, t.call), true, label(key, index));
    }
  });

  test("each has a lease of its own", ["leases"], async (t, subject) => {
    for (const [index, key] of keysFor(subject).entries()) {
      const lease = await t.full.lease(key, { ttlMs: 60_000, seen: undefined }, t.call);
      identical(lease.kind, "granted", label(key, index));
      if (lease.kind !== "granted") continue;
      const entry = { key, bytes: bytesOf(`${index}`), ttlMs: null };
      identical(await t.full.fill(entry, lease.token, t.call), true, label(key, index));
    }
    for (const [index, key] of keysFor(subject).entries())
      identical(await t.get(key), `${index}`, label(key, index));
  });

  test("each is a counter of its own", ["counters"], async (t, subject) => {
    for (const [index, key] of keysFor(subject).entries())
      identical(await t.full.incr(key, 1, { initial: index, ttlMs: null }, t.call), index + 1);
  });

  test("a scan gives each back as it was", ["scans"], async (t, subject) => {
    const keys = await storeAll(t, subject);
    same([...(await allKeys(t, ""))].sort(), [...keys].sort());
  });
});

async function storeAll(t: StoreContext, subject: StoreSubject): Promise<string[]> {
  const keys = keysFor(subject);
  const entries = keys.map((key, index) => ({ key, bytes: bytesOf(`${index}`), ttlMs: null }));
  await t.store.setMany(entries, t.call);
  return keys;
}

function label(key: string, index: number): string {
  return `key ${index}, of ${key.length} characters`;
}

/** Bytes of UTF-8; half a surrogate pair has three. */
function wtf8Length(text: string): number {
  return bytesOf(text).length;
}
