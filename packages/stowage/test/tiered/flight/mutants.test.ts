/** The scenes fail on loading that is broken: each mutant is the real one with one mistake, made by an edit of its source. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundleEdited, type Edit, misfitsOf } from "../../../../../scripts/build/edited.js";
import { foundByRaces, mutants } from "./mutants.js";

const run = promisify(execFile);
const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

/** The name of the first scene that fails; null: none does. */
function failing(edits: readonly Edit[]): Promise<string | null> {
  return printedBy("./scenes.program.ts", edits);
}

/** Whether the races find nothing. */
function surviving(edits: readonly Edit[]): Promise<boolean> {
  return printedBy("../races/races.program.ts", edits);
}

async function printedBy<T>(entry: string, edits: readonly Edit[]): Promise<T> {
  const program = await bundleEdited(new URL(entry, import.meta.url), { sources, edits });
  const { stdout } = await run(process.execPath, [program], { timeout: 120_000, maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

describe("the scenes find loading that", () => {
  for (const { name, edit } of mutants) {
    it(name, { timeout: 150_000 }, async () => {
      expect(await failing([edit])).not.toBe(null);
    });
  }
});

describe("the races find loading that", () => {
  for (const name of foundByRaces) {
    it(name, { timeout: 150_000 }, async () => {
      const { edit } = mutants.find((mutant) => mutant.name === name) as (typeof mutants)[number];
      expect(await surviving([edit])).toBe(false);
    });
  }
});

describe("the list of mutants", () => {
  it("fits the sources", () => {
    const edits = mutants.map(({ edit }) => edit);
    expect(misfitsOf(sources, edits)).toEqual([]);
  });

  it("is found by scenes that find nothing wrong with the real loading", async () => {
    expect(await failing([])).toBe(null);
  });
});
