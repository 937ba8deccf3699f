/** Does one write, and stands still before one of its statements. */
import { serve } from "../support/worker-side.js";

export interface KillJob {
  readonly verb: "overwrite" | "add" | "delete" | "count";
  /** Before which statement; 0: none. */
  readonly at: number;
}

serve({
  /** Returns how many statements it took. */
  write({ table, pace }, { verb, at }: KillJob) {
    const finish = pace.begin(at);
    try {
      if (verb === "overwrite") table.set("there", "new");
      if (verb === "add") table.set("absent", "new");
      if (verb === "delete") table.delete("there");
      if (verb === "count") table.incr("counter", 1);
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: what was thrown would be of no interest
      return finish();
    }
  },
});
