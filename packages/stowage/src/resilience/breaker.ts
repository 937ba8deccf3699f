/**
 * A circuit breaker: after some failures in a row nothing more is tried for a while, so that callers fail at once instead of
 * waiting, and what is down is left alone (Nygard, "Release It!", 5.2).
 *
 *              failures in a row              the cooldown is over: one may try
 *     closed ───────────────────────> open ───────────────────────────────────> half-open
 *        ^                              ^                                          │  │
 *        └───────────── it succeeds ────┼──────────────────────────────────────────┘  │
 *                                       └───────── it fails: the cooldown doubles ────┘
 *
 * Whoever wants to try asks for a pass, and says with it how that went. Passes of a time before the breaker last changed its
 * state tell nothing any more: a call that was sent before the break and fails long after it does not make things worse.
 */
import type { Clock } from "../base/clock.js";

export type BreakerState = "closed" | "open" | "half-open";

/** Leave to try; refused where undefined. Numbers, so that a healthy call costs nothing. */
export type Pass = number;

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** For how long nothing is tried after that. */
  readonly cooldownMs: number;
  /** Doubled so far at most. Default 30 s; never below `cooldownMs`. */
  readonly cooldownMaxMs?: number;
  readonly clock: Clock;
  /** Told of each change, after it. */
  readonly onState?: (state: BreakerState) => void;
}

const COOLDOWN_MAX_MS = 30_000;

export class CircuitBreaker {
  readonly #failuresMax: number;
  readonly #cooldownMs: number;
  readonly #cooldownMaxMs: number;
  readonly #clock: Clock;
  readonly #onState: ((state: BreakerState) => void) | undefined;
  #state: BreakerState = "closed";
  #failures = 0;
  /** Counted up with each change of state. */
  #era: Pass = 0;
  #nextCooldownMs: number;
  #openUntilMs = 0;

  constructor({ failures, cooldownMs, cooldownMaxMs = COOLDOWN_MAX_MS, clock, onState }: BreakerOptions) {
    this.#failuresMax = failures;
    this.#cooldownMs = cooldownMs;
    this.#cooldownMaxMs = Math.max(cooldownMs, cooldownMaxMs);
    this.#nextCooldownMs = cooldownMs;
    this.#clock = clock;
    this.#onState = onState;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Until one may try; 0 where that is now. While one tries: 0. */
  get leftMs(): number {
    return this.#state === "open" ? Math.max(0, this.#openUntilMs - this.#clock.now()) : 0;
  }

  /** Leave to try, or undefined. Each pass has to come back, by exactly one of the three below. */
  enter(): Pass | undefined {
    if (this.#state === "closed") return this.#era;
    if (this.#state === "half-open" || this.leftMs > 0) return undefined;
    this.#become("half-open");
    return this.#era;
  }

  succeeded(pass: Pass): void {
    if (pass !== this.#era) return;
    this.#failures = 0;
    if (this.#state === "closed") return;
    this.#nextCooldownMs = this.#cooldownMs;
    this.#become("closed");
  }

  failed(pass: Pass): void {
    if (pass !== this.#era) return;
    this.#failures += 1;
    if (this.#state === "half-open" || this.#failures >= this.#failuresMax) this.#open();
  }

  /** It was given up before it could be seen how it goes: the next one may try. */
  released(pass: Pass): void {
    if (pass === this.#era && this.#state === "half-open") this.#become("open");
  }

  #open(): void {
    this.#openUntilMs = this.#clock.now() + this.#nextCooldownMs;
    this.#nextCooldownMs = Math.min(this.#nextCooldownMs * 2, this.#cooldownMaxMs);
    this.#become("open");
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#era += 1;
    this.#onState?.(state);
  }
}
