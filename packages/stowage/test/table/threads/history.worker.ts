/** Does random operations and records them; run by histories.test.ts and the tests that pause or kill threads. */
import { Random } from "../support/random.js";
import { type Scene, serve } from "../support/worker-side.js";
import { type HistoryBuffers, Recorder } from "./history.js";
import { Caller, perform, type Style } from "./operations.js";

export interface HistoryJob {
  readonly buffers: HistoryBuffers;
  readonly seed: number;
  readonly keys: number;
  readonly operations: number;
  readonly style: Style;
  /** Unrecorded writes of other keys in between, so that memory is given back and items are moved. */
  readonly churn?: { readonly keys: number; readonly bytes: number };
  /** With a build of steps: where to stand still first; 0 for nowhere. */
  readonly steps?: number;
}

function operate(scene: Scene, job: HistoryJob): void {
  const { buffers, seed, keys, operations, style, churn } = job;
  const random = new Random(seed * 31 + scene.index);
  const caller = new Caller(random, style, 1_000_000 * (scene.index + 1));
  const recorder = new Recorder(buffers, scene.index);
  for (let n = 0; n < operations; n += 1) {
    if (churn !== undefined && random.chance(0.5)) {
      scene.table.set(`churn:${random.below(churn.keys)}`, new Uint8Array(random.below(churn.bytes)));
    }
    const key = random.below(keys);
    const call = caller.draw(key);
    caller.saw(
      key,
      recorder.record(key, call, () => perform(scene.table, key, call, style)),
    );
  }
}

serve({
  /** All at full speed. */
  operate(scene: Scene, job: HistoryJob) {
    scene.together();
    operate(scene, job);
  },

  /** Statement by statement, as far as it is let. */
  step(scene: Scene, job: HistoryJob) {
    const finish = scene.pace.begin(job.steps ?? 1);
    try {
      operate(scene, job);
    } finally {
      finish();
    }
  },
});
