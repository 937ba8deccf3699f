/** Fetching ahead changes nothing, whatever it is told. */
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/base/errors.js";
import { tableOf } from "./support.js";

const COUNT = 200;

function rangesOf(keys: readonly string[]): { bytes: Buffer; ranges: Int32Array } {
  const ranges = new Int32Array(keys.length * 2);
  let at = 0;
  keys.forEach((key, index) => {
    ranges[index * 2] = at;
    at += Buffer.byteLength(key);
    ranges[index * 2 + 1] = at;
  });
  return { bytes: Buffer.from(keys.join("")), ranges };
}

describe("prefetch", () => {
  it("leaves table and statistics as they are, for keys that are there and others", () => {
    const table = tableOf({ memory: "4mb" });
    const keys = Array.from({ length: COUNT }, (_, index) => `${"k".repeat(index)}${index}`);
    keys.forEach((key, index) => {
      if (index % 3 > 0) table.set(key, "v".repeat(index), index % 2 > 0 ? { ttl: "1h", tags: ["t"] } : {});
    });
    const before = table.stats();
    const { bytes, ranges } = rangesOf([...keys, ""]);
    for (const count of [0, 1, 63, 64, 65, COUNT + 1]) table.prefetch(bytes, ranges, count);
    expect(table.stats()).toEqual(before);
    keys.forEach((key, index) => {
      expect(table.getString(key)).toBe(index % 3 > 0 ? "v".repeat(index) : undefined);
    });
  });

  it("refuses what is no list of keys", () => {
    const table = tableOf();
    const bytes = Buffer.from("abc");
    const ranges = Int32Array.of(0, 3);
    const wrong: unknown[][] = [
      ["abc", ranges, 1],
      [bytes, [0, 3], 1],
      [bytes, ranges, 2],
      [bytes, ranges, -1],
      [bytes, ranges, 0.5],
      [bytes, Int32Array.of(0, 4), 1],
      [bytes, Int32Array.of(2, 1), 1],
    ];
    for (const args of wrong) {
      const call = () => table.prefetch(...(args as Parameters<typeof table.prefetch>));
      expect(call, String(args)).toThrow(InvalidArgumentError);
    }
  });
});
