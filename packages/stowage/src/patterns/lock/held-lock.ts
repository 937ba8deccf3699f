/**
 * A lock that is held: renewed in time, and lost as soon as that cannot be relied on. What it is held until is reckoned from before
 * the request was sent, by this process's own clock: the place's reckoning ends later, never sooner.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { LockLostError } from "../../base/errors.js";
import type { LockPlace } from "./place.js";

export interface Holding {
  readonly place: LockPlace;
  readonly clock: Clock;
  readonly key: string;
  readonly owner: string;
  readonly ttlMs: number;
  /** Renewed so often; 0: not at all. */
  readonly everyMs: number;
  readonly fence: number;
  /** When it was asked for. */
  readonly sinceMs: number;
  readonly onEnd: () => void;
}

/** Renewals that failed are tried again so often before the lock is lost. */
const TRIES_LEFT = 5;

export class HeldLock implements AsyncDisposable {
  readonly #holding: Holding;
  readonly #lost = new AbortController();
  #untilMs: number;
  #timer: TimerHandle | undefined;
  #isEnded = false;
  #cause: unknown;

  constructor(holding: Holding) {
    this.#holding = holding;
    this.#untilMs = holding.sinceMs + holding.ttlMs;
    this.#plan(holding.everyMs);
  }

  /**
   * Grows with each time that the lock is taken, by whomever: what is protected refuses whoever comes with a smaller one than it
   * has seen, and so also the one who does not know yet that he has lost the lock.
   */
  get fence(): number {
    return this.#holding.fence;
  }

  /** Aborted with LockLostError when the lock is lost; not when it is given back. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** As far as is known here. */
  get isHeld(): boolean {
    return !this.#isEnded && this.#holding.clock.now() < this.#untilMs;
  }

  /** @throws LockLostError if it is not held any more */
  check(): void {
    if (!this.isHeld) throw this.#lost.signal.reason ?? this.#error("it was given back, or its time is over");
  }

  /** Gives it back. False: it was lost before. May be called again. */
  async release(): Promise<boolean> {
    if (this.#isEnded) return false;
    this.#end();
    const { place, key, owner } = this.#holding;
    return place.release(key, owner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** The next renewal; and the end of the lock's time, if that comes first. */
  #plan(inMs: number): void {
    const { clock, everyMs } = this.#holding;
    const leftMs = Math.max(0, this.#untilMs - clock.now());
    const isLast = everyMs === 0 || inMs >= leftMs;
    this.#timer = clock.setTimer(
      () => (isLast ? this.#lose("it was not renewed before its time was over") : void this.#renew()),
      isLast ? leftMs : inMs,
    );
  }

  async #renew(): Promise<void> {
    const { place, clock, key, owner, ttlMs, everyMs } = this.#holding;
    const sinceMs = clock.now();
    // However long the answer takes: when the time is over, the lock is lost.
    this.#plan(Number.POSITIVE_INFINITY);
    try {
      const isRenewed = await place.renew(key, owner, ttlMs);
      if (this.#isEnded) return;
      if (!isRenewed) return this.#lose("somebody else has it, or its time was over");
      this.#untilMs = sinceMs + ttlMs;
      this.#replan(everyMs);
    } catch (error) {
      if (this.#isEnded) return;
      this.#cause = error;
      this.#replan(everyMs / TRIES_LEFT);
    }
  }

  #replan(inMs: number): void {
    this.#clear();
    this.#plan(inMs);
  }

  #lose(reason: string): void {
    if (this.#isEnded) return;
    this.#end();
    this.#lost.abort(this.#error(reason));
  }

  #end(): void {
    this.#isEnded = true;
    this.#clear();
    this.#holding.onEnd();
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#holding.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #error(reason: string): LockLostError {
    return new LockLostError(this.#holding.key, reason, { cause: this.#cause });
  }
}
