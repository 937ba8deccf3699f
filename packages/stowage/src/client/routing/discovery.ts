/**
 * Asks a Discovery for the servers, over and over, and hands on what it finds.
 *
 * One search at a time, each with an end: a resolver that hangs is given up after `findTimeoutMs`, and what it says later
 * is not heard. A search that fails, or finds nothing, changes nothing and is told as a fault: a name service that is ill
 * must not take away the servers that are well. Until the first success it is asked again soon, with growing pauses.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { ServerUnavailableError } from "../errors.js";
import type { Discovery, ServerAddress } from "../types.js";

/** As long as a call may take by default: those made meanwhile wait for the first search. */
const findTimeoutMs = 5_000;
/** The first pause while nothing was ever found; doubles up to the Discovery's own interval. */
const retryMs = 100;

export interface SearchParts {
  readonly discovery: Discovery;
  readonly clock: Clock;
  /** Takes over what was found; what it throws counts as a failure of the search. */
  readonly found: (servers: readonly (string | ServerAddress)[]) => void;
  readonly failed: (error: unknown) => void;
}

export class Search {
  readonly #parts: SearchParts;
  #timer: TimerHandle | undefined;
  #abort: AbortController | undefined;
  #failures = 0;
  #succeeded = false;
  #closed = false;
  #running: Promise<void> | undefined;
  /** Why the last one failed. */
  #cause: unknown;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#start();
  }

  /** The search under way, while none has succeeded. Rejects when it fails. */
  get first(): Promise<void> | undefined {
    return this.#succeeded ? undefined : this.#running;
  }

  /** What to say to those who ask for a server while none is known. */
  unavailable(what: string): ServerUnavailableError {
    return new ServerUnavailableError(
      { node: "(not found yet)", what },
      "discover has found no server",
      this.#cause,
    );
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer);
    this.#abort?.abort();
  }

  #start(): void {
    this.#running = this.#find();
    this.#running.catch(() => undefined); // told by failed(); here are only those who wait for the first
  }

  async #find(): Promise<void> {
    try {
      const servers = await this.#ask();
      if (this.#closed) return;
      this.#parts.found(servers);
      this.#succeeded = true;
    } catch (error) {
      if (this.#closed) return;
      this.#failures++;
      this.#cause = error;
      this.#parts.failed(error);
      throw this.unavailable("discover");
    } finally {
      this.#running = undefined;
      this.#plan();
    }
  }

  async #ask(): Promise<readonly (string | ServerAddress)[]> {
    const { clock, discovery } = this.#parts;
    const abort = new AbortController();
    this.#abort = abort;
    const late = new Error(`discover found no server within ${findTimeoutMs} ms`);
    const timer = clock.setTimer(() => abort.abort(late), findTimeoutMs);
    try {
      return await Promise.race([aborted(abort.signal), discovery.find(abort.signal)]);
    } finally {
      clock.clearTimer(timer);
    }
  }

  #plan(): void {
    if (this.#closed) return;
    const { clock, discovery } = this.#parts;
    const soonMs = this.#succeeded ? discovery.everyMs : retryMs * 2 ** (this.#failures - 1);
    const delayMs = Math.min(soonMs, discovery.everyMs);
    if (delayMs === Number.POSITIVE_INFINITY) return;
    this.#timer = clock.setTimer(() => this.#start(), delayMs);
  }
}

/** Rejects when the signal is given; whether anybody listens does not matter. */
function aborted(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  promise.catch(() => undefined);
  return promise;
}
