/** The scenes of prometheus and otel fail on versions that are broken. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importEdited, misfitsOf } from "../../../../scripts/build/edited.js";
import * as otel from "../otel/scenes.js";
import * as prometheus from "../prometheus/scenes.js";
import * as lib from "./lib.js";
import { mutants } from "./mutants.js";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));
const entry = new URL("./lib.ts", import.meta.url);
const suites = { prometheus, otel };

it("the list fits the sources", () =>
  expect(
    misfitsOf(
      sources,
      mutants.map(({ edit }) => edit),
    ),
  ).toEqual([]));

it("the scenes find nothing wrong with what is not broken", async () => {
  const bundled = await importEdited<typeof lib>(entry, { sources });
  for (const { firstFailure } of Object.values(suites)) {
    expect(await firstFailure(lib)).toBeUndefined();
    expect(await firstFailure(bundled)).toBeUndefined();
  }
});

describe("the scenes find one that", () => {
  for (const { name, scenes, edit } of mutants)
    it(`${name} (${scenes})`, async () => {
      const broken = await importEdited<typeof lib>(entry, { sources, edits: [edit] });
      expect(await suites[scenes].firstFailure(broken)).toBeDefined();
    });
});
