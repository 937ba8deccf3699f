/** Commits, in a thread that may be killed on the way; and who looks what became of them. */
import { type Scene, serve } from "../support/worker-side.js";
import { advance, attach, examine, overtake, watchRounds } from "./scenes.js";

serve({
  /** Returns how many statements of the table it took, if it comes that far. */
  async advance({ data, pace }: Scene, limit: number): Promise<number> {
    const cache = attach(data);
    const finish = pace.begin(limit);
    try {
      await advance(cache);
    } finally {
      limit = finish();
    }
    return limit;
  },

  /** Looks as others do who do not know that somebody died, and may die as well. */
  async look({ data, pace }: Scene, limit: number): Promise<number> {
    const cache = attach(data);
    const finish = pace.begin(limit);
    try {
      for (const key of ["new", "b", "a", "goes"]) cache.get(key);
    } finally {
      limit = finish();
    }
    return limit;
  },

  async examine({ data }: Scene): Promise<{ round: number; ms: number }> {
    const start = performance.now();
    const cache = attach(data);
    const round = await examine(cache);
    cache.close();
    return { round, ms: performance.now() - start };
  },

  async rounds({ data, together }: Scene, times: number): Promise<void> {
    const cache = attach(data);
    together();
    for (let round = 1; round < times; round++) await advance(cache);
    cache.close();
  },

  watch({ data, together }: Scene, times: number): number {
    const cache = attach(data);
    together();
    const looks = watchRounds(cache, times);
    cache.close();
    return looks;
  },

  overtake: () => overtake(),
});
