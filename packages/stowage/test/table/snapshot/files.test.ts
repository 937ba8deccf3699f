/** Every operation on files failing in turn: the old snapshot is whole, nothing lies about, nothing stays open. */
import { describe, expect, it } from "vitest";
import { DumpIoError } from "../../../src/base/errors.js";
import { loadSnapshot } from "../../../src/table/snapshot/load.js";
import { takeSnapshot } from "../../../src/table/snapshot/snapshot.js";
import { insideOf } from "../../../src/table/table.js";
import { MemoryFiles } from "../../persist/memory-files.js";
import { countSound, fill, makeTable } from "./support.js";

const count = 1_000;

describe("a snapshot whose n-th operation fails", () => {
  it("leaves the old one, for every n, and can be taken again", async () => {
    const table = makeTable();
    fill(table, count, 1_000);
    for (let n = 1; ; n++) {
      const files = new MemoryFiles();
      files.files.set("snapshot", Buffer.from("old"));
      files.fails = (operation) => operation === n;
      const failed = await takeSnapshot(insideOf(table), "snapshot", undefined, files).then(
        () => false,
        (error) => {
          expect(error).toBeInstanceOf(DumpIoError);
          return true;
        },
      );
      expect(files.openCount).toBe(0);
      if (!failed) {
        expect(n).toBeGreaterThan(8);
        break;
      }
      expect(Buffer.from(files.files.get("snapshot") as Uint8Array).toString()).toBe("old");
      expect([...files.files.keys()]).toEqual(["snapshot"]);
    }
  }, 30_000);

  it("is brought to the disk before it takes the old one's name", async () => {
    const table = makeTable();
    fill(table, count, 1_000);
    const files = new MemoryFiles();
    await takeSnapshot(insideOf(table), "snapshot", undefined, files);
    expect(files.operations.filter((operation) => operation !== "write")).toEqual([
      "stat",
      "open create",
      "sync",
      "close",
      "rename",
    ]);
  });
});

describe("a load whose n-th operation fails", () => {
  it("says so, for every n, and what was loaded by then is sound", async () => {
    const table = makeTable();
    fill(table, count, 1_000);
    const files = new MemoryFiles();
    await takeSnapshot(insideOf(table), "snapshot", undefined, files);
    for (let n = 1; ; n++) {
      files.operations.length = 0;
      files.fails = (operation) => operation === n;
      const other = makeTable({ memory: "4mb" });
      const failed = await loadSnapshot(insideOf(other), "snapshot", undefined, files).then(
        () => false,
        (error) => {
          expect(error).toBeInstanceOf(DumpIoError);
          return true;
        },
      );
      expect(files.openCount).toBe(0);
      expect(countSound(other)).toBeLessThanOrEqual(count);
      other.close();
      if (failed) continue;
      expect(n).toBeGreaterThan(8);
      break;
    }
  }, 30_000);

  it("need not read as much at once as it is asked to", async () => {
    const table = makeTable();
    fill(table, count, 1_000);
    const files = new MemoryFiles();
    files.bytesAtOnce = 10_007;
    await takeSnapshot(insideOf(table), "snapshot", undefined, files);
    const other = makeTable();
    expect(await loadSnapshot(insideOf(other), "snapshot", undefined, files)).toMatchObject({
      entries: count,
      corruptBlocks: 0,
      complete: true,
    });
    expect(countSound(other)).toBe(count);
  });
});
