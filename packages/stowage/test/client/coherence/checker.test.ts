/** The checker, on runs that are made up: what it calls broken, and what it has to let pass. */
import { describe, expect, it } from "vitest";
import { check, quantile } from "./checker.js";
import type { ReaderReport, Sighting, Write } from "./protocol.js";

const BOUND_MS = 1_000;

const write = (write: number, endedAtMs: number, isDelete = false, key = "a"): Write => ({
  key,
  write,
  endedAtMs,
  isDelete,
});

function verdict(
  writes: readonly Write[],
  sightings: readonly [write: number, beganAtMs: number][],
  losses: number[] = [],
) {
  const seen = sightings.map(([write, beganAtMs]): Sighting => ({ key: "a", write, beganAtMs }));
  const reader = { sightings: seen } as Partial<ReaderReport> as ReaderReport;
  return check(
    [{ writes, failures: 0 }],
    [reader],
    BOUND_MS,
    losses.map((atMs) => ({ atMs })),
  );
}

describe("the checker", () => {
  it("lets pass what is up to date, or out of date for as long as the bound", () => {
    const { broken, lingered } = verdict(
      [write(1, 100), write(2, 5_000)],
      [
        [1, 6_000],
        [2, 60_000],
      ],
    );
    expect(broken).toEqual([]);
    expect(lingered).toEqual([1_000]);
  });

  it("finds what is out of date for longer, or was deleted", () => {
    expect(verdict([write(1, 100), write(2, 5_000)], [[1, 6_001]]).broken).toMatchObject([
      { byMs: 1_001, isDeleted: false },
    ]);
    expect(verdict([write(1, 100), write(2, 5_000, true)], [[1, 6_001]]).broken).toMatchObject([
      { isDeleted: true },
    ]);
  });

  it("begins no bound with a write that had no answer", () => {
    // Write 2 failed: nobody knows whether it was done. Write 3 is certain.
    const writes = [write(1, 100), write(3, 9_000)];
    expect(
      verdict(writes, [
        [1, 9_500],
        [2, 9_900],
      ]).broken,
    ).toEqual([]);
    expect(verdict(writes, [[2, 10_001]]).broken).toHaveLength(1);
  });

  it("takes what a server lost for changed", () => {
    expect(verdict([write(1, 100)], [[1, 2_001]], [1_000]).broken).toHaveLength(1);
    expect(verdict([write(1, 1_100)], [[1, 9_000]], [1_000]).broken).toEqual([]);
  });

  it("knows nothing of other keys", () => {
    expect(verdict([write(1, 100), write(2, 200, false, "b")], [[1, 9_000]]).broken).toEqual([]);
  });
});

describe("quantiles", () => {
  it("are of the sorted figures", () => {
    expect([0, 0.5, 0.99, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([1, 3, 4, 4]);
    expect(quantile([], 0.5)).toBe(0);
  });
});
