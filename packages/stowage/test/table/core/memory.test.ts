/** Memory: what is reserved and what is used, large tables, long items, the limits of numbers. */
import { describe, expect, test } from "vitest";
import { InvalidHandleError, InvalidOptionError, TableFullError } from "../../../src/base/errors.js";
import { find } from "../../../src/table/directory/find.js";
import * as segments from "../../../src/table/log/segments.js";
import { KeyBuffer } from "../../../src/table/memory/key-buffer.js";
import {
  C_BUCKETS,
  C_OVERFLOW_LOW,
  C_SEGMENT_HINT,
  INDEX_BANK_BITS,
  SEGMENT_CHAINED,
} from "../../../src/table/memory/layout.js";
import { insideOf, SharedTable } from "../../../src/table/table.js";
import { bucketOf, nextVersion } from "../../../src/table/threads/locks.js";
import { tableOf, timed } from "./support.js";

describe("options", () => {
  test.each([
    [{}, "memory"],
    [{ memory: 1_000 }, "memory"],
    [{ memory: "1 tb" }, "memory"],
    [{ memory: "33gb" }, "memory"],
    [{ memory: "16mb", segmentSize: 20_000 }, "segmentSize"],
    [{ memory: "16mb", segmentSize: "16mb" }, "segmentSize"],
    [{ memory: "16mb", maxValueSize: "8mb" }, "maxValueSize"],
    [{ memory: "16mb", threads: 251 }, "threads"],
    [{ memory: "16mb", feed: 100 }, "feed"],
    [{ memory: "16mb", max: 0 }, "max"],
    [{ memory: "16mb", janitor: 0 }, "janitor"],
    [{ memory: "1mb", feed: 65_536 }, "memory"],
  ])("%o names %s", (options, name) => {
    const error = caught(() => SharedTable.create(options as never));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect((error as InvalidOptionError).option).toBe(name);
  });

  test("what is no handle", () => {
    const { handle } = tableOf();
    for (const wrong of [
      undefined,
      null,
      {},
      { ...handle, layout: 99 },
      { ...handle, control: new ArrayBuffer(9) },
    ])
      expect(() => SharedTable.attach(wrong as never)).toThrow(InvalidHandleError);
  });
});

describe("reserved memory", () => {
  test("is not touched before it is used", () => {
    const before = process.memoryUsage().rss;
    const table = tableOf({ memory: "6gb" });
    table.set("a", "1");
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    expect(table.handle.banks.length).toBeGreaterThan(4);
  });

  test("beyond 4 GiB works like the rest, in every bank of it", () => {
    const table = tableOf({ memory: "6gb", segmentSize: "16mb", threads: 1 });
    const t = insideOf(table);
    const perBank = 64;
    for (let bank = table.handle.banks.length - 1; bank >= 0; bank--) {
      t.control[C_SEGMENT_HINT] = bank * perBank + 3;
      const key = `in bank ${bank}`;
      table.set(
        `jumbo ${bank}`,
        Buffer.alloc(40 * 2 ** 20 > t.valueBytesMax ? t.valueBytesMax : 2 ** 25, bank),
      );
      table.set(key, `value ${bank}`, { ttl: "1h", tags: ["t"] });
      table.incr(`n ${bank}`, bank);
      if (t.openSegment >= 0) segments.seal(t, t.openSegment);
      t.openSegment = -1;
    }
    for (let bank = 0; bank < table.handle.banks.length; bank++) {
      expect(table.getString(`in bank ${bank}`)).toBe(`value ${bank}`);
      expect(table.incr(`n ${bank}`)).toBe(bank + 1);
      const long = table.get(`jumbo ${bank}`) as Buffer;
      expect(long.every((byte) => byte === bank)).toBe(true);
    }
    t.control[C_SEGMENT_HINT] = 0;
    expect(t.bucketsMax >>> INDEX_BANK_BITS).toBeGreaterThan(1);
  }, 30_000);

  test("bounds what is used, whatever is stored", () => {
    const table = tableOf({ memory: "1mb", threads: 2 });
    for (let index = 0; index < 30_000; index++) {
      table.set(`${index}`, "");
      if (index % 1_000 === 0) expect(table.stats().memory.used).toBeLessThanOrEqual(2 ** 20);
    }
    for (let index = 0; index < 300; index++) {
      table.set(`long ${index}`, Buffer.alloc(index * 400));
      expect(table.stats().memory.used).toBeLessThanOrEqual(2 ** 20);
    }
    expect(table.getString("long 299")?.length).toBe(299 * 400);
  }, 20_000);
});

describe("full tables", () => {
  test("that do not evict say so, and keep what they have", () => {
    const table = tableOf({ memory: "1mb", evict: false, threads: 2 });
    let stored = 0;
    expect(() => {
      for (; ; stored++) table.set(`key ${stored}`, Buffer.alloc(1_000, stored));
    }).toThrow(TableFullError);
    expect(stored).toBeGreaterThan(500);
    for (let index = 0; index < stored; index++) expect(table.get(`key ${index}`)?.[999]).toBe(index & 0xff);
    expect(table.size()).toBe(stored);
    table.verify();
    for (let index = 0; index < 100; index++) table.delete(`key ${index}`);
    table.set("again", "1");
    expect(table.getString("again")).toBe("1");
  });

  test("max is exact after each call", () => {
    const table = tableOf({ max: 10 });
    for (let index = 0; index < 500; index++) {
      table.set(`key ${index % 37}`, "x");
      expect(table.size()).toBeLessThanOrEqual(10);
    }
    expect(table.size()).toBe(10);
    const strict = tableOf({ max: 2, evict: false });
    strict.set("a", "1");
    strict.set("b", "1");
    expect(() => strict.set("c", "1")).toThrow(TableFullError);
    strict.set("a", "2");
    strict.delete("b");
    strict.set("c", "1");
    expect([...strict.keys()].map(String).sort()).toEqual(["a", "c"]);
  });
});

describe("long items", () => {
  test("take as many segments as they need and give them back", () => {
    const table = tableOf({ memory: "4mb", segmentSize: "16kb", maxValueSize: "1mb" });
    const t = insideOf(table);
    const capacity = t.segmentBytes - 8;
    for (const length of [
      capacity - 60,
      capacity - 36,
      capacity - 20,
      2 * capacity - 20,
      10 * capacity,
      2 ** 20,
    ]) {
      const value = Buffer.alloc(length, "0123456789abcdef");
      table.set("key", value);
      table.set("timed", value, { ttl: "1h", tags: ["a", "b"], flags: 3 });
      expect(table.get("key")?.equals(value)).toBe(true);
      expect(table.getEntry("timed")).toMatchObject({ flags: 3, ttl: expect.any(Number) });
      expect(table.take("timed")?.equals(value)).toBe(true);
      table.verify();
    }
    table.delete("key");
    for (let index = 0; index < 400; index++) table.set(`fill ${index}`, Buffer.alloc(8_000));
    expect(countChained(table)).toBe(0);
  });

  test("half a chain, left by one who died, is given back", () => {
    const table = tableOf({ memory: "4mb", segmentSize: "16kb" });
    const t = insideOf(table);
    table.set("long", Buffer.alloc(60_000, 7));
    const used = t.segmentCount - segments.freeCount(t);
    const head = segments.openChain(t, 0, 4);
    t.segments[head * 16] = 0; // died between marking the links and counting
    segments.repairSegments(t);
    expect(t.segmentCount - segments.freeCount(t)).toBe(used);
    expect(table.get("long")?.every((byte) => byte === 7)).toBe(true);
  });
});

describe("numbers that end", () => {
  test("a version after 2^31 - 1 is 1, and compares as the next", () => {
    const table = tableOf();
    table.set("a", "0");
    const t = insideOf(table);
    t.key.take("a", "test");
    const bucket = bucketOf(t.key.h1, t.control[C_BUCKETS]);
    t.index[0][bucket * 16] = 0x7fff_fffe;
    expect(table.set("a", "1")).toBe(0x7fff_ffff);
    expect(table.set("a", "2")).toBe(1);
    expect(table.compareAndSet("a", 0x7fff_ffff, "3")).toBe(0);
    expect(table.compareAndSet("a", 1, "3")).toBe(2);
    expect(nextVersion(0x7fff_ffff)).toBe(1);
  });

  test("ttls of a thousand years", () => {
    const { table, clock } = timed();
    table.set("a", "1", { ttl: "1000y" });
    clock.advance(500 * 365 * 86_400_000);
    table.purge();
    expect(table.has("a")).toBe(true);
  });
});

describe("the index", () => {
  test.each(["8mb", "6gb"] as const)("chains grow when hashes collide, and shrink again (%s)", (memory) => {
    const table = tableOf({ memory });
    const t = insideOf(table);
    const keys = collidingKeys(table, 40);
    for (const key of keys) table.set(key, key);
    expect(t.bucketsMax - t.control[C_OVERFLOW_LOW]).toBeGreaterThan(4);
    table.verify();
    for (const key of keys) expect(table.getString(key)).toBe(key);
    for (const key of keys) expect(table.delete(key)).toBe(true);
    table.verify();
    for (const key of keys) table.set(key, "again");
    for (let index = 0; index < 20_000; index++) table.set(`more ${index}`, "x");
    table.verify();
    for (const key of keys) expect(table.getString(key)).toBe("again");
  });

  test("buckets of a hash when there are 1 to 200, by the definition", () => {
    for (let buckets = 1; buckets <= 200; buckets++) {
      const level = 2 ** Math.floor(Math.log2(buckets));
      for (const hash of [0, 1, 63, 64, 127, 128, 199, 255, 0x7fff_ffff, 0x1234_5678]) {
        const wide = hash % (level * 2);
        expect(bucketOf(hash, buckets)).toBe(wide < buckets ? wide : hash % level);
      }
    }
  });

  test("a key hashes alike however it comes", () => {
    const one = new KeyBuffer(7);
    const other = new KeyBuffer(7);
    for (const key of [
      "",
      "a",
      "abc",
      "abcd",
      "é",
      "k".repeat(64),
      "k".repeat(65),
      "x".repeat(9_999),
      "\ud800",
    ]) {
      one.take(key, "test");
      const bytes = one.copy();
      const hashes = [one.h1, one.h2(), one.length];
      other.take("something longer than most, to leave its bytes behind", "test");
      other.take(bytes, "test");
      expect([other.h1, other.h2(), other.length]).toEqual(hashes);
      const words = one.words.slice();
      other.takeWords(words, 0, bytes.length);
      expect([other.h1, other.h2(), other.length]).toEqual(hashes);
    }
  });
});

function countChained(table: SharedTable): number {
  const t = insideOf(table);
  let count = 0;
  for (let segment = 0; segment < t.segmentCount; segment++) {
    if (segments.stateOf(t, segment) === SEGMENT_CHAINED) count++;
  }
  return count;
}

/** Keys of one bucket while there are 64. */
function collidingKeys(table: SharedTable, count: number): string[] {
  const t = insideOf(table);
  const keys: string[] = [];
  for (let index = 0; keys.length < count; index++) {
    t.key.take(`key ${index}`, "test");
    if ((t.key.h1 & 63) === 5) keys.push(`key ${index}`);
  }
  expect(find(t, 5, t.key)).toBe(0);
  return keys;
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
