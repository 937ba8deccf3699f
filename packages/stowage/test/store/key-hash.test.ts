/** The sampling hash on the families of keys that programs make: hardly more equal hashes than chance gives. */
import { expect, it } from "vitest";
import { sampleText } from "../../src/cache/store/key-hash.js";

const COUNT = 30_000;
/** Chance gives one in ten runs, some families of keys more under a few seeds; the seed of the hash differs from run to run. */
const EQUAL_MAX = 12;

const families: [name: string, key: (n: number) => string][] = [
  ["numbers in a row", (n) => `user:${100_000 + n}`],
  ["numbers of growing length", (n) => `session:${n}`],
  ["numbers with leading zeros", (n) => `order-${String(n).padStart(12, "0")}`],
  [
    "one number under several names",
    (n) => `${["user", "post", "item"][n % 3]}:${100_000 + Math.floor(n / 3)}`,
  ],
  ["hexadecimal", (n) => `etag/${(Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}`],
];

it.each(families)("%s", (_name, key) => {
  const hashes = new Set(Array.from({ length: COUNT }, (_, n) => sampleText(key(n))));
  expect(COUNT - hashes.size).toBeLessThanOrEqual(EQUAL_MAX);
});
