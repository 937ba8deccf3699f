/** Bounds hold after each call, by entries and by bytes, whatever is written; what is worth most stays. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stamped, stampOf } from "../support/values.js";
import { SEGMENT_BYTES, stage } from "./support.js";

/** Longer than a quarter of a segment, and longer than three. */
const LONG_BYTES = [5_000, 60_000];

describe("a bound on entries", () => {
  it.each([1, 2, 3, 10, 100, 1_000, 3_000])("of %i holds after each call, and is made use of", (max) => {
    const { table } = stage({ max });
    for (let n = 0; n < max * 3 + 200; n++) {
      table.set(`key ${n}`, "value");
      if (n % 3 === 0) table.get(`key ${n}`);
      expect(table.size()).toBeLessThanOrEqual(max);
    }
    expect(table.size()).toBeGreaterThan(max - 4);
    expect(table.stats().evictions).toBe(max * 3 + 200 - table.size());
    table.verify();
  });

  it("evicts one entry in 1,024 at a time where there are many", () => {
    const { table } = stage({ max: 5_000, memory: "4mb" });
    for (let n = 0; n < 5_001; n++) table.set(`key ${n}`, "value");
    expect(table.size()).toBe(5_000 - 4 + 1);
  });

  it("takes overwrites without evicting", () => {
    const { table } = stage({ max: 10 });
    for (let n = 0; n < 5_000; n++) table.set(`key ${n % 10}`, `value ${n}`);
    expect(table.stats().evictions).toBe(0);
    expect(table.size()).toBe(10);
    table.verify();
  });

  it("goes on in few segments, however large the memory", () => {
    const { table } = stage({ max: 100, memory: "16mb" });
    for (let n = 0; n < 50_000; n++) table.set(`key ${n}`, "value");
    expect(table.stats().memory.segments).toBeLessThan(10);
  });
});

describe("a bound on bytes", () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.nat(4_000), fc.constantFrom(...LONG_BYTES)), {
    minLength: 300,
    maxLength: 900,
  });

  it("holds for values of any lengths; what is there is whole", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const { table } = stage();
        all.forEach((bytes, n) => {
          table.set(`key ${n % 200}`, stamped(n % 200, n, bytes));
          const { used, total } = table.stats().memory;
          expect(used).toBeLessThanOrEqual(total);
        });
        for (let key = 0; key < 200; key++) {
          const value = table.get(`key ${key}`);
          if (value !== undefined) expect(stampOf(value).key).toBe(key);
        }
        table.verify();
      }),
      { numRuns: 30 },
    );
  });

  it("keeps most of the memory live", () => {
    const { table } = stage();
    for (let n = 0; n < 20_000; n++) table.set(`key ${n}`, new Uint8Array(100 + (n % 400)));
    const { live, segments, segmentSize } = table.stats().memory;
    expect(live / (segments * segmentSize)).toBeGreaterThan(0.85);
  });

  it("takes long values in and gives their segments back", () => {
    const { table } = stage({ maxValueSize: 200_000 });
    for (let n = 0; n < 100; n++) table.set(`long ${n}`, stamped(n, n, 50_000 + n * 1_000));
    const there = Array.from({ length: 100 }, (_, n) => table.get(`long ${n}`)).filter((value) => value);
    expect(there.length).toBeGreaterThan(4);
    for (const value of there) stampOf(value as Buffer);
    for (let n = 0; n < 100; n++) table.delete(`long ${n}`);
    for (let n = 0; n < 9_000; n++) table.set(`key ${n}`, new Uint8Array(50));
    expect(table.stats().entries).toBeGreaterThan(5_000);
    table.verify();
  });

  it("gives a value longer than all that is free its room", () => {
    const { table } = stage({ maxValueSize: 250_000 });
    for (let n = 0; n < 5_000; n++) table.set(`key ${n}`, new Uint8Array(300));
    for (let n = 0; n < 20; n++) {
      table.set("long", stamped(1, n, 250_000));
      expect(stampOf(table.get("long") as Buffer).write).toBe(n);
    }
    table.verify();
  });

  it("counts what it did", () => {
    const { table } = stage();
    for (let n = 0; n < 20_000; n++) {
      table.set(`key ${n}`, new Uint8Array(100));
      table.get(`key ${n % 1_000}`);
    }
    const { counts, evictions } = table.stats();
    expect(evictions).toBe(20_000 - table.size());
    expect(counts.entriesExamined).toBeGreaterThanOrEqual(evictions);
    expect(counts.copiedItems).toBeGreaterThan(500);
    expect(counts.copiedBytes).toBeGreaterThanOrEqual(counts.copiedItems * 120);
    expect(counts.segmentsEvicted).toBeGreaterThan(50);
  });
});

describe("without eviction", () => {
  it("a full table says so and changes nothing; what is deleted makes room", () => {
    const { table } = stage({ evict: false });
    const fill = () => {
      let n = 0;
      for (; ; n++) {
        try {
          table.set(`key ${n}`, stamped(n, 1, 1_000));
        } catch (error) {
          expect(error).toMatchObject({ code: "STOWAGE_TABLE_FULL" });
          return n;
        }
      }
    };
    const held = fill();
    expect(held * 1_040).toBeGreaterThan(48 * SEGMENT_BYTES);
    for (let n = 0; n < held; n++)
      expect(stampOf(table.get(`key ${n}`) as Buffer)).toEqual({ key: n, write: 1 });
    expect(table.get(`key ${held}`)).toBeUndefined();
    for (let n = 0; n < held; n += 2) table.delete(`key ${n}`);
    for (let n = 0; n < held; n += 2) table.set(`key ${n}`, stamped(n, 2, 900));
    for (let n = 0; n < held; n++) expect(stampOf(table.get(`key ${n}`) as Buffer).write).toBe(2 - (n % 2));
    table.verify();
  });

  it("a table that is full of entries says so, until some have expired", () => {
    const { table, clock } = stage({ evict: false, max: 10 });
    for (let n = 0; n < 10; n++) table.set(`key ${n}`, "value", { ttl: 1_000 });
    expect(() => table.set("one more", "value")).toThrow("10 entries");
    expect(table.has("one more")).toBe(false);
    table.set("key 3", "another");
    clock.advance(1_000);
    table.set("one more", "value");
    expect(table.getString("one more")).toBe("value");
    expect(table.getString("key 3")).toBe("another");
    table.verify();
  });
});
