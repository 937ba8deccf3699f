/**
 * One of the places for a worker: starts it, starts another one when it ends, until it is told to stop.
 *
 *     idle -> starting -> up -> (ends) -> waiting -> starting -> ...
 *                                  stop: -> ended
 *
 * The first start is different: if that fails, the server does not start.
 */
import type { Worker } from "node:worker_threads";
import type { Log } from "../observe/types.js";
import { Backoff, type BackoffOptions } from "./backoff.js";
import type { Board } from "./board.js";
import { StartError } from "./errors.js";
import type { FromWorker, ToWorker } from "./messages.js";

/** From its start until it listens. Loading the modules takes a tenth of a second, on a busy machine a second. */
const START_MS_MAX = 60_000;
/** A thread in a system call that does not return cannot be ended; it is left behind. */
const END_MS_MAX = 5_000;
/** From so many crashes in a row it is more than an accident. */
const LOOP_CRASHES = 4;

export interface SlotOptions {
  readonly number: number;
  readonly start: (number: number) => Worker;
  readonly board: Board;
  readonly log: Log;
  readonly now: () => number;
  readonly backoff: BackoffOptions;
  /** A line that a worker logged. */
  readonly logged: (line: string) => void;
  /** The error for a worker that could not listen. */
  readonly refused: (code: string) => Error;
}

export class Slot {
  readonly #options: SlotOptions;
  readonly #backoff: Backoff;
  #worker: Worker | undefined;
  #startedAt = 0;
  #fault: unknown;
  /** Once the first worker listened. */
  #restarts = false;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #listening = (): void => undefined;
  #failed = (_error: unknown): void => undefined;
  #ended = (): void => undefined;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  get isUp(): boolean {
    return this.#worker !== undefined && this.#options.board.isUp(this.#options.number);
  }

  /** Starts the first worker: settled when it listens, or has ended. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listening = resolve;
      this.#failed = reject;
      this.#start();
    });
  }

  tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Ends the worker whatever it is at; another one takes its place. */
  async replace(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    await Promise.race([worker.terminate(), unrefTimeout(END_MS_MAX)]);
    if (this.#worker !== worker) return;
    this.#options.log.fatal({ worker: this.#options.number }, "a worker cannot be ended; it is left behind");
    this.#exited(worker, undefined);
  }

  /** Lets the worker finish within the deadline, and starts none after it. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    this.#restarts = false;
    clearTimeout(this.#timer);
    if (this.#worker === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      // A moment more than the deadline, since the worker itself ends what is open then.
      const cut = setTimeout(() => this.replace(), deadlineMs + 500);
      this.#ended = () => {
        clearTimeout(cut);
        resolve();
      };
      this.tell({ kind: "drain", deadlineMs });
    });
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#restarts = false;
    clearTimeout(this.#timer);
    await this.replace();
  }

  #start(): void {
    const { start, now, number } = this.#options;
    const worker = start(number);
    this.#worker = worker;
    this.#startedAt = now();
    this.#fault = undefined;
    this.#timer = setTimeout(() => {
      this.#fault = new StartError(`worker ${number} did not listen within ${START_MS_MAX / 1_000} s`);
      this.replace();
    }, START_MS_MAX);
    worker.on("message", (message: FromWorker) => this.#told(worker, message));
    worker.on("error", (error) => {
      this.#fault ??= error;
    });
    worker.once("exit", (code) => this.#exited(worker, code));
  }

  #told(worker: Worker, message: FromWorker): void {
    if (message.kind === "log") this.#options.logged(message.line);
    if (worker !== this.#worker) return;
    if (message.kind === "refused" && message.code !== "") this.#fault = this.#options.refused(message.code);
    if (message.kind !== "listening") return;
    clearTimeout(this.#timer);
    const { log, number, now } = this.#options;
    const facts = { worker: number, ms: Math.round(now() - this.#startedAt) };
    if (this.#restarts) log.info(facts, "worker listens again");
    else log.debug(facts, "worker listens");
    this.#restarts = !this.#stopping;
    this.#listening();
  }

  #exited(worker: Worker, code: number | undefined): void {
    if (worker !== this.#worker) return;
    const { board, now, number } = this.#options;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    board.forget(number);
    this.#failed(this.#fault ?? new StartError(`worker ${number} ended with code ${code}`));
    this.#ended();
    if (this.#restarts) this.#restart(code, now() - this.#startedAt);
  }

  #restart(code: number | undefined, ranMs: number): void {
    const { log, number } = this.#options;
    const restartMs = this.#backoff.crashed(ranMs);
    const { crashes } = this.#backoff;
    const facts = { worker: number, code, err: this.#fault, ranMs: Math.round(ranMs), crashes, restartMs };
    if (crashes < LOOP_CRASHES) log.error(facts, "worker ended; another one takes its place");
    else log.fatal(facts, "worker ends again and again; another one takes its place later");
    this.#timer = setTimeout(() => this.#start(), restartMs);
  }
}

function unrefTimeout(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
