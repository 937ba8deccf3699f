/** The property on the real thing. STOWAGE_MODEL_RUNS=1000 makes the search longer than CI's few seconds. */
import fc from "fast-check";
import { describe, it } from "vitest";
import { chaosProperty } from "./chaos.js";
import { settings } from "./scenes.js";

const numRuns = Number(process.env.STOWAGE_MODEL_RUNS ?? 15);

describe("no read of several processes is stale", () => {
  for (const setting of settings) {
    it(`while ${setting.name}`, () => fc.assert(chaosProperty(setting), { numRuns }), 60_000 + 200 * numRuns);
  }
});
