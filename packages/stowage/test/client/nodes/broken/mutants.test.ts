/** The scenes fail on a node that is broken: each mutant is the real one with one mistake, made by an edit of its source. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";
import type * as suites from "./suites.js";

const sources = fileURLToPath(new URL("../../../../src/", import.meta.url));
const PATIENCE_MS = 3_000;

function build(edits: readonly Edit[]): Promise<typeof suites> {
  return importEdited(new URL("./suites.ts", import.meta.url), { sources, edits });
}

describe("the scenes find a node", () => {
  for (const { name, foundBy, edits } of mutants) {
    it.concurrent(name, async ({ expect: expectHere }) => {
      const { run } = await build(edits);
      expectHere(await run(foundBy, PATIENCE_MS), `"${foundBy}" finds nothing`).toBeTypeOf("string");
    });
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () => {
    expect(
      misfitsOf(
        sources,
        mutants.flatMap(({ edits }) => edits),
      ),
    ).toEqual([]);
  });

  it("names scenes that find nothing wrong with what is not broken", async () => {
    const { run } = await build([]);
    for (const scene of new Set(mutants.map(({ foundBy }) => foundBy)))
      expect(await run(scene, 8_000), scene).toBeUndefined();
  });
});
