/** Files cut off at each kind of place, bytes changed in each part, files that are something else. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  DumpIoError,
  InvalidArgumentError,
  InvalidOptionError,
  SnapshotError,
} from "../../../src/base/errors.js";
import { crc32 } from "../../../src/cache/persist/crc32.js";
import { BlockReader } from "../../../src/table/snapshot/block-reader.js";
import { blockHeadBytes, blockKind, headerBytes, marker } from "../../../src/table/snapshot/format.js";
import { MemoryFiles } from "../../persist/memory-files.js";
import { countSound, fillVaried, makeTable, temporaryFolder } from "./support.js";

const entries = 3_000;
const path = join(temporaryFolder(), "table.snapshot");
let file: Buffer;
/** Where the blocks begin. */
let blocks: number[];

beforeAll(async () => {
  const table = makeTable();
  fillVaried(table, entries);
  await table.snapshot(path);
  file = readFileSync(path);
  blocks = [];
  for (let at = headerBytes; at < file.length; at += blockHeadBytes + file.readUInt32LE(at + 20))
    blocks.push(at);
  expect(blocks.length).toBeGreaterThan(8);
});

async function load(bytes: Uint8Array) {
  writeFileSync(path, bytes);
  const table = makeTable();
  const report = await table.load(path);
  table.verify();
  expect(countSound(table)).toBe(report.entries);
  return report;
}

const recordsOf = (block: number) => file.readUInt32LE(block + 24);

describe("one byte changed", () => {
  it.each([
    ["in the records of a block", blockHeadBytes + 500],
    ["in the marker of its head", 0],
    ["in its length", 20],
    ["in its checksum", 28],
    ["in what its head leaves empty", 33],
  ])("%s costs that block alone, and the report says where", async (_, offset) => {
    const changed = Buffer.from(file);
    changed[blocks[3] + offset] ^= 0x40;
    const report = await load(changed);
    expect(report.entries).toBe(entries - recordsOf(blocks[3]));
    expect(report).toMatchObject({ corruptBlocks: 1, complete: true });
    expect(report.damage).toEqual([
      { offset: blocks[3], bytes: blocks[4] - blocks[3], reason: expect.stringMatching(/block/) },
    ]);
  });

  it("in the end costs nothing but the end", async () => {
    const changed = Buffer.from(file);
    changed[file.length - 3] ^= 1;
    const report = await load(changed);
    expect(report).toMatchObject({ entries, corruptBlocks: 1 });
  });

  it.each([0, 7, 12, 20, 30, 50, 63])(
    "in the header, at %i, is an error, and nothing is loaded",
    async (offset) => {
      const changed = Buffer.from(file);
      changed[offset] ^= 1;
      await expect(load(changed)).rejects.toThrow(SnapshotError);
    },
  );
});

describe("a file cut off", () => {
  it("in the middle of a block keeps what stands before it", async () => {
    const report = await load(file.subarray(0, blocks[5] + 1_000));
    expect(report.entries).toBe(blocks.slice(0, 5).reduce((sum, block) => sum + recordsOf(block), 0));
    expect(report).toMatchObject({ complete: false, corruptBlocks: 1 });
    expect(report.damage[0]).toMatchObject({ offset: blocks[5], bytes: 1_000 });
  });

  it("between two blocks is told from a whole one", async () => {
    const report = await load(file.subarray(0, blocks[5]));
    expect(report.entries).toBe(blocks.slice(0, 5).reduce((sum, block) => sum + recordsOf(block), 0));
    expect(report).toMatchObject({ complete: false, corruptBlocks: 0 });
  });

  it("in a head, in the end, right behind the header", async () => {
    expect(await load(file.subarray(0, blocks[5] + 9))).toMatchObject({ complete: false, corruptBlocks: 1 });
    expect(await load(file.subarray(0, file.length - 1))).toMatchObject({ entries, complete: false });
    expect(await load(file.subarray(0, headerBytes))).toMatchObject({ entries: 0, complete: false });
  });

  it.each([0, 1, 8, headerBytes - 1])("after %i bytes is no snapshot", async (length) => {
    await expect(load(file.subarray(0, length))).rejects.toThrow(SnapshotError);
  });
});

describe("a file that lacks a block", () => {
  it("is told from a whole one: at the start, in the middle, at the end", async () => {
    for (const lacking of [0, 4, blocks.length - 2]) {
      const without = Buffer.concat([file.subarray(0, blocks[lacking]), file.subarray(blocks[lacking + 1])]);
      const report = await load(without);
      expect(report).toMatchObject({ entries: entries - recordsOf(blocks[lacking]), corruptBlocks: 1 });
      expect(report.damage[0]).toMatchObject({ offset: blocks[lacking], bytes: 0 });
    }
  });
});

describe("a block that was read", () => {
  it("stays as it is while the next ones are read, damaged ones too", async () => {
    const changed = Buffer.from(file);
    for (const damaged of [2, 3, 5]) changed[blocks[damaged] + 1_000] ^= 1;
    const files = new MemoryFiles();
    files.files.set("file", changed);
    const reader = new BlockReader(
      {
        file: await files.open("file", "read"),
        path: "file",
        size: changed.length,
        id: changed.subarray(16, 24),
        onDamage() {},
        rest: async () => {},
      },
      [blockKind.first],
    );
    let read = 0;
    for (let block = await reader.next(); block !== undefined; read++) {
      const before = Buffer.from(block.content);
      const next = await reader.next();
      expect(block.content.equals(before)).toBe(true);
      block = next;
    }
    expect(read).toBe(blocks.length - 1 - 3);
  });
});

describe("a file with more in it", () => {
  it("behind the end: that is reported", async () => {
    const report = await load(Buffer.concat([file, Buffer.alloc(100, 7)]));
    expect(report).toMatchObject({ entries, corruptBlocks: 1, complete: true });
    expect(report.damage[0]).toMatchObject({ offset: file.length, bytes: 100 });
  });

  it("between blocks: it is passed over", async () => {
    const noise = Buffer.concat([marker, Buffer.alloc(2 ** 21, 9), marker]);
    const report = await load(Buffer.concat([file.subarray(0, blocks[2]), noise, file.subarray(blocks[2])]));
    expect(report).toMatchObject({ entries, corruptBlocks: 1, complete: true });
    expect(report.damage[0]).toMatchObject({ offset: blocks[2], bytes: noise.length });
  });

  it("that is a block of another snapshot: it is not believed", async () => {
    const other = makeTable();
    other.set("key:999999", "of another file");
    await other.snapshot(path);
    const foreign = readFileSync(path);
    const report = await load(
      Buffer.concat([file.subarray(0, blocks[2]), foreign.subarray(headerBytes), file.subarray(blocks[2])]),
    );
    expect(report).toMatchObject({ entries, corruptBlocks: 1, complete: true });
  });

  it("as a value: a snapshot in a snapshot is a value", async () => {
    const table = makeTable();
    table.set("file", file.subarray(0, 1_000_000));
    await table.snapshot(path);
    const cut = readFileSync(path);
    cut[headerBytes] ^= 1;
    writeFileSync(path, cut);
    const other = makeTable();
    expect(await other.load(path)).toMatchObject({ entries: 0, corruptBlocks: 1, complete: true });
  });
});

describe("records that make no sense under a checksum that fits", () => {
  /** Changes a word of the first record of a block, and reckons the checksums anew. */
  function forged(word: number, value: number): Buffer {
    const bytes = Buffer.from(file);
    const block = blocks[3];
    const end = blocks[4];
    bytes.writeInt32LE(value, block + blockHeadBytes + word * 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(block + blockHeadBytes, end)), block + 28);
    bytes.writeUInt32LE(crc32(bytes.subarray(block, block + 36)), block + 36);
    return bytes;
  }

  it.each([
    ["a key longer than may be", 0, 70_000],
    ["unknown bits", 0, (1 << 24) | 5],
    ["a dead one", 0, (1 << 17) | 5],
    ["tags that are none", 0, (1 << 19) | 12],
    ["a counter of another length", 0, (1 << 20) | 5],
    ["a kind that there is not", 0, (3 << 20) | 5],
    ["a deadline of zero", 0, (1 << 18) | 1],
    ["a value longer than the block", 1, 2 ** 30],
    ["a value of negative length", 1, -8],
    ["a value of the lowest length", 1, -(2 ** 31)],
    ["a version", 2, 1],
    ["flags above 255", 3, 256],
  ])("cost the rest of the block: %s", async (_, word, value) => {
    const report = await load(forged(word, value));
    expect(report.entries).toBe(entries - recordsOf(blocks[3]));
    expect(report.damage).toMatchObject([{ offset: blocks[3], reason: "a record makes no sense" }]);
  });
});

describe("a file that cannot be loaded at all", () => {
  it("of a newer version says so", async () => {
    const bytes = Buffer.from(file);
    bytes.writeUInt16LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, headerBytes - 4)), headerBytes - 4);
    await expect(load(bytes)).rejects.toThrow(/format version 2, and this Stowage reads version 1/);
    bytes.writeUInt16LE(128, 10);
    await expect(load(bytes)).rejects.toThrow(SnapshotError);
  });

  it("of another order of bytes says so", async () => {
    const bytes = Buffer.from(file);
    bytes.subarray(12, 16).reverse();
    bytes.writeUInt32LE(crc32(bytes.subarray(0, headerBytes - 4)), headerBytes - 4);
    await expect(load(bytes)).rejects.toThrow(/another order of bytes/);
  });

  it("is something else", async () => {
    await expect(load(Buffer.alloc(10_000, "text"))).rejects.toThrow(/no snapshot of a table/);
  });

  it("is not there, or is named by no text", async () => {
    const table = makeTable();
    await expect(table.load(`${path}.none`)).rejects.toThrow(DumpIoError);
    await expect(table.load("")).rejects.toThrow(InvalidArgumentError);
    await expect(table.snapshot(1 as never)).rejects.toThrow(InvalidArgumentError);
    await expect(table.snapshot(path, { progress: 1 } as never)).rejects.toThrow(InvalidOptionError);
  });
});
