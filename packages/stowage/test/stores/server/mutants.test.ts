/** The store suite fails on server stores that are broken: each is the real one with one edit of its sources. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Edit, importEdited, misfitsOf } from "../../../../../scripts/build/edited.js";
import { mutants } from "./mutants.js";
import { Servers } from "./servers.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));
const servers = new Servers();

beforeAll(() => servers.start(1));
afterAll(() => servers.close());

function build(edits: readonly Edit[]): Promise<typeof import("./suite-run.js")> {
  return importEdited(new URL("./suite-run.ts", import.meta.url), { sources, edits });
}

describe("the store suite finds a server store that", () => {
  for (const { name, edit, foundBy } of mutants) {
    it(name, async () => expect(await (await build([edit])).failing(servers, foundBy)).not.toEqual([]));
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
      expect(await failing(servers, group)).toEqual([]);
  });
});
