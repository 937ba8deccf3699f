/** The suites fail on a transport that is broken: each mutant is the real one with one mistake, made by an edit of its source. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";
import type * as suites from "./suites.js";

const sources = fileURLToPath(new URL("../../../../src/client/transport/", import.meta.url));
const fixtures = fileURLToPath(new URL("../../../../../http1/test/fixtures/tls/", import.meta.url));
/** Many times what the unbroken one takes; a mutant that makes a scene wait for ever is found as well. */
const PATIENCE_MS = 1_500;

function build(edits: readonly Edit[]): Promise<typeof suites> {
  return importEdited(new URL("./suites.ts", import.meta.url), { sources, edits });
}

describe("the suites find a transport", () => {
  for (const { name, foundBy, edits } of mutants) {
    it.concurrent(name, async ({ expect: expectHere }) => {
      const { run } = await build(edits);
      const found = await run(foundBy, PATIENCE_MS, fixtures);
      expectHere(found, `${foundBy} finds nothing`).toBeTypeOf("string");
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
    for (const suite of new Set(mutants.map(({ foundBy }) => foundBy)))
      expect(await run(suite, 8_000, fixtures), suite).toBeUndefined();
  });
});
