import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullJitter } from "../../src/resilience/backoff.js";

describe("fullJitter", () => {
  it("is between 0 and a bound that doubles up to its cap", () => {
    const most = (attempt: number) => fullJitter(attempt, { random: () => 1 });
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100, 2_000].map(most)).toEqual([
      25, 50, 100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000,
    ]);
    expect(fullJitter(5, { random: () => 0 })).toBe(0);
    expect(fullJitter(0, { random: () => 1 })).toBe(25);
    expect(fullJitter(3, { random: () => 0.5, baseMs: 10, capMs: 30 })).toBe(15);
  });

  it("never comes back before it may", () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, after, chance) => {
          const ms = fullJitter(attempt, { retryAfterMs: after, random: () => chance });
          expect(ms).toBeGreaterThanOrEqual(after);
          expect(ms).toBeLessThanOrEqual(after + 1_000);
        },
      ),
    );
  });

  it("spreads by itself", () => {
    const times = new Set(Array.from({ length: 20 }, () => fullJitter(4)));
    expect(times.size).toBeGreaterThan(15);
  });
});
