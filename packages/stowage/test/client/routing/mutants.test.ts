/** The scenes fail on routing that is broken: each mutant is the real thing with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";
import type * as scenes from "./scenes/index.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

function build(edits: readonly Edit[]): Promise<typeof scenes> {
  return importEdited(new URL("./scenes/index.ts", import.meta.url), { sources, edits });
}

describe("the scenes find routing that", () => {
  for (const { name, edit, foundBy } of mutants) {
    it(`${name} (${edit.file.split("/").pop()})`, async () => {
      const { failingScenes } = await build([edit]);
      expect(await failingScenes([foundBy])).not.toEqual([]);
    });
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

  it("names scenes that find nothing wrong with what is not broken", async () => {
    const { failingScenes } = await build([]);
    expect(await failingScenes([...new Set(mutants.map(({ foundBy }) => foundBy))])).toEqual([]);
  });
});
