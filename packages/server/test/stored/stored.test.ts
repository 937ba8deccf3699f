/** How values lie in the table: whatever was prepared is read as it was, and whatever lies there is read somehow. */
import fc from "fast-check";
import { SharedTable } from "stowage/table";
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { dropIfStale, isListed, isStale, jsonOf, prepare, readStored } from "../../src/stored/index.js";

const types = fc.constantFrom(
  "application/octet-stream",
  "text/plain",
  "text/plain; charset=utf-8",
  "text/html;charset=latin1",
  `image/png; x="${"y".repeat(240)}"`,
);

describe("a prepared value", () => {
  it("is read as it was, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        types,
        fc.nat(1_000_000_000_000),
        fc.nat(9),
        (bytes, type, graceMs, start) => {
          const value = Buffer.from(bytes);
          const prepared = prepare(value, type, graceMs);
          const whole = Buffer.concat([Buffer.alloc(start, 0xff), prepared.bytes]);
          const stored = readStored(prepared.flags, whole, start, whole.length);
          expect([stored.type, stored.graceMs]).toEqual([type, graceMs]);
          expect(whole.subarray(start, stored.end).equals(value)).toBe(true);
        },
      ),
    );
  });

  it("has flags of 0 if it is plain JSON, and nothing behind it", () => {
    for (const type of [
      "application/json",
      "application/json; charset=utf-8",
      "APPLICATION/JSON;charset=UTF-8",
    ]) {
      const value = Buffer.from('{"a":1}');
      expect(prepare(value, type, 0)).toEqual({ bytes: value, flags: 0 });
    }
    expect(prepare(Buffer.from("1"), "application/json", 5).flags).not.toBe(0);
    expect(prepare(Buffer.from("1"), "application/json; x=y", 0).flags).not.toBe(0);
  });

  it("is JSON for clients of JSON: itself, a text, or not at all", () => {
    const cases: [value: string, type: string, json: string | undefined][] = [
      ['{"a":1e400}', "application/ld+json", '{"a":1e400}'],
      ['a"\n\u0000ä€', "text/plain", JSON.stringify('a"\n\u0000ä€')],
      ["1", "application/octet-stream", undefined],
      ["\xff", "text/plain;charset=latin1", undefined],
    ];
    for (const [value, type, json] of cases) {
      const { bytes, flags } = prepare(Buffer.from(value), type, 0);
      const found = jsonOf(flags, bytes, 0, bytes.length, null);
      expect([
        type,
        found === undefined || found === null ? found : Buffer.from(found, "latin1").toString(),
      ]).toEqual([type, json]);
    }
  });

  it("is stale when no more than its grace is left", () => {
    const { bytes, flags } = prepare(Buffer.from("1"), "application/json", 500);
    const stale = [501, 500, 1, null, Number.POSITIVE_INFINITY].map((left) =>
      isStale(flags, bytes, 0, bytes.length, left),
    );
    expect(stale).toEqual([false, true, true, false, false]);
    expect(jsonOf(flags, bytes, 0, bytes.length, 501)).toBe("1");
    expect(jsonOf(flags, bytes, 0, bytes.length, 500)).toBeNull();
  });
});

it("bytes that somebody else wrote, with flags of his own, are read as bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(255), (bytes, flags) => {
      const value = Buffer.from(bytes);
      const { end, type } = readStored(flags, value, 0, value.length);
      expect([end >= 0 && end <= value.length, type !== ""]).toEqual([true, true]);
      jsonOf(flags, value, 0, value.length, 1);
    }),
  );
});

it("scans leave out what is stale, and verbs drop it", () => {
  const clock = new FakeClock();
  using table = SharedTable.create({ memory: "1mb", clock });
  const graced = prepare(Buffer.from("5"), "application/json", 500);
  table.set("graced", graced.bytes, { flags: graced.flags, ttl: 600 });
  table.set("plain", "5");
  const listed = () =>
    table
      .scan()
      .entries.filter(({ key, flags }) => isListed(table, key, flags))
      .map(({ key }) => String(key));
  expect(listed().sort()).toEqual(["graced", "plain"]);
  expect([dropIfStale(table, "graced"), dropIfStale(table, "plain"), dropIfStale(table, "absent")]).toEqual([
    false,
    false,
    false,
  ]);
  clock.advance(100);
  expect(listed()).toEqual(["plain"]);
  expect([dropIfStale(table, "graced"), table.has("graced")]).toEqual([true, false]);
});
