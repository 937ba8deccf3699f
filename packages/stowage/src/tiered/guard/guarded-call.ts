/**
 * One call of a store: waits for its turn, asks the breaker, runs under a deadline, and settles once, whatever the store does.
 * A store that does not heed its signal goes on in the dark; its call counts as over all the same, since a turn that is never
 * given back would be lost for ever.
 */
import type { Clock } from "../../base/clock.js";
import {
  ClosedError,
  type ErrorCode,
  type StoreFault,
  StoreUnavailableError,
  StowageError,
} from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import type { CircuitBreaker, Pass } from "../../resilience/breaker.js";
import type { StoreCall } from "../../stores/store.js";
import type { Figures } from "./figures.js";
import type { OpenCall, OpenCalls } from "./open-calls.js";
import type { Turns } from "./turns.js";

/** What all calls of a guarded store share. */
export interface GuardState {
  readonly store: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly breaker: CircuitBreaker;
  readonly turns: Turns;
  readonly figures: Figures;
  /** Those that have not settled: their time ends them, or close. */
  readonly open: OpenCalls<GuardedCall<unknown>>;
}

export type Ask<T> = (call: StoreCall) => Promise<T>;

/** With these the store says that it is away; with any other error of ours it has answered. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "STOWAGE_STORE_UNAVAILABLE",
  "STOWAGE_SERVER_UNAVAILABLE",
  "STOWAGE_REQUEST_TIMEOUT",
  "STOWAGE_TOO_MANY_PENDING",
  "STOWAGE_CLOSED",
]);

export class GuardedCall<T> implements StoreCall, OpenCall {
  readonly endsItself = true;
  readonly dueMs: number;
  readonly #state: GuardState;
  readonly #verb: string;
  readonly #ask: Ask<T>;
  readonly #beganMs: number;
  /** The caller's own. */
  readonly #outer: AbortSignal | undefined;
  #unlink: (() => void) | undefined;
  #controller: AbortController | undefined;
  #givenUp: { readonly reason: unknown } | undefined;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #pass: Pass | undefined;
  #hasTurn = false;
  #isSettled = false;

  constructor(state: GuardState, verb: string, ask: Ask<T>, signal: AbortSignal | undefined) {
    this.#state = state;
    this.#verb = verb;
    this.#ask = ask;
    this.#beganMs = state.clock.now();
    this.dueMs = this.#beganMs + state.timeoutMs;
    this.#outer = signal;
  }

  /** Made when the store asks for it: one that does not costs nothing. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#givenUp !== undefined) this.#controller.abort(this.#givenUp.reason);
    }
    return this.#controller.signal;
  }

  run(): Promise<T> {
    const { figures, open, turns } = this.#state;
    figures.begun(this.#verb);
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      open.add(this as GuardedCall<unknown>);
      if (this.#outer !== undefined) this.#follow(this.#outer);
      if (this.#isSettled) return;
      if (!turns.enter(this.#begin)) this.#refuse("crowded");
    });
  }

  timeOut(): void {
    const reason = `no answer within ${this.#state.timeoutMs} ms`;
    this.#giveUp("timeout", this.#unavailable("timeout", reason));
  }

  /** The store is being closed. */
  close(): void {
    this.#giveUp("aborted", new ClosedError(this.#verb));
  }

  #follow(signal: AbortSignal): void {
    this.#unlink = onAbort(signal, () => this.#giveUp("aborted", signal.reason));
  }

  #giveUp(how: "aborted" | "timeout", reason: unknown): void {
    if (!this.#settle(how)) return;
    this.#givenUp = { reason };
    this.#controller?.abort(reason);
    this.#reject(reason);
  }

  readonly #begin = (): void => {
    this.#hasTurn = true;
    this.#pass = this.#state.breaker.enter();
    if (this.#pass === undefined) {
      this.#refuse("away");
      return;
    }
    try {
      this.#ask(this).then(this.#succeed, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  };

  readonly #succeed = (value: T): void => {
    if (!this.#settle("answered")) return;
    this.#resolve(value);
  };

  readonly #fail = (error: unknown): void => {
    const isAnswer = error instanceof StowageError && !AWAY.has(error.code);
    if (!this.#settle(isAnswer ? "answered" : "failed")) return;
    const reason = error instanceof Error ? error.message : String(error);
    // A store that knows that nothing was sent says so.
    const fault = error instanceof StoreUnavailableError ? error.fault : "failed";
    this.#reject(isAnswer ? error : this.#unavailable(fault, reason, error));
  };

  #refuse(fault: "away" | "crowded"): void {
    if (!this.#settle(fault)) return;
    const { breaker, turns } = this.#state;
    const leftMs = Math.ceil(breaker.leftMs);
    const reason =
      fault === "crowded"
        ? `${turns.waiting} calls wait for it already`
        : `it failed ${breaker.failures} times in a row and is tried again in ${leftMs} ms`;
    this.#reject(this.#unavailable(fault, reason));
  }

  #unavailable(fault: StoreFault, reason: string, cause?: unknown): StoreUnavailableError {
    return new StoreUnavailableError(this.#state.store, this.#verb, fault, reason, { cause });
  }

  /** False: it had been settled before. */
  #settle(how: "answered" | "aborted" | StoreFault): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    const { figures, clock, open, turns } = this.#state;
    this.#unlink?.();
    open.delete(this as GuardedCall<unknown>);
    figures.ended(this.#verb, how, clock.now() - this.#beganMs);
    this.#tellBreaker(how);
    if (this.#hasTurn) turns.leave();
    else turns.giveUp(this.#begin);
    return true;
  }

  #tellBreaker(how: "answered" | "aborted" | StoreFault): void {
    const { breaker } = this.#state;
    if (this.#pass === undefined) return;
    if (how === "answered") breaker.succeeded(this.#pass);
    else if (how === "aborted") breaker.released(this.#pass);
    else breaker.failed(this.#pass);
  }
}
