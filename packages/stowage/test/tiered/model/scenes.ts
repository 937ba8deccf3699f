/** A few scripts of each setting, always the same ones: enough to find what mutants.ts breaks. */
import fc from "fast-check";
import { scenes } from "../../support/scenes.js";
import { type ChaosSetting, chaosProperty } from "./chaos.js";

export const settings: readonly ChaosSetting[] = [
  { name: "nothing goes wrong", troubles: [] },
  { name: "L2 fails", troubles: ["refused", "lost", "hung"] },
  { name: "the bus fails", troubles: ["cut", "loss"] },
  { name: "both fail", troubles: ["refused", "lost", "hung", "cut", "loss"] },
  {
    name: "both fail, with a small L1 and old values kept",
    troubles: ["refused", "lost", "hung", "cut", "loss"],
    options: { l1: { max: 1 }, fetch: { grace: "1m" } },
  },
  {
    name: "both fail, without L1",
    troubles: ["refused", "lost", "hung", "cut", "loss"],
    options: { l1: false },
  },
];

const SEEDS = Array.from({ length: 40 }, (_, index) => index);

export const chaosScenes = scenes((group, scene) => {
  for (const setting of settings)
    group(setting.name, () => {
      for (const seed of SEEDS)
        scene(`the script of ${seed}`, async () => {
          const { failed, errorInstance } = await fc.check(chaosProperty(setting), {
            numRuns: 1,
            seed,
            endOnFailure: true,
          });
          if (failed) throw errorInstance;
        });
    });
});
