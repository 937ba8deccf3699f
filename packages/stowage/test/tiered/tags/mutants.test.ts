/**
 * Scenes and fleet fail on stamps and repairs that are broken, the fleet on caches that do not keep to the rules for L1: each
 * mutant is the real one with one edit of its sources.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { sceneMutants } from "../../support/scene-mutants.js";
import { fleetMutants, mutants, rules } from "./mutants.js";

sceneMutants("stamps or repairs", new URL("./scenes/run.ts", import.meta.url), mutants);

const ours = fileURLToPath(new URL("../../../src/", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));

async function faultOfFleet(sources: string, edits: readonly Edit[]): Promise<string | undefined> {
  const entry = new URL("./fleet/run.ts", import.meta.url);
  return (await importEdited<typeof import("./fleet/run.js")>(entry, { sources, edits })).faultOfFleet();
}

// That it finds nothing wrong with what is not broken is fleet.test.ts.
describe("the fleet finds", () => {
  for (const [sources, all] of [
    [ours, fleetMutants],
    [here, rules],
  ] as const) {
    for (const { name, edit } of all)
      it(`one that ${name}`, async () => expect(await faultOfFleet(sources, [edit])).not.toBe(undefined));
    it("what fits its sources", () =>
      expect(
        misfitsOf(
          sources,
          all.map(({ edit }) => edit),
        ),
      ).toEqual([]));
  }
});
