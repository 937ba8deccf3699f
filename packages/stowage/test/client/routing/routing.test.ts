/** The scenes, on the sources. */
import { describe, it } from "vitest";
import { scenes } from "./scenes/index.js";

for (const [group, all] of Object.entries(scenes)) {
  describe(group, () => {
    for (const { name, run } of all) it(name, run);
  });
}
