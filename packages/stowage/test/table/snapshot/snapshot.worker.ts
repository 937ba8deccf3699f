/** Writes, deletes and counts without end while another thread takes a snapshot. */
import { Random } from "../support/random.js";
import { stamped } from "../support/values.js";
import { serve } from "../support/worker-side.js";
import { keyOf } from "./keys.js";

export interface WriteJob {
  /** Word 0: to be stopped. Word 1: rounds done. */
  readonly shared: Int32Array;
  readonly from: number;
  readonly keys: number;
  readonly bytes: number;
}

serve({
  /** Of its own keys, some are written, some deleted, in any order; a counter goes up by one each round. */
  write({ table, index }, { shared, from, keys, bytes }: WriteJob) {
    const random = new Random(index + 1);
    for (let round = 1; Atomics.load(shared, 0) === 0; round++) {
      const key = from + random.below(keys);
      if (random.chance(0.2)) table.delete(keyOf(key));
      else table.set(keyOf(key), stamped(key, round, bytes + random.below(100)));
      table.incr(`count:${index}`, 1);
      Atomics.store(shared, 1 + index, round);
    }
  },
});
