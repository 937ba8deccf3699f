/**
 * Who waits for what another process loads is woken when a message says that its key was filled, written or deleted. A message
 * may be late or lost, so nobody waits for it alone: waits have an end of their own.
 */
import { type Clock, holdProcess, type TimerHandle } from "../../base/clock.js";
import { onAbort } from "../../base/on-abort.js";

export class Bells {
  readonly #clock: Clock;
  readonly #bells = new Map<string, Set<Bell>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rings from now on; has to be ended. */
  listen(key: string): Bell {
    const all = this.#bells.get(key) ?? new Set();
    this.#bells.set(key, all);
    const bell = new Bell(this.#clock, () => {
      all.delete(bell);
      if (all.size === 0) this.#bells.delete(key);
    });
    all.add(bell);
    return bell;
  }

  ring(key: string): void {
    for (const bell of this.#bells.get(key) ?? []) bell.ring();
  }

  ringAll(): void {
    for (const all of this.#bells.values()) for (const bell of all) bell.ring();
  }
}

export class Bell {
  readonly #clock: Clock;
  readonly end: () => void;
  #hasRung = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, end: () => void) {
    this.#clock = clock;
    this.end = end;
  }

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /**
   * Until it rings, at once if it has since the last pause; `ms` at the most.
   *
   * @param holds whether it keeps the process alive: somebody waits for what comes of it
   * @throws the signal's reason
   */
  pause(ms: number, signal: AbortSignal, holds: boolean): Promise<void> {
    if (this.#hasRung) {
      this.#hasRung = false;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      let timer: TimerHandle | undefined;
      const release = holds ? holdProcess() : undefined;
      const over = (): void => {
        this.#wake = undefined;
        this.#hasRung = false;
        if (timer !== undefined) this.#clock.clearTimer(timer);
        unlink();
        release?.();
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      let unlink = (): void => undefined;
      timer = this.#clock.setTimer(over, ms);
      this.#wake = over;
      unlink = onAbort(signal, over);
    });
  }
}
