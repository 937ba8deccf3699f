/** CRC-32: the published check value, both implementations the same, in any pieces. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32, crc32ByTable } from "../../src/cache/persist/crc32.js";

test("the check value of the CRC catalogue", () => {
  const check = new TextEncoder().encode("123456789");
  expect([crc32(check), crc32ByTable(check)]).toEqual([0xcbf43926, 0xcbf43926]);
  expect([crc32(new Uint8Array(0)), crc32ByTable(new Uint8Array(0))]).toEqual([0, 0]);
});

test("table and builtin agree, whole and in two pieces", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
      const whole = crc32ByTable(bytes);
      expect(crc32(bytes)).toBe(whole);
      for (const each of [crc32, crc32ByTable])
        expect(each(bytes.subarray(at), each(bytes.subarray(0, at)))).toBe(whole);
    }),
  );
});
