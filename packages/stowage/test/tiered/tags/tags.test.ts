/** Epochs, stamps, and what L2 was not told. */
import { describe, it } from "vitest";
import { tagScenes } from "./scenes/index.js";

for (const [group, all] of Object.entries(tagScenes))
  describe(group, () => {
    for (const { name, run } of all) it(name, run);
  });
