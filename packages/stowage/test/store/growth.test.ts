/** The key table as it grows to 150,000 entries and shrinks: segments split, slots are used again, memory comes back. */
import { Cache } from "stowage";
import { describe, expect, it } from "vitest";

/** A float, a string and an integer in turn; no two are equal. */
const keyOf = (n: number): unknown => (n % 3 === 0 ? n + 0.5 : n % 3 === 1 ? `user:${n}` : -n);

describe("growing", () => {
  it("to 150,000 entries through every split, and back", () => {
    const cache = new Cache<unknown, number>();
    const bytes: number[] = [];
    for (let n = 0; n < 150_000; n++) {
      cache.set(keyOf(n), n);
      if ((n & (n - 1)) === 0 || n % 40_000 === 0) {
        cache.verify();
        bytes.push(cache.inspect().overheadBytes);
      }
    }
    cache.verify();
    expect(
      [...bytes].sort((left, right) => left - right),
      "memory grows with the entries",
    ).toEqual(bytes);
    for (let n = 0; n < 150_000; n += 2) cache.delete(keyOf(n));
    expect(cache.size()).toBe(75_000);
    cache.verify();
    for (let n = 0; n < 150_000; n++) {
      const value = cache.get(keyOf(n));
      if (value !== (n % 2 === 0 ? undefined : n))
        expect.unreachable(`key ${String(keyOf(n))} gave ${value}`);
    }
    for (let n = 1; n < 150_000; n += 2) cache.delete(keyOf(n));
    cache.verify();
    expect(cache.isEmpty()).toBe(true);
  });

  it("in one setMany, under a bound and without", () => {
    const entries = Array.from({ length: 30_000 }, (_, n) => [`entry ${n}`, n] as const);
    const free = new Cache<string, number>();
    const bounded = new Cache<string, number>({ max: 10_000, policy: "fifo" });
    expect(free.setMany(entries)).toBe(30_000);
    expect(bounded.setMany(entries)).toBe(30_000);
    for (const cache of [free, bounded]) cache.verify();
    expect(free.size()).toBe(30_000);
    expect([...bounded.keys()].sort()).toEqual(
      entries
        .slice(20_000)
        .map(([key]) => key)
        .sort(),
    );
  });
});

describe("memory", () => {
  it("slots of entries that left are used again", () => {
    const cache = new Cache<unknown, number>();
    for (let n = 0; n < 50; n++) cache.set(keyOf(n), n);
    const { overheadBytes } = cache.inspect();
    for (let n = 50; n < 20_000; n++) {
      cache.delete(keyOf(n - 50));
      cache.set(keyOf(n), n);
    }
    cache.verify();
    expect(cache.inspect().overheadBytes).toBe(overheadBytes);
  });

  it("so are those of evicted, expired and taken ones", () => {
    const cache = new Cache<unknown, number>({ max: 50, ttl: "1h" });
    for (let n = 0; n < 50; n++) cache.set(keyOf(n), n);
    const { overheadBytes } = cache.inspect();
    for (let n = 50; n < 5_000; n++) {
      cache.set(keyOf(n), n);
      if (n % 2 === 0) cache.take(keyOf(n));
      if (n % 5 === 0) cache.expireAt(keyOf(n), 0);
    }
    cache.verify();
    expect(cache.inspect().overheadBytes).toBe(overheadBytes);
  });

  it("clear gives the table back", () => {
    const empty = new Cache().inspect().overheadBytes;
    const cache = new Cache<unknown, number>();
    for (let n = 0; n < 30_000; n++) cache.set(keyOf(n), n);
    expect(cache.inspect().overheadBytes).toBeGreaterThan(empty + 30_000 * 20);
    expect(cache.clear()).toBe(30_000);
    expect(cache.inspect().overheadBytes).toBe(empty);
    for (let n = 0; n < 10_000; n++) cache.set(keyOf(n), n);
    cache.verify();
    expect(cache.get(keyOf(9_999))).toBe(9_999);
  });
});
