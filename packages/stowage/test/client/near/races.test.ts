/**
 * What a near cache promises, in explored interleavings on a fake clock.
 *
 * A failure prints its seed and the shrunk script. STOWAGE_RACE_RUNS=20000 searches longer than CI's few seconds.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearProperty, type Tally } from "./property.js";

const numRuns = Number(process.env.STOWAGE_RACE_RUNS ?? 1_500);

describe("a near cache", () => {
  it("never gives out what has been out of date for longer than its bound", async () => {
    const tally: Tally = { hits: 0, misses: 0 };
    await fc.assert(nearProperty(tally), { numRuns });
    // One that gives nothing out would keep every promise of this.
    expect(tally.hits / (tally.hits + tally.misses)).toBeGreaterThan(0.05);
  });
});
