/**
 * How many requests the servers hold back for this client at one time. Each has a connection of its own, so they are
 * bounded; who finds no room asks from time to time instead.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";

/** Keys that are loaded elsewhere and waited for here, at one time; browsers have six connections to a server. */
export const WAITS_MAX = 32;
export const WAITS_MAX_WEB = 2;
/** Between two questions of one who found no room. */
const PAUSE_MS = 100;

export class Waits {
  readonly #clock: Clock;
  readonly #max: number;
  #running = 0;

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  /** Runs it at once, held back by the server, or after a pause, answered at once. */
  async run<T>(signal: AbortSignal, ask: (held: boolean) => Promise<T>): Promise<T> {
    if (this.#running >= this.#max) {
      await this.#pause(signal);
      return ask(false);
    }
    this.#running++;
    try {
      return await ask(true);
    } finally {
      this.#running--;
    }
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: TimerHandle;
      const stop = (): void => {
        this.#clock.clearTimer(timer);
        reject(signal.reason);
      };
      timer = this.#clock.setTimer(() => {
        signal.removeEventListener("abort", stop);
        resolve();
      }, PAUSE_MS);
      signal.addEventListener("abort", stop, { once: true });
    });
  }
}
