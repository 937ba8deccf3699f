/** The scenes, on the sources. */
import { describe, it } from "vitest";
import { frameScenes } from "./scenes.js";

for (const [group, all] of Object.entries(frameScenes)) {
  describe(group, () => {
    for (const { name, run } of all) it(name, run);
  });
}
