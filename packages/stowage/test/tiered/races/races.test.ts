/** The races of property.ts; `SEED` replays one, `RUNS` asks for more. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { raceProperty } from "./property.js";

const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const numRuns = Number(process.env.RUNS ?? 100);
const options = { numRuns, ...(seed !== undefined && { seed }), endOnFailure: false };

describe("in any interleaving", () => {
  it("nothing out of date is stored or given, and one load runs in the fleet", {
    timeout: 600_000,
  }, async () => {
    await fc.assert(raceProperty(false), options);
  });

  it("a process that is killed at any step wedges nothing", { timeout: 600_000 }, async () => {
    await fc.assert(raceProperty(true), options);
  });
});
