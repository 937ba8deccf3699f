/** Writes and deletes keys in any order, until it is told to stop or is killed. */
import { Random } from "../support/random.js";
import { serve } from "../support/worker-side.js";

export interface CoherenceJob {
  /** Word 0: to be stopped. */
  readonly shared: Int32Array;
  readonly seed: number;
  readonly keys: number;
}

serve({
  write({ table, index }, { shared, seed, keys }: CoherenceJob) {
    const random = new Random(seed);
    for (let round = 0; Atomics.load(shared, 0) === 0; round++) {
      const key = `key:${random.below(keys)}`;
      if (random.chance(0.2)) table.delete(key);
      else table.set(key, `${index}:${round}`);
    }
  },
});
