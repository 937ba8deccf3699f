/**
 * Real worker threads on one table, for tests: started from a bundle (bundle.ts), told to do jobs, ended or killed.
 *
 *     const script = await bundle(new URL("./counting.worker.ts", import.meta.url));
 *     const crew = await Crew.start({ script, count: 4, handle: table.handle });
 *     const results = await crew.all("count", { times: 1_000 });
 *     await crew.end();
 *
 * The worker script calls `serve({ count: ({ table }, { times }) => ... })` (worker-side.ts). A job that does not come back
 * within its limit is a failure that names it: the limit only bounds how long a broken table can hold up a run, nothing
 * waits for it otherwise.
 */
import { Worker } from "node:worker_threads";
import { Pace } from "./pace.js";

/** How long a job may take at most; a hundred times of what any of them takes. */
const JOB_LIMIT_MS = 30_000;

export interface HandOptions {
  /** A bundle of a script that calls `serve`. */
  readonly script: string;
  /** What SharedTable.attach takes; undefined for a worker that makes its own table or none. */
  readonly handle?: unknown;
  /** Options of attach that can be cloned. */
  readonly attach?: object;
  /** Shared fake time (SharedClock.buffer); without it the worker has the real clock. */
  readonly time?: SharedArrayBuffer;
  /** Whatever the jobs need: cloned, or shared if it is a SharedArrayBuffer. */
  readonly data?: unknown;
}

export interface CrewOptions extends HandOptions {
  readonly count: number;
}

/** What a worker is started with. */
export interface HandData extends Omit<HandOptions, "script"> {
  readonly index: number;
  readonly pace: SharedArrayBuffer;
  /** Word 0: how many of the crew have come to the start. */
  readonly gate: SharedArrayBuffer;
  readonly count: number;
}

export interface Order {
  readonly serial: number;
  readonly job: string;
  readonly argument: unknown;
}

export interface Answer {
  readonly serial: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
}

interface Waiting {
  readonly job: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One worker. */
export class Hand {
  readonly pace: Pace;
  readonly exited: Promise<number>;
  readonly threadId: number;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;
  #gone: Error | undefined;

  private constructor(script: string, data: HandData) {
    this.pace = new Pace(data.pace);
    this.#worker = new Worker(script, { workerData: data, execArgv: [] });
    this.threadId = this.#worker.threadId;
    this.#worker.on("message", (answer: Answer) => this.#answered(answer));
    this.#worker.on("error", (error) =>
      this.#leave(error instanceof Error ? error : new Error(String(error))),
    );
    this.exited = new Promise((resolve) =>
      this.#worker.on("exit", (code) => {
        this.#leave(new Error(`worker ${data.index} is gone (exit code ${code})`));
        resolve(code);
      }),
    );
  }

  /** Starts a worker and waits until it is attached. */
  static async start(options: HandOptions, crew: Partial<HandData> = {}): Promise<Hand> {
    const { script, ...rest } = options;
    const gate = new SharedArrayBuffer(4);
    const hand = new Hand(script, { index: 0, count: 1, gate, ...crew, ...rest, pace: Pace.buffer() });
    await hand.call("attached");
    return hand;
  }

  /** The thread, for table.watch. */
  get worker(): Worker {
    return this.#worker;
  }

  /** Does a job there. Rejects with the job's error, when the worker ends, and when the limit is over. */
  async call<T = unknown>(job: string, argument: unknown = undefined, limitMs = JOB_LIMIT_MS): Promise<T> {
    if (this.#gone !== undefined) throw this.#gone;
    const serial = ++this.#serial;
    const done = new Promise<unknown>((resolve, reject) =>
      this.#waiting.set(serial, { job, resolve, reject }),
    );
    const limit = setTimeout(
      () => this.#leave(new Error(`${job} hung: not done within ${limitMs} ms`)),
      limitMs,
    );
    this.#worker.postMessage({ serial, job, argument } satisfies Order);
    try {
      return (await done) as T;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Terminates it wherever it is. What it was doing rejects. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Lets it close its table, then ends it. */
  async end(): Promise<void> {
    if (this.#gone === undefined) await this.call("close").catch(() => undefined);
    await this.kill();
  }

  #answered({ serial, result, error }: Answer): void {
    const waiting = this.#waiting.get(serial);
    this.#waiting.delete(serial);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(revived(error, waiting.job));
  }

  #leave(reason: Error): void {
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}

/** Several workers that start together. */
export class Crew {
  private constructor(
    readonly hands: readonly Hand[],
    readonly gate: Int32Array,
  ) {}

  static async start({ count, ...options }: CrewOptions): Promise<Crew> {
    const gate = new SharedArrayBuffer(4);
    const starting = Array.from({ length: count }, (_, index) => Hand.start(options, { index, count, gate }));
    const started = await Promise.allSettled(starting);
    const hands = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = started.find((one) => one.status === "rejected");
    if (failed !== undefined) {
      await Promise.all(hands.map((hand) => hand.kill()));
      throw failed.reason;
    }
    return new Crew(hands, new Int32Array(gate));
  }

  /** The same job in all of them at once; one result each. The first error, if any, after all are done. */
  async all<T = unknown>(job: string, argument?: unknown, limitMs?: number): Promise<T[]> {
    return this.each<T>(job, () => argument, limitMs);
  }

  /** The same job in all of them at once, each with an argument of its own. */
  async each<T = unknown>(job: string, argument: (index: number) => unknown, limitMs?: number): Promise<T[]> {
    Atomics.store(this.gate, 0, 0);
    const running = this.hands.map((hand, index) => hand.call<T>(job, argument(index), limitMs));
    const settled = await Promise.allSettled(running);
    return settled.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.hands.map((hand) => hand.end()));
  }

  async kill(): Promise<void> {
    await Promise.all(this.hands.map((hand) => hand.kill()));
  }
}

function revived({ name, message, stack }: NonNullable<Answer["error"]>, job: string): Error {
  const error = new Error(`${job}: ${name}: ${message}`);
  error.name = name;
  error.stack = `${error.message}\n${stack}`;
  return error;
}
