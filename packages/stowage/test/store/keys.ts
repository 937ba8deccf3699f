/**
 * Families of keys that are hard on the key index: strings that sampling cannot tell apart, strings that have one whole
 * hash, strings of 64 KiB, numbers at the edges of what numbers are, and keys that no table of hashes takes.
 */
import { wholeText } from "../../src/cache/store/key-hash.js";

/** Of equal length, first, middle and last six characters: all that the sampling hash reads. */
export function alike(n: number, length = 32): string {
  const digits = n.toString().padStart(10, "0");
  return `u${digits}${"-".repeat(length - 11)}`;
}

/** 64 KiB that differ in one character in the middle of nowhere. */
export function long(n: number): string {
  return `${"x".repeat(20_000)}${n.toString().padStart(6, "0")}${"y".repeat(45_530)}`;
}

/**
 * `2 ** doublings` strings of one whole hash. Two blocks that collide behind one beginning collide behind every beginning
 * that leads to the same state, so each pair found doubles the family (Joux, CRYPTO 2004). Only characters at even places
 * are varied: then equal hashes mean equal states. A pair is found by its birthday, among some 80,000 candidates.
 */
export function sameHash(doublings: number): string[] {
  let family = [""];
  for (let round = 0; round < doublings; round++) {
    const pair = collidingBlocks(family[0]);
    family = family.flatMap((text) => pair.map((block) => text + block));
  }
  return family;
}

function collidingBlocks(beginning: string): [string, string] {
  const seen = new Map<number, string>();
  for (let n = 1; ; n++) {
    const block = [n, n >>> 9, n * 40_503].map((code) => `${String.fromCharCode(code & 0x7fff)}-`).join("");
    const hash = wholeText(beginning + block);
    const other = seen.get(hash);
    if (other !== undefined) return [other, block];
    seen.set(hash, block);
  }
}

export const numbers: readonly number[] = [
  Number.NaN,
  -0,
  0,
  1,
  -1,
  0.5,
  -0.5,
  1 / 3,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  1e300,
  -1e300,
  Number.MIN_VALUE,
  Number.EPSILON,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

export const others: readonly unknown[] = [
  0n,
  1n,
  -1n,
  2n ** 64n,
  2n ** 64n + 1n,
  Symbol("a"),
  Symbol("a"),
  Symbol(),
  Symbol.for("shared"),
  {},
  {},
  [],
  () => 0,
  null,
  undefined,
  true,
  false,
];

export const shorts: readonly string[] = [
  "",
  "a",
  "b",
  "ab",
  "\0",
  "\0\0",
  "__proto__",
  "\ud800",
  "\udfff",
  "0",
  "-0",
  "NaN",
  "1234567",
  "12345678",
];
