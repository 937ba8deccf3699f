/** The races of races.property.ts; `SEED` replays one, `RUNS` asks for more. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { raceProperty } from "./races.property.js";

const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const numRuns = Number(process.env.RUNS ?? 300);

describe("in any interleaving", () => {
  it("nothing out of date is stored or given, and one load runs", { timeout: 600_000 }, async () => {
    await fc.assert(raceProperty(), { numRuns, ...(seed !== undefined && { seed }), endOnFailure: false });
  });
});
