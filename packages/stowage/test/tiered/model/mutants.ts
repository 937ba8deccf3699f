/** Tiers that go wrong only when calls overtake each other, and the settings that have to find it. */
import type { SceneMutant } from "../../support/scenes.js";

function mutant(
  foundBy: string,
  file: string,
  name: string,
  find: string | RegExp,
  replace = "",
): SceneMutant {
  return { name, foundBy, edit: { file: `tiered/${file}.ts`, find, replace } };
}

const WELL = "nothing goes wrong";

export const mutants: readonly SceneMutant[] = [
  mutant(
    WELL,
    "l1/writing",
    "leaves reads alone that began while it was written",
    "  for (const key of keys) if (!kept.has(key)) s.near.delete(key);\n",
  ),
];
