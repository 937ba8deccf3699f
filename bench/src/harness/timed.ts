/**
 * Times a workload: warm-up, then batches, and the median over them in nanoseconds an operation.
 *
 * What an operation returns is looked at and counted by the workload: that keeps V8 from dropping the work, and the
 * count says whether every look-up found what it had to. One process runs one operation of one library, so the
 * loops that do it are compiled for it alone.
 */
import { collect, ensure, turn } from "./checks.js";
import { type Elapsed, Stopwatch } from "./stopwatch.js";
import { median } from "./summary.js";
import type { Outcome } from "./types.js";

export interface Workload {
  /**
   * Does the operations from `from` to before `to`, and says how many of them found a value. Positions go up by one
   * and never come again.
   */
  run(from: number, to: number): number | Promise<number>;
  /** How many of the operations find a value: all, none, or whatever there is to find. */
  finds: "all" | "none" | "some";
  /** What the figure is: CPU time of this process, or, where another process does a part of the work, this thread's own time. */
  clock?: "cpu" | "own";
  /** Makes what the operations from `i` on need, off the clock, before each chunk of them. */
  prepare?(i: number): void;
  /** Operations between two preparations; absent: 8,192. */
  chunkOps?: number;
  /** Lets the event loop turn after each of these chunks, on the clock: timers and coarse clocks work as in a server. */
  turns?: boolean;
  /** Operations before anything else. */
  settleOps?: number;
  /** How long a batch may take; absent: as in the timing. */
  batchMsMax?: number;
  /** Throws if the work was not done; gets the number of operations done. */
  check(ops: number): void | Promise<void>;
}

export interface Timing {
  /** A batch is what is timed at once: so many operations, or fewer where they would take longer than that. */
  batchOps: number;
  batchMsMax: number;
  warmupBatches: number;
  batches: number;
}

/** Operations between two preparations: few enough that what they need stays in the processor's cache. */
export const chunkOps = 2 ** 13;
/** Operations between two turns of the event loop: what a busy server does in one. */
const turnOps = 2 ** 10;
/** Enough for the optimising compiler; a slow library stops earlier, by time. */
const calibrationOps = 2 ** 15;
const calibrationMs = 100;

export class TimedRun {
  readonly #watch = new Stopwatch();
  #ops = 0;
  #found = 0;

  constructor(
    private readonly workload: Workload,
    private readonly timing: Timing,
  ) {}

  async measure(): Promise<Outcome> {
    const { settleOps = 0, finds, check, clock = "cpu" } = this.workload;
    if (settleOps > 0) await this.#batch(settleOps);
    const batchOps = await this.#calibrate();
    for (let i = 0; i < this.timing.warmupBatches; i++) await this.#batch(batchOps);
    collect();

    this.#found = 0;
    const elapsed: Elapsed[] = [];
    for (let i = 0; i < this.timing.batches; i++) elapsed.push(await this.#batch(batchOps));
    const timedOps = batchOps * this.timing.batches;
    const wanted = { all: this.#found === timedOps, none: this.#found === 0, some: true };
    ensure(wanted[finds], `${this.#found} of ${timedOps} operations found a value`);
    await check(this.#ops);
    const cpuNs = median(elapsed.map((batch) => batch.cpuNs / batchOps));
    const wallNs = median(elapsed.map((batch) => batch.wallNs / batchOps));
    const ownNs = median(elapsed.map((batch) => batch.ownNs / batchOps));
    return {
      figure: clock === "cpu" ? cpuNs : ownNs,
      extra: { cpuNs, wallNs, ops: timedOps, foundShare: this.#found / timedOps },
    };
  }

  /** How many operations a batch gets, from the speed of the last chunk of a short warm-up. */
  async #calibrate(): Promise<number> {
    const { batchOps, batchMsMax } = this.timing;
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
    const { prepare, turns, chunkOps: prepared = chunkOps } = this.workload;
    const chunk = turns ? turnOps : prepare ? prepared : ops;
    const end = this.#ops + ops;
    if (turns) this.#watch.start();
    while (this.#ops < end) {
      // Chunks begin at multiples of their size, whatever the batches' sizes are.
      const next = Math.min(end, this.#ops - (prepare ? this.#ops % chunk : 0) + chunk);
      this.#prepare();
      await this.#chunk(next);
      if (turns) await turn();
    }
    if (turns) this.#watch.stop();
    return this.#watch.take();
  }

  /** Off the clock, also where that runs on from chunk to chunk. */
  #prepare(): void {
    const { prepare, turns } = this.workload;
    if (prepare === undefined) return;
    if (turns) this.#watch.stop();
    prepare(this.#ops);
    if (turns) this.#watch.start();
  }

  async #chunk(end: number): Promise<void> {
    const { turns } = this.workload;
    if (!turns) this.#watch.start();
    const found = this.workload.run(this.#ops, end);
    this.#found += typeof found === "number" ? found : await found;
    if (!turns) this.#watch.stop();
    this.#ops = end;
  }
}
