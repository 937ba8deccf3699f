/** One operation from its call to its answer, and those who wait for it: several, if a read is shared. */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { onAbort } from "../../base/on-abort.js";
import { RequestTimeoutError } from "../errors.js";
import { nameOf } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import type { Lane } from "./lane.js";

export class Pending {
  readonly promise: Promise<OperationResult>;
  /** When its batch left, by the clock; undefined: it has not yet. */
  sentAtMs: number | undefined = undefined;
  /** Nobody wants it any more: it need not be sent. */
  isDropped = false;
  /** Told when it is dropped after it was sent. */
  onDrop: (() => void) | undefined = undefined;
  #resolve!: (result: OperationResult) => void;
  #reject!: (error: unknown) => void;
  /** Callers who may give up. Of others it is only known that there are some. */
  #callers = 0;
  #hasPatientCaller = false;
  #timer: TimerHandle | undefined = undefined;

  constructor(
    readonly operation: Operation,
    readonly timeoutMs: number,
    readonly lane: Lane,
    readonly clock: Clock,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether every caller may still give up, so that its request may be given up too. */
  get canBeDropped(): boolean {
    return !this.#hasPatientCaller;
  }

  /** One caller's promise. */
  wait(signal: AbortSignal | undefined): Promise<OperationResult> {
    if (signal === undefined) {
      this.#hasPatientCaller = true;
      return this.promise;
    }
    this.#callers++;
    return new Promise((resolve, reject) => {
      const end = onAbort(signal, () => {
        reject(signal.reason);
        this.#callerLeft();
      });
      this.promise.then(resolve, reject).then(end);
    });
  }

  /** For one that has to wait before it can be sent: the deadline of its batch will not be its own. */
  failAfter(ms: number, error: () => unknown): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.clock.setTimer(() => {
      this.#drop();
      this.#reject(error());
    }, ms);
  }

  resolve(result: OperationResult): void {
    this.#clearTimer();
    this.#resolve(result);
  }

  reject(error: unknown): void {
    this.#clearTimer();
    this.#reject(error);
  }

  #callerLeft(): void {
    if (--this.#callers > 0 || this.#hasPatientCaller) return;
    this.#drop();
  }

  #drop(): void {
    if (this.isDropped) return;
    this.isDropped = true;
    this.#clearTimer();
    this.onDrop?.();
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

export function timeoutOf(node: string, { operation, timeoutMs }: Pending): RequestTimeoutError {
  return new RequestTimeoutError({ node, what: nameOf([operation]) }, timeoutMs);
}
