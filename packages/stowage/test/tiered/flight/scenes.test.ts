/** What fetch, fetchMany and wrap over tiers promise, over a store in memory and a clock that stands still. */
import { describe, it } from "vitest";
import { groups } from "./scenes/index.js";

for (const [group, scenes] of Object.entries(groups)) {
  describe(group, () => {
    for (const { name, run } of scenes) it(name, run);
  });
}
