/**
 * The shared table against a naive model, in one thread: random scripts of every verb, time, tags and walks.
 *
 * A failure prints its seed and path: put them into fc.assert's second argument to replay it. STOWAGE_MODEL_RUNS=5000 makes
 * the search longer than CI's few seconds.
 */
import fc from "fast-check";
import { describe, it } from "vitest";
import { modelProperty } from "./property.js";
import { settings } from "./settings.js";

const numRuns = Number(process.env.STOWAGE_MODEL_RUNS ?? 40);

describe("the shared table says what the model says", () => {
  for (const setting of settings) {
    it(setting.name, () => fc.assert(modelProperty(setting), { numRuns }), 60_000 + 100 * numRuns);
  }
});
