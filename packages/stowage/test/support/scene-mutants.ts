/** Runs a list of mutants against the scenes that have to find them: the body of a mutants.test.ts. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../scripts/build/edited.js";
import type { SceneMutant } from "./scenes.js";

/** What a bundle of scenes exports. */
export interface SceneRun {
  fault(group: string): Promise<string | undefined>;
}

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/** @param entry exports `fault`: scenes/run.ts, say */
export function sceneMutants(what: string, entry: URL, mutants: readonly SceneMutant[]): void {
  const build = (edits: readonly Edit[]): Promise<SceneRun> => importEdited(entry, { sources, edits });

  describe(`the scenes find ${what} that`, () => {
    for (const { name, edit, foundBy } of mutants)
      it(name, async () => expect(await (await build([edit])).fault(foundBy)).not.toBe(undefined));
  });

  describe("the list of mutants", () => {
    it("fits the sources", () =>
      expect(
        misfitsOf(
          sources,
          mutants.map(({ edit }) => edit),
        ),
      ).toEqual([]));

    it("names scenes that find nothing wrong with what is not broken", async () => {
      const { fault } = await build([]);
      for (const group of new Set(mutants.map(({ foundBy }) => foundBy)))
        expect(await fault(group)).toBe(undefined);
    });
  });
}
