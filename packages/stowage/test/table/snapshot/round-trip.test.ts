/** What goes into a file comes out of it: keys, values, flags, tags, counters, and times as moments on the calendar. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SharedTable } from "../../../src/table/index.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { hostileStrings } from "../../../src/testing/hostile.js";
import { stamped } from "../support/values.js";
import { countSound, fill, keyOf, makeTable, temporaryFolder } from "./support.js";

const path = join(temporaryFolder(), "table.snapshot");

/** Through a file, into another table with another salt. */
async function through(table: SharedTable, options: Parameters<typeof makeTable>[0] = {}) {
  const saved = await table.snapshot(path);
  const other = makeTable(options);
  const loaded = await other.load(path);
  other.verify();
  return { other, saved, loaded };
}

describe("a table that was written and loaded", () => {
  it("has the same entries, and the reports say how many", async () => {
    const table = makeTable();
    fill(table, 5_000, 200);
    const { other, saved, loaded } = await through(table);
    expect(countSound(other)).toBe(5_000);
    expect(saved).toMatchObject({ path, entries: 5_000, expired: 0, missed: 0 });
    expect(loaded).toMatchObject({
      path,
      entries: 5_000,
      begunAt: expect.closeTo(Date.now(), -5),
      bytes: saved.bytes,
      expired: 0,
      present: 0,
      refused: 0,
      corruptBlocks: 0,
      damage: [],
      complete: true,
    });
    expect(other.getEntry(keyOf(7))?.version).toBeGreaterThan(0);
  });

  it("may have been empty", async () => {
    const { other, saved, loaded } = await through(makeTable());
    expect([saved.entries, loaded.entries, loaded.complete, other.size()]).toEqual([0, 0, true, 0]);
  });

  it("keeps keys and values of any bytes", async () => {
    const table = makeTable();
    for (const [index, key] of hostileStrings.entries()) table.set(key, Buffer.from([index, 0, 255]));
    table.set(Buffer.from([0, 255, 254]), Buffer.alloc(0));
    const { other } = await through(table);
    expect(other.size()).toBe(table.size());
    for (const [index, key] of hostileStrings.entries())
      expect(other.get(key)).toEqual(Buffer.from([index, 0, 255]));
    expect(other.get(Buffer.from([0, 255, 254]))).toEqual(Buffer.alloc(0));
  });

  it("keeps the user's flags", async () => {
    const table = makeTable();
    for (const flags of [0, 1, 255]) table.set(`flags ${flags}`, "v", { flags });
    const { other } = await through(table);
    for (const flags of [0, 1, 255]) expect(other.getEntry(`flags ${flags}`)?.flags).toBe(flags);
  });

  it("keeps counters as counters", async () => {
    const table = makeTable();
    table.incr("whole", 41);
    table.incr("half", 0.5);
    table.incrBig("big", 2n ** 62n);
    table.incr("timed", 1, { ttl: "1h" });
    const { other } = await through(table);
    expect(other.incr("whole", 1)).toBe(42);
    expect(other.incr("half", 1)).toBe(1.5);
    expect(other.incrBig("big", 1n)).toBe(2n ** 62n + 1n);
    expect(other.incr("timed", 1)).toBe(2);
    expect(other.ttl("timed")).toBeGreaterThan(3_500_000);
  });

  it("keeps tags: what bears one can be invalidated", async () => {
    const table = makeTable();
    table.set("a", "1", { tags: ["x", "é"] });
    table.set("b", "2", { tags: ["y"], ttl: "1h" });
    const { other } = await through(table);
    expect([other.getString("a"), other.getString("b")]).toEqual(["1", "2"]);
    other.invalidateTag("é");
    expect([other.getString("a"), other.getString("b")]).toEqual([undefined, "2"]);
    other.invalidateTag("y");
    expect(other.getString("b")).toBeUndefined();
  });

  it("keeps values longer than a segment, and keys as long as they may be", async () => {
    const table = makeTable({ segmentSize: "16kb" });
    table.set("long", stamped(1, 1, 1_500_000));
    table.set("longer than a block", stamped(2, 1, 300_000), { ttl: "1h", tags: ["t"] });
    table.set("k".repeat(65_536), stamped(3, 1, 10_000));
    table.set("small", stamped(4, 1, 100));
    const { other, loaded } = await through(table, { segmentSize: "64kb" });
    expect(loaded.entries).toBe(4);
    expect(other.get("long")?.equals(stamped(1, 1, 1_500_000))).toBe(true);
    expect(other.get("longer than a block")?.equals(stamped(2, 1, 300_000))).toBe(true);
    expect(other.get("k".repeat(65_536))?.equals(stamped(3, 1, 10_000))).toBe(true);
    other.invalidateTag("t");
    expect(other.has("longer than a block")).toBe(false);
  });

  it("keeps values that are long, but not longer than a segment", async () => {
    const table = makeTable({ memory: "64mb", segmentSize: "4mb" });
    for (let index = 0; index < 8; index++)
      table.set(keyOf(index), stamped(index, 1, 300_000 + index * 80_000));
    const { other, loaded } = await through(table, { memory: "64mb" });
    expect(loaded.entries).toBe(8);
    expect(countSound(other)).toBe(8);
  });

  it("does not change the table that was written", async () => {
    const table = makeTable();
    fill(table, 1_000, 100);
    const before = table.getEntry(keyOf(3));
    await table.snapshot(path);
    table.verify();
    expect(table.getEntry(keyOf(3))).toEqual(before);
    expect(countSound(table)).toBe(1_000);
  });
});

describe("times", () => {
  /** Written at one moment, loaded at another, in a process whose clock counts from elsewhere. */
  async function later(fillIn: (table: SharedTable) => void, downMs: number) {
    const clock = new FakeClock();
    const table = makeTable({ clock });
    fillIn(table);
    const saved = await table.snapshot(path);
    const then = new FakeClock();
    then.advance(50_000);
    then.shiftWall(clock.wall() + downMs - then.wall());
    const other = makeTable({ clock: then });
    const loaded = await other.load(path);
    other.verify();
    return { other, saved, loaded, then };
  }

  it("go on while nothing runs", async () => {
    const { other, then } = await later((table) => table.set("a", "1", { ttl: 10_000 }), 4_000);
    expect(other.ttl("a")).toBe(6_000);
    then.advance(5_999);
    expect(other.getString("a")).toBe("1");
    then.advance(1);
    expect(other.getString("a")).toBeUndefined();
  });

  it("can be renewed as before, and there may be none", async () => {
    const { other } = await later((table) => {
      table.set("a", "1", { ttl: 10_000 });
      table.set("b", "1", { ttl: 10_000 });
      table.set("c", "1");
      table.persist("b");
    }, 4_000);
    expect(other.touch("a")).toBe(true);
    expect([other.ttl("a"), other.ttl("b"), other.ttl("c")]).toEqual([10_000, null, null]);
  });

  it("of what expired since: it is not loaded", async () => {
    const { loaded, other } = await later((table) => {
      table.set("a", "1", { ttl: 10 });
      table.set("b", "1", { ttl: 100_000 });
    }, 10);
    expect([loaded.entries, loaded.expired, other.size()]).toEqual([1, 1, 1]);
  });

  it("are not those of the table's option", async () => {
    const table = makeTable();
    table.set("a", "1");
    await table.snapshot(path);
    const other = makeTable({ ttl: 1_000 });
    await other.load(path);
    expect(other.ttl("a")).toBe(null);
  });
});

describe("what is no entry any more", () => {
  it("is not written: deleted, expired, invalidated", async () => {
    const clock = new FakeClock();
    const table = makeTable({ clock });
    fill(table, 10, 50);
    table.set("expired", "1", { ttl: 10 });
    table.set("invalid", "1", { tags: ["t"] });
    table.set("replaced", "old");
    table.set("replaced", "new");
    table.delete(keyOf(1));
    clock.advance(10);
    table.invalidateTag("t");
    const saved = await table.snapshot(path);
    expect(saved).toMatchObject({ entries: 10, expired: 2 });
    const other = makeTable();
    await other.load(path);
    expect(other.size()).toBe(10);
    expect(other.getString("replaced")).toBe("new");
    expect([other.has("expired"), other.has("invalid"), other.has(keyOf(1))]).toEqual([false, false, false]);
  });
});

describe("any contents", () => {
  const anyKey = fc.oneof(
    fc.constantFrom(...hostileStrings.slice(0, 20)),
    fc.string(),
    fc.nat(50).map(String),
  );
  const anyWrite = fc.record({
    key: anyKey,
    value: fc.uint8Array({ maxLength: 2_000 }),
    flags: fc.nat(255),
    tags: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 }),
    ttl: fc.option(fc.integer({ min: 1_000, max: 10 ** 9 })),
    remove: fc.boolean(),
  });

  it("come back as they were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { maxLength: 60 }), async (writes) => {
        const clock = new FakeClock();
        const table = makeTable({ memory: "2mb", clock });
        for (const { key, value, flags, tags, ttl, remove } of writes) {
          if (remove) table.delete(key);
          else table.set(key, value, { flags, tags, ttl });
        }
        const { other } = await through(table, { memory: "2mb", clock });
        expect(other.size()).toBe(table.size());
        for (const { key } of writes) {
          const expected = table.getEntry(key);
          const found = other.getEntry(key);
          expect(found && { ...found, version: 0 }).toEqual(expected && { ...expected, version: 0 });
        }
        table.invalidateTag("b");
        other.invalidateTag("b");
        for (const { key } of writes) expect(other.has(key)).toBe(table.has(key));
        table.close();
        other.close();
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});
