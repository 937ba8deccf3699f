/**
 * All writes of this process to one store, in the order of the calls: those that were asked for in the same turn of the event loop share
 * a transaction. lmdb lets one process write at a time, so whoever writes waits for the others: transactions are short here, and
 * what is much is done in slices, a turn apart.
 *
 * The transactions are synchronous: asynchronous ones of lmdb-js with a callback need thread-safe functions of Node-API, and with
 * some builds of it the callback is never called. A process that is killed in one leaves nothing of it; the next one goes on.
 */
import { ClosedError, StowageError } from "../../base/errors.js";
import { nextTurn } from "../../base/next-turn.js";
import { Page } from "./page.js";
import type { LmdbFile } from "./types.js";

interface Job {
  readonly verb: string;
  readonly signal: AbortSignal;
  /** Throws before it has changed anything, or not at all. */
  work(page: Page): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Undone when it throws (1). Whether it is flushed before it returns the file's options say: lmdb may put that off (65,536). */
const FLAGS = 0x10001;
const JOBS_MAX = 100;

export class Writer {
  readonly #file: LmdbFile;
  readonly #bytesMax: number;
  #jobs: Job[] = [];
  #isBusy = false;
  #isClosed = false;

  constructor(file: LmdbFile, bytesMax: number) {
    this.#file = file;
    this.#bytesMax = bytesMax;
  }

  do<T>(verb: string, signal: AbortSignal, work: (page: Page) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isClosed) throw new ClosedError(verb);
      this.#jobs.push({ verb, signal, work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#isBusy) void this.#run();
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const job of this.#jobs.splice(0)) job.reject(new ClosedError(job.verb));
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#jobs.length > 0) {
      await nextTurn();
      this.#commit(this.#jobs.splice(0, JOBS_MAX));
    }
    this.#isBusy = false;
  }

  /** Nobody is told before the transaction has ended. */
  #commit(jobs: readonly Job[]): void {
    const tell: (() => void)[] = [];
    try {
      this.#file.root.transactionSync(() => {
        const page = new Page(this.#file, this.#bytesMax);
        for (const job of jobs) tell.push(attempt(job, page));
        page.finish();
      }, FLAGS);
    } catch (error) {
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const one of tell) one();
  }
}

function attempt(job: Job, page: Page): () => void {
  if (job.signal.aborted) return () => job.reject(job.signal.reason);
  try {
    const value = job.work(page);
    return () => job.resolve(value);
  } catch (error) {
    // A refusal of ours came before anything was changed. Whatever else it is, nobody knows what was done: all of it is undone.
    if (!(error instanceof StowageError)) throw error;
    return () => job.reject(error);
  }
}
