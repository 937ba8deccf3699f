/** Codecs: what comes back is what was stored, or it is refused; and bytes of one codec are never read by another. */
import fc from "fast-check";
import * as msgpackr from "msgpackr";
import { SerializationError } from "stowage";
import { type Codec, messagePack, SharedCache, SharedTable } from "stowage/table";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostileStrings } from "../../../src/testing/hostile.js";

function cacheOf(codec: string | Codec | undefined): SharedCache<unknown> {
  const cache = SharedCache.create<unknown>({ memory: "4mb", janitor: false, codec: codec as "json" });
  onTestFinished(() => cache.close());
  return cache;
}

/** Libraries for MessagePack rename a property that is called `__proto__`, lest it become one. */
const plain = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes("__proto__"));

describe("what comes back", () => {
  for (const [name, codec] of Object.entries({
    json: "json",
    structured: "structured",
    "message-pack": messagePack(msgpackr),
  })) {
    it(`is what was stored: ${name}`, () => {
      const cache = cacheOf(codec);
      fc.assert(
        fc.property(plain, fc.array(fc.string()), (value, tags) => {
          const stored = JSON.parse(JSON.stringify(value));
          cache.set("key", stored, { tags });
          expect(cache.get("key")).toEqual(stored);
          expect(cache.inspect("key")?.tags).toEqual([...new Set(tags)]);
          expect(cache.take("key")).toEqual(stored);
        }),
        { numRuns: 200 },
      );
    });

    it(`is a copy of one's own: ${name}`, () => {
      const cache = cacheOf(codec);
      const value = { list: [1] };
      cache.set("key", value);
      value.list.push(2);
      const read = cache.get("key") as typeof value;
      expect(read).toEqual({ list: [1] });
      read.list.push(3);
      expect(cache.get("key")).toEqual({ list: [1] });
    });
  }

  it("structured: also Map, Set, Date, BigInt, cycles, and bytes that are not views of anything", () => {
    const cache = cacheOf("structured");
    const cycle: Record<string, unknown> = {
      map: new Map([[1, new Set(["x"])]]),
      date: new Date(5),
      big: 10n ** 30n,
    };
    cycle.self = cycle;
    cache.set("cycle", cycle);
    const read = cache.get("cycle") as typeof cycle;
    expect(read.map).toEqual(cycle.map);
    expect([read.date, read.big, read.self]).toEqual([cycle.date, cycle.big, read]);
    cache.set("bytes", { bytes: new Float64Array([1.5, 2.5]) });
    const { bytes } = cache.get("bytes") as { bytes: Float64Array };
    cache.set("other", { bytes: new Float64Array([9, 9]) });
    cache.get("other");
    expect([...bytes]).toEqual([1.5, 2.5]);
  });

  it("raw: texts as texts, bytes as bytes of one's own", () => {
    const cache = cacheOf("raw");
    cache.set("text", "grün", { tags: ["x"] });
    cache.set("bytes", Uint8Array.of(1, 2, 255));
    expect(cache.get("text")).toBe("grün");
    const bytes = cache.get("bytes") as Buffer;
    cache.get("text");
    expect([...bytes]).toEqual([1, 2, 255]);
    expect([...cache.keys()].sort()).toEqual(["bytes", "text"]);
    cache.set("n", "5");
    expect(cache.incr("n", 2)).toBe(7);
  });

  it("one's own codec: whatever it says", () => {
    const codec: Codec = {
      name: "reversed",
      encode: (value) => [...String(value)].reverse().join(""),
      decode: (bytes) => [...bytes.toString()].reverse().join(""),
    };
    const cache = cacheOf(codec);
    cache.set("a", "abc");
    expect(cache.get("a")).toBe("abc");
    const other = SharedCache.attach<unknown>(cache.handle, { codec, janitor: false });
    expect(other.get("a")).toBe("abc");
    other.close();
    expect(() => SharedCache.attach(cache.handle)).toThrow('"reversed"');
    expect(() => SharedCache.attach(cache.handle, { codec: "json" })).toThrow('"reversed"');
  });

  it("keys, whatever they are", () => {
    const cache = cacheOf("json");
    for (const [n, key] of hostileStrings.entries()) cache.set(key, n);
    expect(new Set(cache.keys())).toEqual(new Set(hostileStrings));
  });
});

describe("refused, and what was there stays", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const cases: [string, unknown][] = [
    ["json", Number.NaN],
    ["json", Number.POSITIVE_INFINITY],
    ["json", () => 1],
    ["json", Symbol("s")],
    ["json", 10n],
    ["json", cycle],
    ["structured", () => 1],
    ["raw", 5],
    ["raw", { a: 1 }],
    ["raw", "\ud800"],
  ];
  for (const [codec, value] of cases) {
    it(`${codec}: ${typeof value} ${Array.isArray(value) ? "cycle" : String(value)}`, () => {
      const cache = cacheOf(codec);
      cache.set("key", "there");
      for (const write of [
        () => cache.set("key", value),
        () =>
          cache.setMany([
            ["other", "x"],
            ["key", value],
          ]),
        () => cache.update("key", value),
        () => cache.getAndUpdate("key", () => value),
        () => cache.import([{ key: "key", value, expiresAt: null }]),
      ]) {
        expect(write).toThrow(SerializationError);
      }
      expect(cache.get("key")).toBe("there");
      expect(cache.size()).toBe(1);
    });
  }

  it("what a loader brings and the codec cannot store: its callers hear of it", async () => {
    const cache = cacheOf("json");
    await expect(cache.fetch("key", () => 10n)).rejects.toThrow(SerializationError);
    await expect(cache.transaction(["key"], (tx) => tx.set("key", 10n))).rejects.toThrow(SerializationError);
    expect(cache.has("key")).toBe(false);
    expect(await cache.fetch("key", () => 1)).toBe(1);
  });

  it("reading what another codec stored", () => {
    const cache = cacheOf("json");
    const table = SharedTable.attach(cache.handle.table, { janitor: false });
    table.set("key", "x", { flags: 3 });
    expect(() => cache.get("key")).toThrow("another codec");
    table.set("key", "not json", { flags: 2 });
    expect(() => cache.get("key")).toThrow(SerializationError);
    table.close();
  });
});

describe("the table below", () => {
  it("holds JSON as it is, so that others may send it on", () => {
    const cache = cacheOf("json");
    cache.set("key", { a: [1, "ü"] });
    const table = SharedTable.attach(cache.handle.table, { janitor: false });
    expect(table.getString("key")).toBe('{"a":[1,"ü"]}');
    table.set("theirs", '{"b":2}');
    expect(cache.get("theirs")).toEqual({ b: 2 });
    table.close();
  });
});
