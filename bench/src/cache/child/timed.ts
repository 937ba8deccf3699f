/**
 * Times an operation: warm-up, then batches, and the median over them in nanoseconds of CPU time an operation.
 *
 * What an operation returns is compared with undefined and counted: that keeps V8 from dropping the work, and the
 * count says whether every look-up found what it had to. One process runs one operation of one library, so the
 * loops below are compiled for it alone.
 */

import { type Elapsed, Stopwatch } from "../../harness/stopwatch.js";
import { median } from "../../harness/summary.js";
import type { Settings } from "../settings.js";
import { type Context, collect, ensure, type Measurement, turn } from "./context.js";

export interface Workload {
  /** The i-th operation; i goes up by one and never comes again. Async: returns a promise. */
  op(i: number): unknown;
  async: boolean;
  /** How many of the operations return a value: all, none, or whatever the cache can do. */
  finds: "all" | "none" | "some";
  /** Makes what the operations from `i` on need, off the clock, before each chunk of them. */
  prepare?(i: number): void;
  /** Lets the event loop turn after each of these chunks, on the clock: timers and coarse clocks work as in a server. */
  turns?: boolean;
  /** Operations before anything else. */
  settleOps?: number;
  /** How long a batch may take; absent: as in the settings. */
  batchMsMax?: number;
  /** Throws if the cache did not do the work; gets the number of operations done. */
  check(ops: number): void | Promise<void>;
}

/** Operations between two preparations: few enough that what they need stays in the processor's cache. */
export const chunkOps = 2 ** 13;
/** Operations between two turns of the event loop: what a busy server does in one. */
const turnOps = 2 ** 10;
/** Enough for the optimising compiler; a slow library stops earlier, by time. */
const calibrationOps = 2 ** 15;
const calibrationMs = 100;

/** undefined from `build`: the contender cannot do it. */
export function timed(build: (context: Context) => Promise<Workload | undefined>): Measurement {
  return async (context) => {
    const workload = await build(context);
    if (workload === undefined) return undefined;
    return new TimedRun(workload, context.settings).measure();
  };
}

class TimedRun {
  readonly #watch = new Stopwatch();
  #ops = 0;
  #found = 0;

  constructor(
    private readonly workload: Workload,
    private readonly settings: Settings,
  ) {}

  async measure() {
    const { settleOps = 0, finds, check } = this.workload;
    if (settleOps > 0) await this.#batch(settleOps);
    const batchOps = await this.#calibrate();
    for (let i = 0; i < this.settings.warmupBatches; i++) await this.#batch(batchOps);
    collect();

    this.#found = 0;
    const elapsed: Elapsed[] = [];
    for (let i = 0; i < this.settings.batches; i++) elapsed.push(await this.#batch(batchOps));
    const timedOps = batchOps * this.settings.batches;
    ensure(
      finds !== "all" || this.#found === timedOps,
      `${this.#found} of ${timedOps} operations found a value`,
    );
    ensure(finds !== "none" || this.#found === 0, `${this.#found} of ${timedOps} operations found a value`);
    await check(this.#ops);
    return {
      figure: median(elapsed.map(({ cpuNs }) => cpuNs / batchOps)),
      extra: {
        wallNs: median(elapsed.map(({ wallNs }) => wallNs / batchOps)),
        ops: timedOps,
        foundShare: this.#found / timedOps,
      },
    };
  }

  /** How many operations a batch gets, from the speed of the last chunk of a short warm-up. */
  async #calibrate(): Promise<number> {
    const { batchOps, batchMsMax } = this.settings;
    const stepOps = Math.min(calibrationOps / 8, batchOps);
    const start = performance.now();
    let ns = 0;
    for (let ops = 0; ops < calibrationOps && performance.now() - start < calibrationMs; ops += stepOps) {
      ns = (await this.#batch(stepOps)).wallNs / stepOps;
    }
    const affordable = ((this.workload.batchMsMax ?? batchMsMax) * 1e6) / ns;
    return Math.min(batchOps, Math.max(turnOps, Math.floor(affordable / turnOps) * turnOps));
  }

  async #batch(ops: number): Promise<Elapsed> {
    const { prepare, turns } = this.workload;
    const chunk = turns ? turnOps : prepare ? chunkOps : ops;
    const end = this.#ops + ops;
    if (turns) this.#watch.start();
    while (this.#ops < end) {
      // Chunks begin at multiples of their size, whatever the batches' sizes are.
      const next = Math.min(end, this.#ops - (prepare ? this.#ops % chunk : 0) + chunk);
      prepare?.(this.#ops);
      await this.#chunk(next);
      if (turns) await turn();
    }
    if (turns) this.#watch.stop();
    return this.#watch.take();
  }

  async #chunk(end: number): Promise<void> {
    const { op, turns } = this.workload;
    if (!turns) this.#watch.start();
    this.#found += this.workload.async ? await passAsync(op, this.#ops, end) : pass(op, this.#ops, end);
    if (!turns) this.#watch.stop();
    this.#ops = end;
  }
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
