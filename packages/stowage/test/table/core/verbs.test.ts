/** The verbs in one thread: what each returns, what it leaves, what it refuses. */
import { describe, expect, test } from "vitest";
import {
  CounterOverflowError,
  InvalidArgumentError,
  InvalidOptionError,
  KeyTooLargeError,
  NonNumericValueError,
  ValueTooLargeError,
} from "../../../src/base/errors.js";
import { tableOf, timed } from "./support.js";

describe("keys", () => {
  test("a text and its bytes are the same key", () => {
    const table = tableOf();
    table.set("é", "1");
    expect(table.getString(Buffer.from("é"))).toBe("1");
    table.set(new Uint8Array([0xe2, 0x82, 0xac]), "2");
    expect(table.getString("€")).toBe("2");
    expect(table.size()).toBe(2);
  });

  test("lone surrogates are keys of their own", () => {
    const table = tableOf();
    const keys = ["\ud800", "\udc00", "\ufffd", "a\ud800", "\ud800b", "\ud83d\ude00", "\ud83d", "\ude00"];
    for (const key of keys) table.set(key, JSON.stringify(key));
    for (const key of keys) expect(table.getString(key)).toBe(JSON.stringify(key));
    expect(table.size()).toBe(keys.length);
    expect(table.getString(Buffer.from([0xed, 0xa0, 0x80]))).toBe(JSON.stringify("\ud800"));
  });

  test("from 0 bytes to 64 KiB, in whatever kind", () => {
    const table = tableOf();
    for (const length of [
      0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1_000, 16_000, 16_384, 40_000, 65_535, 65_536,
    ]) {
      const text = "k".repeat(length);
      table.set(text, `value ${length}`);
      expect(table.getString(Buffer.from(text))).toBe(`value ${length}`);
      table.set(Buffer.from(text), "again", { ttl: "1h", tags: ["a"] });
      expect(table.getString(text)).toBe("again");
      if (length < 65_536) expect(table.incr(`${text}n`, 2)).toBe(2);
    }
    expect(() => table.set("k".repeat(65_537), "")).toThrow(KeyTooLargeError);
    expect(() => table.get(Buffer.alloc(65_537))).toThrow(KeyTooLargeError);
    expect(() => table.get("é".repeat(40_000))).toThrow(KeyTooLargeError);
    expect(() => table.get(1 as never)).toThrow(InvalidArgumentError);
  });

  test("keys that differ in padding only", () => {
    const table = tableOf();
    const keys = ["", "\0", "\0\0", "\0\0\0", "\0\0\0\0", "\0\0\0\0\0", "a", "a\0"];
    for (const key of keys) table.set(key, JSON.stringify(key));
    for (const key of keys) expect(table.getString(key)).toBe(JSON.stringify(key));
  });
});

describe("values", () => {
  test.each([
    0, 1, 3, 4, 5, 8, 100, 383, 384, 385, 4_095, 4_096, 4_097, 5_000, 16_384, 65_536, 100_000, 262_144,
  ])("of %i bytes come out as they went in, by every way", (length) => {
    const table = tableOf();
    const value = Buffer.alloc(length, "every byte differs from the next");
    table.set("key", value);
    expect(table.get("key")).toEqual(value);
    expect(table.getEntry("key")?.value).toEqual(value);
    const target = Buffer.alloc(length + 5, 0xee);
    expect(table.getInto("key", target, 3)).toBe(length);
    expect(target.subarray(3, 3 + length).equals(value)).toBe(true);
    expect([target[0], target[2], target[3 + length]]).toEqual([0xee, 0xee, 0xee]);
    if (length > 0) expect(table.getInto("key", Buffer.alloc(length - 1))).toBe(length);
    const text = "x".repeat(length);
    table.set("text", text, { ttl: "1h" });
    expect(table.getString("text")).toBe(text);
    expect([...table.entries()].map(([key, found]) => [key.toString(), found.length]).sort()).toEqual([
      ["key", length],
      ["text", length],
    ]);
  });

  test("of two and four bytes a character", () => {
    const table = tableOf();
    for (const text of ["é", "€uro", "😀".repeat(300), "é".repeat(3_000), "é".repeat(100_000)]) {
      table.set("key", text);
      expect(table.getString("key")).toBe(text);
    }
    table.set("key", "a\ud800b");
    expect(table.getString("key")).toBe("a\ufffdb");
  });

  test("that are too long, or none, are refused and change nothing", () => {
    const table = tableOf();
    table.set("key", "old");
    expect(() => table.set("key", Buffer.alloc(300_000))).toThrow(ValueTooLargeError);
    expect(() => table.set("key", "x".repeat(300_000))).toThrow(ValueTooLargeError);
    expect(() => table.append("key", Buffer.alloc(262_142))).toThrow(ValueTooLargeError);
    expect(() => table.set("key", 5 as never)).toThrow(InvalidArgumentError);
    expect(() => table.set("key", "new", { flags: 256 })).toThrow(InvalidOptionError);
    expect(() => table.set("key", "new", { tll: 1 } as never)).toThrow(InvalidOptionError);
    expect(table.getString("key")).toBe("old");
  });

  test("are the caller's: changing what was got changes nothing", () => {
    const table = tableOf();
    table.set("a", "one");
    const got = table.get("a") as Buffer;
    const other = table.get("a") as Buffer;
    got.fill(0);
    expect(other.toString()).toBe("one");
    expect(table.getString("a")).toBe("one");
  });
});

describe("versions and conditions", () => {
  test("add, replace and compareAndSet", () => {
    const table = tableOf();
    expect(table.replace("a", "0")).toBe(0);
    const first = table.add("a", "1");
    expect(first).toBeGreaterThan(0);
    expect(table.add("a", "2")).toBe(0);
    const second = table.replace("a", "3", { flags: 7 });
    expect(second).not.toBe(first);
    expect(table.compareAndSet("a", first, "4")).toBe(0);
    expect(table.getEntry("a")).toEqual({ value: Buffer.from("3"), flags: 7, version: second, ttl: null });
    expect(table.compareAndSet("a", second, "5")).toBeGreaterThan(second);
    expect(table.compareAndSet("b", 0, "6")).toBeGreaterThan(0);
    expect(table.compareAndSet("b", 0, "7")).toBe(0);
    expect(() => table.compareAndSet("b", -1, "7")).toThrow(InvalidArgumentError);
  });

  test("versions grow over a delete", () => {
    const table = tableOf();
    let last = table.set("a", "1");
    for (let round = 0; round < 100; round++) {
      table.delete("a");
      const next = table.set("a", "1");
      expect(next).toBeGreaterThan(last);
      expect(table.compareAndSet("a", last, "x")).toBe(0);
      last = next;
    }
  });

  test("delete, deleteIf, take", () => {
    const table = tableOf();
    const version = table.set("a", "1");
    expect(table.deleteIf("a", version + 1)).toBe(false);
    expect(table.deleteIf("a", version)).toBe(true);
    expect(table.delete("a")).toBe(false);
    table.set("a", "2");
    expect(table.take("a")?.toString()).toBe("2");
    expect(table.take("a")).toBeUndefined();
    expect(table.has("a")).toBe(false);
    expect(table.size()).toBe(0);
  });

  test("append keeps what else the entry carries", () => {
    const { table } = timed();
    expect(table.append("a", "x")).toBe(1);
    table.set("a", "x", { ttl: "1m", flags: 3, tags: ["t"] });
    expect(table.append("a", Buffer.from("yz"))).toBe(3);
    expect(table.getEntry("a")).toMatchObject({ value: Buffer.from("xyz"), flags: 3, ttl: 60_000 });
    table.invalidateTag("t");
    expect(table.get("a")).toBeUndefined();
    expect(table.append("a", "new")).toBe(3);
    table.incr("n", 12);
    expect(table.append("n", "!")).toBe(3);
    expect(table.getString("n")).toBe("12!");
  });
});

describe("time", () => {
  test("an entry is there until its time and not after", () => {
    const { table, clock } = timed();
    table.set("a", "1", { ttl: 100 });
    table.set("b", "1");
    clock.advance(99);
    expect(table.ttl("a")).toBe(1);
    expect(table.getString("a")).toBe("1");
    clock.advance(1);
    expect(table.ttl("a")).toBeUndefined();
    expect(table.get("a")).toBeUndefined();
    expect(table.size()).toBe(1);
    expect(table.ttl("b")).toBeNull();
    expect(table.stats().expirations).toBe(1);
  });

  test("touch, expire, expireAt, persist leave value and version", () => {
    const { table, clock } = timed();
    const version = table.set("a", "1", { flags: 9, tags: ["t"] });
    expect(table.touch("a")).toBe(true);
    expect(table.expire("a", "10s")).toBe(true);
    clock.advance(9_000);
    expect(table.touch("a")).toBe(true);
    expect(table.ttl("a")).toBe(10_000);
    expect(table.expireAt("a", clock.wall() + 500)).toBe(true);
    expect(table.ttl("a")).toBe(500);
    expect(table.persist("a")).toBe(true);
    expect(table.getEntry("a")).toEqual({ value: Buffer.from("1"), flags: 9, version, ttl: null });
    expect(table.expireAt("a", clock.wall() - 1)).toBe(true);
    expect(table.has("a")).toBe(false);
    for (const absent of [table.touch("a"), table.expire("a", 5), table.expireAt("a", 1), table.persist("a")])
      expect(absent).toBe(false);
  });

  test("the table's ttl, and null against it", () => {
    const { table, clock } = timed({ ttl: "1s" });
    table.set("a", "1");
    table.set("b", "1", { ttl: null });
    table.incr("c");
    table.incr("d", 1, { ttl: null });
    clock.advance(1_000);
    expect([..."abcd"].map((key) => table.has(key))).toEqual([false, true, false, true]);
  });

  test("an expired entry counts as absent everywhere", () => {
    const { table, clock } = timed();
    const version = table.set("a", "1", { ttl: 5 });
    for (const key of ["b", "c", "d", "e"]) table.set(key, "5", { ttl: 5 });
    clock.advance(5);
    expect(table.compareAndSet("a", version, "2")).toBe(0);
    expect(table.replace("a", "2")).toBe(0);
    expect(table.add("a", "2")).toBeGreaterThan(0);
    expect(table.incr("b")).toBe(1);
    expect(table.append("c", "x")).toBe(1);
    expect(table.take("d")).toBeUndefined();
    expect(table.delete("e")).toBe(false);
    expect(table.size()).toBe(3);
  });
});

describe("counters", () => {
  test("integers and doubles", () => {
    const table = tableOf();
    expect(table.incr("a")).toBe(1);
    expect(table.incr("a", 41)).toBe(42);
    expect(table.getString("a")).toBe("42");
    expect(table.decr("a", 0.5)).toBe(41.5);
    expect(table.getString("a")).toBe("41.5");
    expect(table.decr("b", 5, { default: 100 })).toBe(95);
    const target = Buffer.alloc(10);
    expect(table.getInto("a", target)).toBe(4);
    expect(target.toString("latin1", 0, 4)).toBe("41.5");
    expect(table.getEntry("a")?.value.toString()).toBe("41.5");
    expect([...table.entries()].map(([, value]) => value.toString()).sort()).toEqual(["41.5", "95"]);
  });

  test("64 bits, exactly, and not one more", () => {
    const table = tableOf();
    const most = 2n ** 63n - 1n;
    expect(table.incrBig("a", most)).toBe(most);
    expect(table.getString("a")).toBe(String(most));
    expect(() => table.incrBig("a", 1n)).toThrow(CounterOverflowError);
    expect(() => table.incr("a", 1)).toThrow(CounterOverflowError);
    expect(table.incrBig("a", -most)).toBe(0n);
    expect(table.incr("a", Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(table.incrBig("a", 2n)).toBe(9_007_199_254_740_993n);
    expect(table.incr("a", -2)).toBe(Number.MAX_SAFE_INTEGER);
    expect(table.decr("b", 1, { default: -Number.MAX_SAFE_INTEGER })).toBe(-(2 ** 53));
    expect(table.incrBig("b", -1n)).toBe(-(2n ** 53n) - 1n);
  });

  test("keys may be ranges of something longer", () => {
    const table = tableOf();
    const target = new Uint8Array(8);
    for (let length = 0; length < 200; length++) {
      const bytes = Buffer.concat([
        Buffer.from("<".repeat(length % 5)),
        Buffer.alloc(length, "k"),
        Buffer.from(">>>"),
      ]);
      const range = { bytes, start: length % 5, end: (length % 5) + length };
      table.set(range, String(length));
      expect(table.getString("k".repeat(length))).toBe(String(length));
      expect(table.getInto(range, target)).toBe(String(length).length);
      expect(table.getInto({ bytes, start: range.start, end: range.end + 1 }, target)).toBe(-1);
    }
    const bytes = Buffer.from("abc");
    const wrong = [
      {},
      null,
      { bytes, start: -1, end: 1 },
      { bytes, start: 2, end: 1 },
      { bytes, start: 0, end: 4 },
      { bytes, start: 0.5, end: 1 },
      { bytes: "abc", start: 0, end: 1 },
      7,
    ];
    for (const key of wrong) {
      expect(() => table.getInto(key as never, target)).toThrow(InvalidArgumentError);
      expect(() => table.set(key as never, "x")).toThrow(InvalidArgumentError);
    }
    const long = Buffer.alloc(70_000);
    expect(() => table.set({ bytes: long, start: 0, end: 65_537 }, "x")).toThrow(KeyTooLargeError);
    expect(table.set({ bytes: long, start: 1, end: 65_537 }, "x")).toBeGreaterThan(0);
    table.verify();
  });

  test("incrExact says every sum to the last digit, of whichever kind", () => {
    const table = tableOf();
    expect(table.incrExact("a")).toBe(1);
    expect(table.incrExact("a", 2n ** 53n)).toBe(2n ** 53n + 1n);
    expect(table.incrExact("a", 1)).toBe(2n ** 53n + 2n);
    expect(table.incrExact("a", -(2n ** 53n))).toBe(2);
    expect(table.incrExact("a", 0.5)).toBe(2.5);
    expect(table.incrExact("a", 1n)).toBe(3.5);
    expect(table.incrExact("b", 1n, { default: 41, ttl: "1m" })).toBe(42);
    expect(table.ttl("b")).toBeGreaterThan(0);
    expect(() => table.incrExact("b", 2n ** 63n)).toThrow(CounterOverflowError);
    expect(() => table.incrExact("b", Number.POSITIVE_INFINITY)).toThrow(InvalidArgumentError);
    expect(() => table.incrExact("b", "1" as never)).toThrow(InvalidArgumentError);
    expect(() => table.incrExact("b", 1, { defualt: 1 } as never)).toThrow(InvalidOptionError);
    table.set("c", "x");
    expect(() => table.incrExact("c", 1n)).toThrow(NonNumericValueError);
    expect(table.getString("b")).toBe("42");
  });

  test("texts of JSON numbers become counters, others are refused", () => {
    const table = tableOf();
    for (const [text, sum] of [
      ["7", 8],
      ["-3", -2],
      ["1.5", 2.5],
      ["1e3", 1001],
      ["0", 1],
    ] as const) {
      table.set("a", text, { flags: 5 });
      expect(table.incr("a")).toBe(sum);
      expect(table.getEntry("a")?.flags).toBe(5);
    }
    table.set("a", "9007199254740993");
    expect(table.incrBig("a", 1n)).toBe(9_007_199_254_740_994n);
    for (const text of ["", " 1", "01", "+1", "one", "0x10", "1.", ".5", "NaN", "Infinity", "1e999", "1\0"]) {
      table.set("b", text);
      expect(() => table.incr("b"), text).toThrow(NonNumericValueError);
      expect(table.getString("b")).toBe(text);
    }
    table.set("c", "0.5");
    expect(() => table.incrBig("c", 1n)).toThrow(NonNumericValueError);
    expect(() => table.incr("c", Number.NaN)).toThrow(InvalidArgumentError);
    expect(() => table.incrBig("c", 1 as never)).toThrow(InvalidArgumentError);
  });

  test("keep their time; a new one gets that of the call", () => {
    const { table, clock } = timed();
    table.incr("a", 1, { ttl: "1s" });
    clock.advance(600);
    table.incr("a", 1, { ttl: "1s" });
    table.incr("a", 0.5);
    expect(table.ttl("a")).toBe(400);
  });

  test("of whatever key length read and count", () => {
    const table = tableOf();
    for (let length = 0; length < 40; length++) {
      const key = "k".repeat(length);
      table.incr(key, length + 0.25, { ttl: length % 2 ? "1h" : null });
      expect(table.incr(key, 1)).toBe(length + 1.25);
    }
  });
});

describe("all of it", () => {
  test("clear", () => {
    const table = tableOf();
    for (let index = 0; index < 1_000; index++) table.set(`key ${index}`, "x");
    expect(table.clear()).toBe(1_000);
    expect(table.size()).toBe(0);
    expect(table.get("key 1")).toBeUndefined();
    table.set("key 1", "y");
    expect(table.getString("key 1")).toBe("y");
  });

  test("scan gives every key once when nothing moves, by prefix too", () => {
    const table = tableOf();
    for (let index = 0; index < 5_000; index++)
      table.set(`${index % 2 ? "odd" : "even"}:${index}`, `v${index}`);
    const seen: string[] = [];
    for (let cursor: number | null = null; ; ) {
      const part = table.scan({ cursor, limit: 50, prefix: "odd:", values: true });
      for (const { key, value } of part.entries) seen.push(`${key} ${value}`);
      cursor = part.cursor;
      if (cursor === null) break;
    }
    expect(seen.length).toBe(2_500);
    expect(new Set(seen).size).toBe(2_500);
    expect([...table.keys({ prefix: "even:" })].length).toBe(2_500);
  });

  test("a scan looks at about as many entries as it may, whether they begin with the prefix or not", () => {
    const table = tableOf();
    for (let i = 0; i < 5_000; i++) table.set(`key:${i}`, "");
    for (let i = 0; i < 5; i++) table.set(`rare:${i}`, "");
    const found: string[] = [];
    let calls = 0;
    let cursor: number | null = null;
    do {
      const part = table.scan({ cursor, prefix: "rare:", visit: 500 });
      found.push(...part.entries.map(({ key }) => String(key)));
      cursor = part.cursor;
      calls++;
    } while (cursor !== null);
    expect(found.sort()).toEqual([0, 1, 2, 3, 4].map((i) => `rare:${i}`));
    expect(calls).toBeGreaterThanOrEqual(9);
    expect(calls).toBeLessThanOrEqual(12);
    expect(table.scan({ prefix: "rare:" }).cursor).toBeNull();
    expect(tableOf().scan({ visit: 1 }).entries).toEqual([]);
    expect(() => table.scan({ visit: 0 })).toThrow(InvalidOptionError);
  });

  test("a scan misses nothing while the index grows", () => {
    const table = tableOf({ memory: "8mb" });
    for (let index = 0; index < 2_000; index++) table.set(`old ${index}`, "x");
    const seen = new Set<string>();
    let fresh = 0;
    for (let cursor: number | null = null; ; ) {
      const part = table.scan({ cursor, limit: 20 });
      for (const { key } of part.entries) seen.add(key.toString());
      for (let index = 0; index < 8; index++) table.set(`new ${fresh++}`, "x");
      cursor = part.cursor;
      if (cursor === null) break;
    }
    for (let index = 0; index < 2_000; index++) expect(seen.has(`old ${index}`)).toBe(true);
  });

  test("tags", () => {
    const table = tableOf();
    table.set("a", "1", { tags: ["x", "y"] });
    table.set("b", "1", { tags: ["y"] });
    table.set("c", "1");
    table.invalidateTag("x");
    expect(["a", "b", "c"].map((key) => table.has(key))).toEqual([false, true, true]);
    table.set("a", "2", { tags: ["x"] });
    expect(table.getString("a")).toBe("2");
    expect(table.stats().invalidations).toBe(1);
  });

  test("closed tables refuse", () => {
    const table = tableOf();
    table.close();
    table.close();
    expect(table.closed).toBe(true);
    expect(() => table.get("a")).toThrow("closed");
    expect(() => table.set("a", "1")).toThrow("closed");
  });
});
