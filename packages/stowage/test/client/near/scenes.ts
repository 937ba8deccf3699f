/** All that mutants.test.ts runs on near caches that are broken on purpose. */
import fc from "fast-check";
import { nearProperty } from "./property.js";

export * from "./feed-scenes.js";
export * from "./near-scenes.js";

/** Whether all is well in so many scripts, always the same, so that what finds a mutant once finds it each time. */
export async function races(numRuns: number): Promise<void> {
  const { failed, counterexample, errorInstance } = await fc.check(nearProperty(), {
    numRuns,
    seed: 1,
    endOnFailure: true,
  });
  if (failed) throw new Error(`${counterexample}`, { cause: errorInstance });
}
