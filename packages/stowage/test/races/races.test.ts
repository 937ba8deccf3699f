/**
 * Invariants 1 and 2 in explored interleavings: no stale commit, one load per key, no caller left waiting.
 *
 * A failure prints its seed and the shrunk script. STOWAGE_RACE_RUNS=20000 searches longer than CI's few seconds.
 */
import fc from "fast-check";
import { Cache } from "stowage";
import { describe, it } from "vitest";
import { raceProperty } from "./property.js";

const numRuns = Number(process.env.STOWAGE_RACE_RUNS ?? 400);

describe("races", () => {
  it("hold in an unbounded cache", async () => {
    await fc.assert(
      raceProperty((options) => new Cache<unknown, unknown>(options)),
      { numRuns },
    );
  });

  it("hold with a janitor that comes by all the time", async () => {
    await fc.assert(
      raceProperty((options) => new Cache<unknown, unknown>({ janitor: 1, ...options })),
      { numRuns },
    );
  });
});
