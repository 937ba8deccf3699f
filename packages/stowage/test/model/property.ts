/** The property itself: any script of commands leaves the real cache and the naive one saying the same. */
import fc from "fast-check";
import { type CacheUnderTest, FakeClock, type SubjectOptions } from "stowage/testing";
import { commands } from "./commands.js";
import { type Bounds, World, weigh } from "./world.js";

export interface ModelSetting {
  readonly bounds: Bounds;
  readonly create: (options: SubjectOptions) => CacheUnderTest;
}

/** To be given to fc.assert (which prints seed, path and the shrunk script of a failure) or fc.check. */
export function modelProperty({ bounds, create }: ModelSetting) {
  return fc.asyncProperty(commands, async (script) => {
    const clock = new FakeClock();
    const cache = create({ clock, ...bounds, ...(bounds.maxWeight === undefined ? {} : { weigher: weigh }) });
    const world = new World(cache, clock, bounds);
    try {
      await fc.asyncModelRun(() => ({ model: world, real: world }), script);
      await world.finishAll();
      world.compare();
    } finally {
      cache.close();
    }
  });
}
