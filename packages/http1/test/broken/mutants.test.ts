/**
 * The suites fail on a reader or a server that is broken: each mutant is the real one with one mistake, made by an edit of its
 * source, and each is found by the suite that stands beside it.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";
import type * as suites from "./suites.js";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));
/** Many times what the unbroken one takes; a mutant that makes a scene wait for ever is found as well. */
const PATIENCE_MS = 1_500;

function build(edits: readonly Edit[]): Promise<typeof suites> {
  return importEdited(new URL("./suites.ts", import.meta.url), { sources, edits });
}

describe("the suites find a", () => {
  for (const { name, foundBy, edits } of mutants) {
    it.concurrent(name, async ({ expect: expectHere }) => {
      const { run } = await build(edits);
      expectHere(await run(foundBy, PATIENCE_MS), `${foundBy} finds nothing`).toBeTypeOf("string");
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

  it("names suites that find nothing wrong with what is not broken", async () => {
    const { run } = await build([]);
    expect(await run("cases", PATIENCE_MS)).toBeUndefined();
  });
});
