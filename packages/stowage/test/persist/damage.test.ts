/** Damaged dumps: whatever byte is cut off or changed, a typed error says where, and no wrong entry ever comes out. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { CorruptDumpError, DumpVersionError, InvalidOptionError } from "../../src/base/errors.js";
import { crc32 } from "../../src/cache/persist/crc32.js";
import { openDump } from "../../src/cache/persist/restore.js";
import { MemoryFiles } from "./memory-files.js";
import { dumpOf, entry, failureOf, path, readAll } from "./support.js";

const given = [
  entry(
    "a",
    { list: [1, 2.5, "three"], when: new Date(5) },
    { expiresAt: 9e14, tags: ["x", "y"], ttl: 5, weight: 2 },
  ),
  entry("__proto__", new Map([["k", new Uint8Array(40)]])),
  entry(7n, "some text ".repeat(20)),
];

async function damaged(bytes: Uint8Array): Promise<CorruptDumpError> {
  const files = new MemoryFiles();
  files.files.set(path, bytes);
  const failure = await failureOf(openDump(path, { files }));
  expect(files.openCount).toBe(0);
  expect(failure).toBeInstanceOf(CorruptDumpError);
  return failure as CorruptDumpError;
}

describe.each([[false], ["gzip"], ["brotli"]] as const)("with compress: %s", (compress) => {
  test("cut off after any number of bytes", async () => {
    const bytes = await dumpOf(new MemoryFiles(), given, { compress });
    for (let length = 0; length < bytes.length; length++) {
      const failure = await damaged(bytes.slice(0, length));
      expect([length, failure.offset]).toEqual([length, length]);
      expect(failure.message).toMatch(/it ends within|it is empty/);
    }
  });

  test("any byte changed, in one bit or in all", async () => {
    const bytes = await dumpOf(new MemoryFiles(), given, { compress });
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at] ^= mask;
        const failure = await damaged(changed);
        expect(failure.offset).toBeLessThanOrEqual(bytes.length);
        expect(failure.record).toBeLessThanOrEqual(given.length);
      }
    }
  });

  test("anything after the end", async () => {
    const bytes = await dumpOf(new MemoryFiles(), given, { compress });
    const failure = await damaged(Uint8Array.of(...bytes, 0));
    expect([failure.offset, failure.record]).toEqual([bytes.length, given.length]);
    expect(failure.message).toContain("1 bytes follow its end");
  });
});

describe("with blocks", () => {
  /** Where the parts of a dump begin: header, blocks, footer. */
  function parts(bytes: Uint8Array): Uint8Array[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const all = [bytes.subarray(0, view.getUint16(10, true))];
    for (let at = all[0].length; at < bytes.length; ) {
      const end = bytes[at] === 0x45 ? bytes.length : at + 13 + view.getUint32(at + 1, true) + 4;
      all.push(bytes.subarray(at, end));
      at = end;
    }
    return all;
  }
  const many = Array.from({ length: 1_500 }, (_, index) => entry(index, index));

  test("left out, doubled, swapped, or taken from another dump", async () => {
    const [header, a, b, c, end] = parts(await dumpOf(new MemoryFiles(), many));
    const [, , foreign, , foreignEnd] = parts(await dumpOf(new MemoryFiles(), many));
    const cases: [Uint8Array[], number, number][] = [
      [[header, a, b, end], header.length + a.length + b.length, 1_024],
      [[header, b, c, end], header.length, 0],
      [[header, a, a, b, c, end], header.length + a.length, 512],
      [[header, b, a, c, end], header.length, 0],
      [[header, a, foreign, c, end], header.length + a.length, 512],
      [[header, a, b, c, foreignEnd], header.length + a.length + b.length + c.length, 1_500],
      [[header, end], header.length, 0],
    ];
    for (const [pieces, offset, record] of cases) {
      const failure = await damaged(Buffer.concat(pieces));
      expect([failure.offset, failure.record]).toEqual([offset, record]);
    }
    const files = new MemoryFiles();
    files.files.set(path, Buffer.concat([header, a, b, c, end]));
    expect(await readAll({ files })).toHaveLength(1_500);
  });

  test("cut off between blocks", async () => {
    const pieces = parts(await dumpOf(new MemoryFiles(), many));
    for (let count = 1; count < pieces.length; count++) {
      const failure = await damaged(Buffer.concat(pieces.slice(0, count)));
      expect(failure.message).toContain("its end is missing");
      expect(failure.record).toBe(Math.min(1_500, (count - 1) * 512));
    }
  });
});

describe("forged, with checksums that fit", () => {
  /** A dump with one block of these bytes; the numbers in its head may lie. */
  function forged(
    records: Uint8Array,
    lies: Partial<Record<"kind" | "compression" | "stored" | "raw" | "entries" | "total", number>> = {},
  ) {
    const id = "stowage-value-1";
    const header = new Uint8Array(12 + 1 + 8 + 1 + id.length);
    header.set([0x89, 0x53, 0x54, 0x4f, 0x57, 0x0d, 0x0a, 0x1a, 1, 0, header.length + 4, 0]);
    header[12] = lies.compression ?? (lies.kind === 0x43 ? 1 : 0);
    header[21] = id.length * 2;
    header.set(new TextEncoder().encode(id), 22);
    const head = new DataView(new ArrayBuffer(13));
    head.setUint8(0, lies.kind ?? 0x42);
    head.setUint32(1, lies.stored ?? records.length, true);
    head.setUint32(5, lies.raw ?? records.length, true);
    head.setUint32(9, lies.entries ?? 1, true);
    const end = new DataView(new ArrayBuffer(9));
    end.setUint8(0, 0x45);
    end.setFloat64(1, lies.total ?? 1, true);
    return sealed([header], [new Uint8Array(head.buffer), records], [new Uint8Array(end.buffer)]);
  }

  function sealed(...sections: Uint8Array[][]): Uint8Array {
    let crc = 0;
    return Buffer.concat(
      sections.flatMap((section) => {
        for (const part of section) crc = crc32(part, crc);
        return [...section, Uint8Array.of(crc, crc >>> 8, crc >>> 16, crc >>> 24)];
      }),
    );
  }

  const record = Uint8Array.of(0, 2, 4, 2, 2, 4, 4); // no flags, key 1, value 2

  test("the forger's own dump is right, or the rest would prove nothing", async () => {
    const files = new MemoryFiles();
    files.files.set(path, forged(record));
    const dump = await openDump(path, { files });
    expect((await dump.entries().next()).value).toEqual([entry(1, 2)]);
    await dump.close();
  });

  test.each<[string, Uint8Array, Parameters<typeof forged>[1], string]>([
    [
      "a length beyond the file",
      record,
      { stored: 0xffff_ffff, raw: 0xffff_ffff },
      "it ends within a block of 4294967295 bytes",
    ],
    ["two lengths", record, { raw: 8 }, "a block of 7 bytes claims to hold 8"],
    ["a bomb", record, { kind: 0x43, raw: 0xffff_ffff }, "a block of 7 bytes claims to hold 4294967295"],
    ["what was never compressed", record, { kind: 0x43 }, "a block cannot be decompressed"],
    [
      "a compressed block in a plain dump",
      record,
      { kind: 0x43, compression: 0 },
      "a block is compressed, but the dump is not",
    ],
    ["more than was claimed", gzipSync(record), { kind: 0x43, raw: 6 }, "a block cannot be decompressed"],
    [
      "less than was claimed",
      gzipSync(record),
      { kind: 0x43, raw: 8 },
      "a block has another length when decompressed",
    ],
    ["no entries", record, { entries: 0 }, "a block claims 0 entries"],
    ["too many entries", record, { entries: 513 }, "a block claims 513 entries"],
    ["more entries than there are", record, { entries: 2 }, "1 bytes are needed, 0 are left"],
    ["fewer entries than there are", Uint8Array.of(...record, ...record), {}, "a block has 7 bytes too many"],
    ["another kind of block", record, { kind: 0x58 }, "there is no block of kind 88"],
    ["another total", record, { total: 2 }, "it holds 1 entries and claims 2"],
    ["unknown flags", Uint8Array.of(32, 2, 4, 2, 2, 4, 4), {}, "there are no flags 32"],
    [
      "an expiry that is no number",
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, ...record.subarray(1)),
      {},
      "its expiresAt is NaN",
    ],
    ["a ttl of zero", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0, ...record.subarray(1)), {}, "its ttl is 0"],
    ["more tags than bytes", Uint8Array.of(16, 0xff, 0xff, 0x03), {}, "a count of 65535 does not fit"],
    ["a key beyond the block", Uint8Array.of(0, 0x7f, 4, 2), {}, "a count of 127 does not fit"],
    ["a value of undefined", Uint8Array.of(0, 2, 4, 2, 1, 0), {}, "its value is undefined"],
    [
      "a value of an unknown kind",
      Uint8Array.of(0, 2, 4, 2, 1, 99),
      {},
      "its value cannot be restored: malformed at byte 1: there is no kind 99",
    ],
    ["a value with something after it", Uint8Array.of(0, 2, 4, 2, 2, 1, 1), {}, "1 bytes are left over"],
  ])("%s", async (_, records, lies, message) => {
    const failure = await damaged(forged(records, lies));
    expect(failure.message).toContain(message);
    expect(failure.path).toBe(path);
  });

  test("a bomb is given up when it has reached what was claimed, not when it is all there", async () => {
    const bomb = gzipSync(new Uint8Array(64 << 20));
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 1);
    const failure = await damaged(forged(bomb, { kind: 0x43, raw: 100_000 }));
    clearInterval(watch);
    expect((failure.cause as { code: string }).code).toBe("ERR_BUFFER_TOO_LARGE");
    expect(peak).toBeLessThan(16 << 20);
  });

  test("the byte of a record that cannot be decoded is that of the record", async () => {
    const bad = Uint8Array.of(0, 2, 4, 2, 1, 99);
    const failure = await damaged(forged(Uint8Array.of(...record, ...bad), { entries: 2, total: 2 }));
    expect([failure.offset, failure.record]).toEqual([41 + 13 + record.length, 1]);
  });

  test("header fields", async () => {
    const bytes = forged(record);
    for (let at = 8; at < 37; at++) {
      for (const value of [0, 1, 2, 0x7f, 0xff]) {
        const header = bytes.slice(0, 37);
        header[at] = value;
        const files = new MemoryFiles();
        files.files.set(path, sealed([header], [bytes.subarray(41)]));
        const failure = await failureOf(openDump(path, { files }));
        const kinds = [CorruptDumpError, DumpVersionError, InvalidOptionError];
        expect(kinds.some((kind) => failure instanceof kind)).toBe(true);
      }
    }
  });
});
