/**
 * One deadline for all that a call does, retries included: it is cancelled when the time is over, or when the caller's signal
 * aborts. It has to be ended, whatever comes of the call: then no timer and no listener is left of it.
 *
 * What works under it either takes `signal`, an AbortSignal, or listens with `onCancel`: to make an AbortSignal and to listen
 * to it takes 4 µs, a third of what a small request costs in all, so there is none before it is asked for.
 */
import { type Clock, holdProcess, type TimerHandle } from "../base/clock.js";
import { onAbort } from "../base/on-abort.js";

/** The reason of a deadline that is cancelled since the time is over. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";

  constructor(readonly timeoutMs: number) {
    super(`${timeoutMs} ms are over`);
  }
}

type Listener = () => void;

export class Deadline {
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #dueMs: number;
  readonly #outer: AbortSignal | undefined;
  /** Nearly always there is one: most calls are answered at the first attempt. */
  #listener: Listener | undefined;
  #listeners: Set<Listener> | undefined;
  #controller: AbortController | undefined;
  #timer: TimerHandle | undefined;
  #unlink: Listener | undefined;
  #hasBegun = false;
  #isEnded = false;
  #isCancelled = false;
  #reason: unknown;

  /** @param outer the caller's own signal; its reason becomes that of this one */
  constructor(clock: Clock, timeoutMs: number, outer?: AbortSignal) {
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#dueMs = clock.now() + timeoutMs;
    this.#outer = outer;
  }

  /** Asked for, or listened to, it begins to watch the time, until `end`. */
  get isCancelled(): boolean {
    this.#begin();
    return this.#isCancelled;
  }

  /** What it was cancelled for: DeadlineExceeded, the reason of the caller's signal, or what `cancel` was given. */
  get reason(): unknown {
    return this.#reason;
  }

  get signal(): AbortSignal {
    this.#begin();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isCancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get leftMs(): number {
    return this.#dueMs - this.#clock.now();
  }

  /** Calls `listener` once when it is cancelled; at once, if it has been. Each has to be a function of its own. @returns ends that */
  onCancel(listener: Listener): () => void {
    if (this.isCancelled) {
      listener();
      return () => undefined;
    }
    if (this.#listener === undefined) this.#listener = listener;
    else {
      this.#listeners ??= new Set();
      this.#listeners.add(listener);
    }
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
      else this.#listeners?.delete(listener);
    };
  }

  /** For a reason that is neither the time nor the caller's. */
  cancel(reason: unknown): void {
    if (this.#isEnded || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    this.end();
    this.#controller?.abort(reason);
    const first = this.#listener;
    this.#listener = undefined;
    first?.();
    for (const listener of this.#listeners ?? []) {
      this.#listeners?.delete(listener);
      listener();
    }
  }

  /** The time does not matter any more; the caller's signal does until `end`. */
  stopClock(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  /** It is over: nothing is left of it. */
  end(): void {
    this.#isEnded = true;
    this.stopClock();
    this.#unlink?.();
  }

  /**
   * Waits, and keeps the process alive meanwhile.
   *
   * @throws the reason, as soon as it is cancelled
   */
  pause(ms: number): Promise<void> {
    if (this.isCancelled) return Promise.reject(this.#reason);
    return new Promise((resolve, reject) => {
      const over = (): void => {
        unlink();
        this.#clock.clearTimer(timer);
        release();
        if (this.#isCancelled) reject(this.#reason);
        else resolve();
      };
      const release = holdProcess();
      const timer = this.#clock.setTimer(over, ms);
      const unlink = this.onCancel(over);
    });
  }

  #begin(): void {
    if (this.#hasBegun || this.#isEnded) return;
    this.#hasBegun = true;
    const outer = this.#outer;
    if (outer?.aborted) this.cancel(outer.reason);
    else {
      this.#timer = this.#clock.setTimer(this.#onTime, Math.max(0, this.leftMs));
      if (outer !== undefined) this.#unlink = onAbort(outer, () => this.cancel(outer.reason));
    }
  }

  readonly #onTime = (): void => this.cancel(new DeadlineExceeded(this.timeoutMs));
}
