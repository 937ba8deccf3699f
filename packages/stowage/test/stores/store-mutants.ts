/**
 * Runs a list of mutants of a store, or of a bus, against the cases of the suite that have to find them: the body of a
 * mutants.test.ts. Only those are run, since a whole suite over a database takes seconds.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../scripts/build/edited.js";
import type { Look } from "./look.js";

/** A case of a broken one that takes longer waits in vain. */
const LIMIT_MS = 2_000;

export interface Mutant {
  readonly name: string;
  readonly edit: Edit;
  /** What the names of the cases, "group: case", contain that have to find it. */
  readonly foundBy: string;
}

/** @param folder below the sources */
export function mutantsOf(folder: string) {
  return (file: string, name: string, foundBy: string, find: string, replace: string): Mutant => ({
    name,
    foundBy,
    edit: { file: `${folder}/${file}.ts`, find, replace },
  });
}

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/**
 * @param entry is bundled with the edit, the suite included, since it knows errors by their classes
 * @param lookAt a look at what the bundle exports
 */
export function runMutants<Module>(
  entry: URL,
  mutants: readonly Mutant[],
  lookAt: (module: Module) => Look,
): void {
  const build = (edits: readonly Edit[]) => importEdited<Module>(entry, { sources, edits });

  describe("the suite finds one that", () => {
    for (const { name, edit, foundBy } of mutants)
      it(name, async () => expect(await lookAt(await build([edit]))(foundBy, LIMIT_MS)).not.toBe(undefined));
  });

  describe("the list of mutants", () => {
    it("fits the sources", () => {
      const edits = mutants.map(({ edit }) => edit);
      expect(misfitsOf(sources, edits)).toEqual([]);
    });

    it("names cases that find nothing wrong with what is not broken", async () => {
      const look = lookAt(await build([]));
      for (const cases of new Set(mutants.map(({ foundBy }) => foundBy)))
        expect(await look(cases)).toBe(undefined);
    });
  });
}
