/** The property itself: any script of commands leaves the real table and the naive one saying the same. */
import fc from "fast-check";
import type { SharedTable, TableOptions } from "stowage/table";
import { commands } from "./commands.js";
import { type Setting, World } from "./world.js";

/** To be given to fc.assert (which prints seed, path and the shrunk script of a failure) or fc.check. */
export function modelProperty(setting: Setting, create?: (options: TableOptions) => SharedTable) {
  return fc.property(commands, (script) => {
    const world = new World(setting, create);
    try {
      world.compare();
      fc.modelRun(() => ({ model: world, real: world }), script);
    } finally {
      world.close();
    }
  });
}
