/** What has expired leaves by itself, soon, and nothing else does; who comes by, and when. */
import fc from "fast-check";
import { SharedTable } from "stowage/table";
import { describe, expect, it } from "vitest";
import { stamped, stampOf } from "../support/values.js";
import { stage } from "./support.js";

const JANITOR_MS = 1_000;
/** One interval, and the 64 ms in which deadlines are noted. */
const SOON_MS = JANITOR_MS + 64;

describe("the janitor", () => {
  it("removes what has expired within an interval, unread, and gives the memory back", () => {
    const { table, clock } = stage({ janitor: JANITOR_MS, memory: "4mb" });
    for (let n = 0; n < 5_000; n++) table.set(`key ${n}`, new Uint8Array(200), { ttl: 5_000 });
    table.set("stays", "value");
    const full = table.stats().memory.segments;
    clock.advance(4_999);
    expect(table.size()).toBe(5_001);
    clock.advance(1 + SOON_MS);
    expect(table.size()).toBe(1);
    expect(table.stats().expirations).toBe(5_000);
    expect(table.stats().memory.segments).toBeLessThan(full / 10);
    expect(table.getString("stays")).toBe("value");
    table.verify();
    table.close();
  });

  it("knows entries that were given a time later, or less of it", () => {
    const { table, clock } = stage({ janitor: JANITOR_MS });
    table.set("later", "value");
    table.set("less", "value", { ttl: 3_600_000 });
    table.set("longer", "value", { ttl: 2_000 });
    table.set("kept", "value", { ttl: 2_000 });
    table.expire("later", 3_000);
    table.expire("less", 4_000);
    table.expire("longer", 60_000);
    table.persist("kept");
    clock.advance(3_999);
    expect(table.size()).toBe(3);
    clock.advance(1 + SOON_MS);
    expect(table.size()).toBe(2);
    expect([table.has("longer"), table.has("kept")]).toEqual([true, true]);
    table.verify();
    table.close();
  });

  it("removes entries of scattered times: each within its interval, or an eighth of its segment's age", () => {
    const ttls = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(ttls, (all) => {
        const { table, clock } = stage({ janitor: JANITOR_MS });
        for (const [n, ttl] of all.entries()) table.set(`key ${n}`, "value", { ttl });
        for (let nowMs = 0; nowMs < 230_000; nowMs += 5_000) {
          const outstayed = nowMs - Math.max(SOON_MS, nowMs / 8 + 2 * JANITOR_MS);
          expect(table.size()).toBeGreaterThanOrEqual(all.filter((ttl) => ttl > nowMs).length);
          expect(table.size()).toBeLessThanOrEqual(all.filter((ttl) => ttl > outstayed).length);
          clock.advance(5_000);
        }
        clock.advance(40_000);
        expect(table.size()).toBe(0);
        table.verify();
        table.close();
      }),
      { numRuns: 20 },
    );
  });

  it("cleans what is mostly dead, and leaves what is not", () => {
    const { table, clock } = stage({ janitor: JANITOR_MS, memory: "4mb" });
    for (let n = 0; n < 10_000; n++) table.set(`key ${n}`, stamped(n, 1, 100));
    const full = table.stats().memory.segments;
    for (let n = 0; n < 10_000; n++) if (n % 5 !== 0) table.delete(`key ${n}`);
    clock.advance(5 * JANITOR_MS);
    expect(table.stats().memory.segments).toBeLessThan(full / 2);
    expect(table.stats().counts.segmentsCleaned).toBeGreaterThan(50);
    for (let n = 0; n < 10_000; n += 5) expect(stampOf(table.get(`key ${n}`) as Buffer).key).toBe(n);
    const cleaned = table.stats().counts.copiedItems;
    clock.advance(5 * JANITOR_MS);
    expect(table.stats().counts.copiedItems).toBe(cleaned);
    table.verify();
    table.close();
  });

  it("is one thread at a time; another one takes over when it is gone, or does not come by", () => {
    const { table, clock } = stage({ janitor: JANITOR_MS });
    const other = SharedTable.attach(table.handle, { clock, janitor: JANITOR_MS });
    clock.advance(10 * JANITOR_MS);
    const before = table.stats().counts.janitorRuns;
    expect(before).toBeGreaterThanOrEqual(9);
    expect(before).toBeLessThanOrEqual(11);
    table.set("key", "value", { ttl: 500 });
    table.close();
    clock.advance(3 * JANITOR_MS);
    expect(other.size()).toBe(0);
    expect(other.stats().counts.janitorRuns - before).toBeGreaterThanOrEqual(2);
    other.close();
    expect(clock.pending).toBe(0);
  });

  it("does not come where nobody wants it; reads and purge remove all the same", () => {
    const { table, clock } = stage();
    for (let n = 0; n < 100; n++) table.set(`key ${n}`, "value", { ttl: 1_000 });
    table.set("stays", "value", { ttl: 10_000 });
    clock.advance(5_000);
    expect(table.size()).toBe(101);
    expect(table.get("key 0")).toBeUndefined();
    const left = table.size();
    expect(table.purge()).toBe(left - 1);
    expect(table.size()).toBe(1);
    expect(table.purge()).toBe(0);
    table.close();
    expect(clock.pending).toBe(0);
  });
});

describe("room", () => {
  it("is made by what has expired before anything else goes", () => {
    const { table, clock } = stage({ max: 100 });
    for (let n = 0; n < 50; n++) table.set(`short ${n}`, "value", { ttl: 1_000 });
    for (let n = 0; n < 50; n++) table.set(`long ${n}`, "value");
    for (let n = 0; n < 50; n++) table.get(`long ${n}`);
    clock.advance(1_000);
    for (let n = 0; n < 50; n++) table.set(`new ${n}`, "value");
    expect(table.stats().expirations).toBe(50);
    expect(table.stats().evictions).toBe(0);
  });

  it("is made in bytes by what has expired, where no janitor comes by", () => {
    const { table, clock } = stage();
    for (let n = 0; n < 2_000; n++) table.set(`short ${n}`, new Uint8Array(300), { ttl: 1_000 });
    for (let n = 0; n < 300; n++) table.set(`long ${n}`, new Uint8Array(300));
    clock.advance(2_000);
    for (let n = 0; n < 2_000; n++) table.set(`new ${n}`, new Uint8Array(300));
    expect(table.stats().evictions).toBe(0);
    expect(table.stats().expirations).toBeGreaterThan(1_500);
    table.verify();
  });
});
