/**
 * The cache against a naive model: random scripts of verbs, time, tags, transactions and loads, for every policy.
 *
 * A failure prints its seed and path: put them into fc.assert's second argument to replay it. STOWAGE_MODEL_RUNS=5000
 * makes the search longer than CI's few seconds.
 */
import fc from "fast-check";
import { Cache, policyNames } from "stowage";
import { describe, it } from "vitest";
import { modelProperty } from "./property.js";
import type { Bounds } from "./world.js";

const numRuns = Number(process.env.STOWAGE_MODEL_RUNS ?? 40);

describe("model", () => {
  it("an unbounded cache says what the model says", async () => {
    const create = (options: object) => new Cache<unknown, unknown>(options);
    await fc.assert(modelProperty({ bounds: {}, create }), { numRuns: 2 * numRuns });
  });

  const bounds: readonly Bounds[] = [{ max: 3 }, { maxWeight: 0.9 }, { max: 5, maxWeight: 0.6 }];
  for (const policy of policyNames.filter((name) => name !== "none")) {
    for (const bound of bounds) {
      it(`${policy} with ${JSON.stringify(bound)} says the same or nothing`, async () => {
        const create = (options: object) => new Cache<unknown, unknown>({ policy, ...options });
        await fc.assert(modelProperty({ bounds: bound, create }), { numRuns: Math.ceil(numRuns / 4) });
      });
    }
  }

  it("without a janitor, and with one that is always there, nothing differs", async () => {
    for (const janitor of [false, 1] as const) {
      const create = (options: object) => new Cache<unknown, unknown>({ janitor, ...options });
      await fc.assert(modelProperty({ bounds: {}, create }), { numRuns });
    }
  });
});
