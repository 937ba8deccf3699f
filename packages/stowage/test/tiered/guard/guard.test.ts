/** The scenes, on the sources. */
import { describe, it } from "vitest";
import { guardScenes } from "./scenes.js";

for (const [group, all] of Object.entries(guardScenes)) {
  describe(group, () => {
    for (const { name, run } of all) it(name, run);
  });
}
