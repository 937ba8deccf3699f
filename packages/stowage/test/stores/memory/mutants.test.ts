/** The store suite fails on stores that are broken: each is the memory store with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { failingStoreCases } from "../../../src/testing/store-suite.js";
import { mutants } from "./mutants.js";
import { memorySubject } from "./subject.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

async function failures(edits: readonly Edit[]): Promise<string[]> {
  const entry = new URL("./suite-run.ts", import.meta.url);
  const built = await importEdited<typeof import("./suite-run.js")>(entry, { sources, edits });
  return (await built.failing(memorySubject.abilities)).map(({ name }) => name);
}

describe("the store suite finds a store that", () => {
  for (const { name, edit } of mutants) {
    it(name, async () => expect(await failures([edit])).not.toEqual([]));
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

  it("is run by a suite that finds nothing wrong with what is not broken", async () => {
    expect(await failures([])).toEqual([]);
    expect(await failingStoreCases(memorySubject)).toEqual([]);
  });
});
