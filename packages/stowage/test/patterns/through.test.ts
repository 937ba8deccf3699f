/** The scenes of patterns around a source, over each cache. */
import { describe, it } from "vitest";
import { shared, tiered } from "./scenes/caches.js";
import { inProcess } from "./scenes/in-process.js";
import { throughScenes } from "./scenes/through.js";

for (const place of [inProcess, shared, tiered]) {
  describe(place.name, () => {
    for (const [group, all] of Object.entries(throughScenes(place))) {
      describe(group, () => {
        for (const { name, run } of all) it(name, run);
      });
    }
  });
}
