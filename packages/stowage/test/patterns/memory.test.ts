/** The scenes, over memory. */
import { describe, it } from "vitest";
import { TableStore } from "../../src/stores/table/index.js";
import { SharedTable } from "../../src/table/table.js";
import type { Scenes } from "../support/scenes.js";
import { memoryScenes } from "./scenes/index.js";
import { storeLocks } from "./scenes/lock-places.js";
import { lockScenes } from "./scenes/locks.js";

function run(scenes: Scenes): void {
  for (const [group, all] of Object.entries(scenes)) {
    describe(group, () => {
      for (const { name, run } of all) it(name, run);
    });
  }
}

run(memoryScenes());

describe("over a shared table", () => {
  const place = storeLocks("the table", (clock) => {
    const table = SharedTable.create({ memory: "2mb", janitor: false, clock });
    return { open: () => new TableStore({ table }), close: () => table.close() };
  });
  run(lockScenes(place));
});
