/** Times a row's operation, one call after another, sync or awaited: a workload of the harness made of single calls. */
import { TimedRun, type Workload as WholeWorkload } from "../../harness/timed.js";
import type { Context, Measurement } from "./context.js";

export interface Workload extends Omit<WholeWorkload, "run" | "clock"> {
  /** The i-th operation; async: returns a promise. Other than undefined: it found a value. */
  op(i: number): unknown;
  async: boolean;
}

/** undefined from `build`: the contender cannot do it. */
export function timed(build: (context: Context) => Promise<Workload | undefined>): Measurement {
  return async (context) => {
    const workload = await build(context);
    if (workload === undefined) return undefined;
    const { op, async, ...rest } = workload;
    const run = (from: number, to: number) => (async ? passAsync(op, from, to) : pass(op, from, to));
    return new TimedRun({ ...rest, run }, context.settings).measure();
  };
}

function pass(op: (i: number) => unknown, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) if (op(i) !== undefined) found++;
  return found;
}

async function passAsync(op: (i: number) => unknown, from: number, to: number): Promise<number> {
  let found = 0;
  for (let i = from; i < to; i++) if ((await op(i)) !== undefined) found++;
  return found;
}
