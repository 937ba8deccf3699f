/** What a process tells the others, and what it hears of them. */
import { describe, it } from "vitest";
import { feedScenes } from "./scenes/index.js";

for (const [group, all] of Object.entries(feedScenes))
  describe(`the feed, ${group}`, () => {
    for (const { name, run } of all) it(name, run);
  });
