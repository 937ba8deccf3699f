/** Keys as bytes: each its own, in ranges that are exactly the prefixes. */
import { describe, expect, it } from "vitest";
import { type KeyRange, keyBytes, keyOf, nextId, rangesAfter, rangesOf } from "../../src/stores/key-bytes.js";

const LONG = "x".repeat(1_899);
const texts = [
  "",
  "\0",
  "a",
  "a\0",
  "ab",
  "é",
  "\ud800",
  "\ud800a",
  "\ud801",
  "\udc00",
  "\u{10000}",
  "\u{103ff}",
  "\u{10400}",
  "\u{10ffff}",
  "a\ud83d",
  "a\u{1f600}",
  "\uffff",
  LONG,
  `${LONG}y`,
  `${LONG}yy`,
  `${LONG}yz`,
  `${LONG}é`,
  `${LONG}\u{1f600}`,
  `${LONG}\u{1f600}a`,
  `${"x".repeat(3_000)}\u{1f600}`,
  `${"x".repeat(3_000)}\ud83d`,
];

function isIn({ from, to, whole: range }: KeyRange, key: string): boolean {
  const { id, whole } = keyBytes(key);
  const within = (bytes: Buffer, low: Buffer, high: Buffer) =>
    Buffer.compare(bytes, low) >= 0 && Buffer.compare(bytes, high) < 0;
  return within(id, from, to) && (range === null || (whole !== null && within(whole, range.from, range.to)));
}

describe("keys as bytes", () => {
  it("are each their own, short enough, and come back", () => {
    const ids = texts.map((text) => keyBytes(text));
    expect(new Set(ids.map(({ id }) => id.toString("hex"))).size).toBe(texts.length);
    for (const [index, { id, whole }] of ids.entries()) {
      expect(id.length).toBeGreaterThan(0);
      expect(id.length).toBeLessThan(1_960);
      expect(keyOf(id, whole)).toBe(texts[index]);
    }
  });

  it("stand in one of the ranges of a prefix if they begin so, and else in none", () => {
    const prefixes = [...texts, "x", LONG.slice(1), "x".repeat(2_000), `${"x".repeat(3_000)}\ud83d`];
    for (const prefix of prefixes) {
      const ranges = rangesOf(prefix);
      for (const text of texts)
        expect(
          ranges.filter((range) => isIn(range, text)).length,
          `${prefix.slice(-5)} of ${text.slice(-5)}`,
        ).toBe(text.startsWith(prefix) ? 1 : 0);
    }
  });

  it("go on behind a place, over both ranges of half a surrogate pair", () => {
    const all = ["\ud83d", "\ud83da", "\ud83d\ud83d", "\u{1f600}", "\u{1f601}"];
    const ids = all.map((text) => keyBytes(text).id).sort(Buffer.compare);
    for (const [index, id] of ids.entries()) {
      const left = rangesAfter("\ud83d", nextId(id));
      expect(ids.filter((one) => left.some((range) => isIn(range, keyOf(one, null)))).length).toBe(
        ids.length - index - 1,
      );
    }
    expect(rangesAfter("a", keyBytes("b").id)).toEqual([]);
  });
});
