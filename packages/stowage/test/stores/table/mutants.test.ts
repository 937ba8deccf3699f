/** The store suite fails on table stores that are broken: each is the real one with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

function build(edits: readonly Edit[]): Promise<typeof import("./suite-run.js")> {
  return importEdited(new URL("./suite-run.ts", import.meta.url), { sources, edits });
}

describe("the store suite finds a table store that", () => {
  for (const { name, edit, foundBy } of mutants) {
    it(name, async () => expect(await (await build([edit])).failing(foundBy)).not.toEqual([]));
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () =>
    expect(
      misfitsOf(
        sources,
        mutants.map(({ edit }) => edit),
      ),
    ).toEqual([]));

  it("names groups that find nothing wrong with what is not broken", async () => {
    const { failing } = await build([]);
    for (const group of new Set(mutants.map(({ foundBy }) => foundBy)))
      expect(await failing(group)).toEqual([]);
  });
});
