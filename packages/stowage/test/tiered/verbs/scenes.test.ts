/** The scenes on the real thing. */
import { describe, it } from "vitest";
import { all } from "./all.js";

for (const [group, scenes] of Object.entries(all))
  describe(group, () => {
    for (const { name, run } of scenes) it(name, run);
  });
