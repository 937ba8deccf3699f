/** What fetch, remember and rememberAll promise, over a fake server and a clock that stands still. */
import { describe, it } from "vitest";
import { groups } from "./scenes/index.js";

for (const [group, scenes] of Object.entries(groups)) {
  describe(group, () => {
    for (const { name, run } of scenes) it(name, run);
  });
}
