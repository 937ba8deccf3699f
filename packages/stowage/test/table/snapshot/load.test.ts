/** Loading into tables that have something, or not enough room, or are used meanwhile. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ClosedError } from "../../../src/base/errors.js";
import type { SnapshotProgress } from "../../../src/table/types.js";
import { stamped } from "../support/values.js";
import { countSound, fill, keyOf, makeTable, temporaryFolder } from "./support.js";

const count = 4_000;
const path = join(temporaryFolder(), "table.snapshot");

beforeAll(async () => {
  const table = makeTable();
  fill(table, count, 1_000);
  await table.snapshot(path);
});

describe("a table that has entries", () => {
  it("keeps them: what is there is newer than any file", async () => {
    const table = makeTable();
    table.set(keyOf(3), "mine");
    table.set("other", "mine");
    const report = await table.load(path);
    expect(report).toMatchObject({ entries: count - 1, present: 1 });
    expect([table.getString(keyOf(3)), table.getString("other")]).toEqual(["mine", "mine"]);
    expect(table.size()).toBe(count + 1);
  });

  it("gets nothing from loading twice", async () => {
    const table = makeTable();
    await table.load(path);
    expect(await table.load(path)).toMatchObject({ entries: 0, present: count });
    expect(countSound(table)).toBe(count);
    table.verify();
  });

  it("takes what has expired in it from the file", async () => {
    const table = makeTable();
    table.set(keyOf(3), "mine", { ttl: 1 });
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(await table.load(path)).toMatchObject({ entries: count });
    expect(countSound(table)).toBe(count);
  });

  it("can be written to meanwhile: the writes stay", async () => {
    const table = makeTable();
    let index = 0;
    await table.load(path, {
      onProgress() {
        for (let write = 0; write < 100; write++, index++) table.set(keyOf(index), "mine");
      },
    });
    expect(index).toBeGreaterThan(1_000);
    for (let each = 0; each < index; each++) expect(table.getString(keyOf(each))).toBe("mine");
    table.verify();
  });
});

describe("a table that has too little room", () => {
  it("evicts as it always does, and keeps its bounds", async () => {
    const table = makeTable({ memory: "2mb" });
    const report = await table.load(path);
    expect(report.entries).toBe(count);
    expect(countSound(table)).toBeGreaterThan(500);
    expect(table.size()).toBeLessThan(2_000);
    table.verify();
  });

  it("for entries: keeps to max", async () => {
    const table = makeTable({ max: 100 });
    await table.load(path);
    expect(table.size()).toBe(100);
    expect(countSound(table)).toBe(100);
    table.verify();
  });

  it("and does not evict: takes what fits, and says what did not", async () => {
    const table = makeTable({ memory: "2mb", evict: false });
    const report = await table.load(path);
    expect(report.entries + report.refused).toBe(count);
    expect(report.entries).toBeGreaterThan(1_000);
    expect(countSound(table)).toBe(report.entries);
    table.verify();
  });

  it("for long values: leaves those out", async () => {
    const table = makeTable();
    table.set("long", stamped(1, 1, 500_000));
    table.set("short", stamped(2, 1, 5_000));
    const file = `${path}.long`;
    await table.snapshot(file);
    const other = makeTable({ maxValueSize: "64kb" });
    expect(await other.load(file)).toMatchObject({ entries: 1, refused: 1 });
    expect(other.has("short")).toBe(true);
  });
});

describe("while a snapshot is taken", () => {
  it("a long value that is rewritten without end is left out, and that is told", async () => {
    const table = makeTable({ memory: "256mb", segmentSize: "16kb", maxValueSize: "32mb" });
    const long = Buffer.alloc(2 ** 25, 1);
    fill(table, 100, 100);
    table.set("long", long);
    let writing = true;
    const write = () => {
      if (!writing) return;
      table.set("long", long);
      setImmediate(write);
    };
    write();
    const file = `${path}.missed`;
    const saved = await table.snapshot(file);
    writing = false;
    expect(saved).toMatchObject({ entries: 100, missed: 1 });
    const other = makeTable();
    expect(await other.load(file)).toMatchObject({ entries: 100, complete: true });
    table.close();
  }, 30_000);
});

describe("while a load runs", () => {
  it("an invalidation counts for what is loaded after it", async () => {
    const table = makeTable();
    for (let index = 0; index < 2_000; index++)
      table.set(keyOf(index), stamped(index, 1, 500), { tags: ["all"] });
    const file = `${path}.tags`;
    await table.snapshot(file);
    const other = makeTable();
    let reports = 0;
    await other.load(file, { onProgress: () => ++reports === 1 && other.invalidateTag("all") });
    expect(reports).toBeGreaterThan(2);
    for (let index = 0; index < 2_000; index++) expect(other.has(keyOf(index))).toBe(false);
  });

  it("a clear ends it, and stays", async () => {
    const table = makeTable();
    let reports = 0;
    const report = await table.load(path, { onProgress: () => ++reports === 2 && table.clear() });
    expect(report.complete).toBe(false);
    expect(report.entries).toBeLessThan(count);
    expect(table.size()).toBe(0);
  });

  it("a close ends it with an error", async () => {
    const table = makeTable();
    await expect(table.load(path, { onProgress: () => table.close() })).rejects.toThrow(ClosedError);
    const other = makeTable();
    fill(other, count, 1_000);
    const closing = other.snapshot(`${path}.closed`, { onProgress: () => other.close() });
    await expect(closing).rejects.toThrow(ClosedError);
  });
});

describe("progress", () => {
  it("is told of both ways, and goes up", async () => {
    const table = makeTable();
    const told: SnapshotProgress[] = [];
    const file = `${path}.progress`;
    const onProgress = (progress: SnapshotProgress) => void told.push(progress);
    fill(table, count, 1_000);
    const saved = await table.snapshot(file, { onProgress });
    expect(told.length).toBeGreaterThan(10);
    expect(told.at(-1)).toEqual({ phase: "snapshot", entries: count, bytes: saved.bytes });
    for (let i = 1; i < told.length; i++) expect(told[i].entries).toBeGreaterThanOrEqual(told[i - 1].entries);
    told.length = 0;
    await makeTable().load(file, { onProgress });
    expect(told.at(-1)).toMatchObject({ phase: "load", entries: count, totalBytes: saved.bytes });
  });

  it("can end either by throwing", async () => {
    const stop = () => {
      throw new Error("enough");
    };
    const table = makeTable();
    await expect(table.load(path, { onProgress: stop })).rejects.toThrow("enough");
    expect(countSound(table)).toBeGreaterThan(0);
    table.verify();
    await expect(table.snapshot(`${path}.none`, { onProgress: stop })).rejects.toThrow("enough");
    await expect(makeTable().load(`${path}.none`)).rejects.toThrow(/ENOENT/);
  });
});
