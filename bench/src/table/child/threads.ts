/**
 * Rows in several threads on one store. The main thread opens and fills it and then only tells the threads when to
 * work: by turns one alone, then all together, so that the gain of a second thread is measured within one process, on
 * the same memory, within tenths of a second.
 *
 * The figure is the time an operation of all threads together, from their rates. A thread's rate is by its own wall
 * time, off which is taken for how long it was ready but had no core (Linux tells): that is other processes' doing.
 * Waiting for a lock, for another thread or for an answer stays in. Keys are made on the clock here.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ensure } from "../../harness/checks.js";
import { median } from "../../harness/summary.js";
import type { Outcome } from "../../harness/types.js";
import { type Context, type Measurement, needsOf } from "./context.js";
import { fill, settle, sumOfCounters } from "./fill.js";
import { chunkOps, Requests } from "./requests.js";
import type { WorkRow } from "./single.js";
import type { Batch, BatchDone, ThreadData } from "./thread.js";

export function threaded(row: WorkRow & { threads: number }): Measurement {
  return async (context) => {
    const { contender, settings } = context;
    if (contender.attach === undefined || availableParallelism() < row.threads) return undefined;
    const needs = { ...needsOf(context, row.size, row.valueBytes), counters: row.operation === "incr" };
    const store = await contender.open(needs);
    if (store === undefined) return undefined;
    await fill(store, needs, row.operation);
    if (contender.cleansWhenFull && (row.operation === "set" || row.operation === "mixed"))
      await settle(store, new Requests(context.sequence(row.size)), needs);

    const team = await Team.start(context, row, store.handle);
    const outcome = await new ThreadedRun(team, settings.threadBatches, settings).measure();
    const ops = await team.end();
    if (needs.counters) {
      const sum = await sumOfCounters(store, needs);
      ensure(sum === ops, `the counters add up to ${sum} after ${ops} increments`);
    }
    await store.close();
    return outcome;
  };
}

/** The threads, by number. */
class Team {
  #ops = 0;

  private constructor(
    readonly size: number,
    private readonly workers: readonly Worker[],
  ) {}

  static async start(context: Context, row: WorkRow & { threads: number }, handle: unknown): Promise<Team> {
    const workers = Array.from({ length: row.threads }, (_, thread) => {
      const workerData: ThreadData = { job: context.job, row, handle, thread, threads: row.threads };
      return new Worker(process.argv[1], { workerData });
    });
    await Promise.all(workers.map((worker) => once(worker, "message")));
    return new Team(row.threads, workers);
  }

  /** One batch in each of these threads at the same time. */
  async run(threads: readonly number[], ops: number): Promise<BatchDone[]> {
    this.#ops += threads.length * ops;
    return Promise.all(threads.map((thread) => ask(this.workers[thread], { ops })));
  }

  /** Lets each check its writes, and ends it. Returns how many operations there were. */
  async end(): Promise<number> {
    for (const worker of this.workers) {
      await ask(worker, { ops: 0 });
      const exited = once(worker, "exit");
      await Promise.race([exited, worker.terminate()]);
    }
    return this.#ops;
  }
}

/** A worker that throws rejects this: `once` listens for "error" too. */
async function ask(worker: Worker, batch: Batch): Promise<BatchDone> {
  const answered = once(worker, "message");
  worker.postMessage(batch);
  return (await answered)[0];
}

interface ThreadedTiming {
  batchOps: number;
  batchMsMax: number;
  warmupBatches: number;
}

class ThreadedRun {
  constructor(
    private readonly team: Team,
    private readonly batches: number,
    private readonly timing: ThreadedTiming,
  ) {}

  async measure(): Promise<Outcome> {
    const all = Array.from({ length: this.team.size }, (_, thread) => thread);
    const ops = await this.#calibrate(all);
    for (let i = 0; i < this.timing.warmupBatches; i++) await this.#batch(all, ops);
    const alone: Rated[] = [];
    const together: Rated[] = [];
    for (let i = 0; i < this.batches; i++) {
      alone.push(await this.#batch([i % this.team.size], ops));
      together.push(await this.#batch(all, ops));
    }
    const [aloneNs, ns] = [alone, together].map((rated) => median(rated.map((batch) => batch.ns)));
    const [aloneWallNs, wallNs] = [alone, together].map((rated) =>
      median(rated.map((batch) => batch.wallNs)),
    );
    return {
      figure: ns,
      extra: { speedup: aloneNs / ns, aloneNs, wallNs, wallSpeedup: aloneWallNs / wallNs, ops },
    };
  }

  /** Operations of a batch: whole chunks, and no more than take as long as a batch may. */
  async #calibrate(all: readonly number[]): Promise<number> {
    let ns = 1;
    for (let i = 0; i < 4; i++) ({ wallNs: ns } = await this.#batch(all, chunkOps));
    const affordable = Math.floor((this.timing.batchMsMax * 1e6) / ns / chunkOps) * chunkOps;
    return Math.max(chunkOps, Math.min(this.timing.batchOps, affordable));
  }

  async #batch(threads: readonly number[], ops: number): Promise<Rated> {
    const done = await this.team.run(threads, ops);
    for (const { found } of done) ensure(found === ops, `${found} of ${ops} operations found a value`);
    const rate = done.reduce((sum, { ownMs }) => sum + ops / ownMs, 0);
    const wallMs =
      Math.max(...done.map((each) => each.endMs)) - Math.min(...done.map((each) => each.startMs));
    return { ns: 1e6 / rate, wallNs: (wallMs * 1e6) / (ops * threads.length) };
  }
}

/** ns an operation of all threads together: by their rates, and by the clock from the first start to the last end. */
interface Rated {
  ns: number;
  wallNs: number;
}
