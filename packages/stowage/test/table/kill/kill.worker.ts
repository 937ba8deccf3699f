/** The thread that is killed (in a build of steps), and the one that looks what became of the table (in a plain one). */
import { type Scene, serve } from "../support/worker-side.js";
import { type Before, examine, prepareTarget, type Stage, scenarios } from "./scenarios.js";

function stageOf({ table, clock }: Scene): Stage {
  if (clock === undefined) throw new Error("kill tests run on shared time");
  return { table, clock };
}

let before: Before | undefined;

serve({
  prepare(scene: Scene, name: string) {
    const { prepare = prepareTarget } = scenarios[name];
    prepare(stageOf(scene));
    before = scene.table.getEntry("target");
    scene.table.verify();
  },

  /** Returns how many statements it took, if it comes that far. */
  async act(scene: Scene, { name, limit }: { name: string; limit: number }): Promise<number> {
    const finish = scene.pace.begin(limit, false);
    let steps = 0;
    try {
      await scenarios[name].act(stageOf(scene));
    } finally {
      steps = finish();
    }
    return steps;
  },

  /** Throws if something is wrong; returns how long it took. */
  examine(scene: Scene, name: string): number {
    const start = performance.now();
    examine(stageOf(scene), scenarios[name], before);
    return performance.now() - start;
  },

  stats: ({ table }: Scene) => table.stats(),

  /** How many entries of about 1000 bytes fit: memory that was lost would show. */
  capacity({ table }: Scene): number {
    table.clear();
    for (let n = 0; n < 3_000; n += 1) {
      try {
        table.set(`capacity:${n}`, new Uint8Array(1_000));
      } catch (error) {
        if ((error as Error).name !== "TableFullError") throw error;
        break;
      }
    }
    const count = table.size();
    table.clear();
    return count;
  },
});
