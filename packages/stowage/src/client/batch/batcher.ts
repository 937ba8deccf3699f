/**
 * Sends the operations of one tick to one server as one request, and gives each its own answer.
 *
 *     operate ──> the same read under way? share it
 *        │──────> may it overtake nothing of its key (lane.ts)? held until what it must not overtake is answered
 *        └──────> open batch ──> end of the tick, and a slot ──> sent (outbox.ts) ──> answers (delivery.ts)
 *
 * Reads with the same text are sent once, in a batch and while one is under way that left no longer ago than
 * `shareReadsMs`. Without that bound, a read could bring what was out of date for as long as another one has been waiting
 * for an answer. No read is shared across a write of its key by this client.
 *
 * Left out: retries, deadlines of requests, breaker. They belong to the node (nodes/), which `send` leads to.
 */
import { type Clock, systemClock } from "../../base/clock.js";
import { ClosedError } from "../../base/errors.js";
import { TooManyPendingError } from "../errors.js";
import type { NodeCallOptions } from "../nodes/types.js";
import { nameOf } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import type { Send } from "./delivery.js";
import { atEndOfTick } from "./end-of-tick.js";
import { Lane } from "./lane.js";
import { Outbox } from "./outbox.js";
import { Pending, timeoutOf } from "./pending.js";

export interface BatcherOptions {
  /** The server's name in errors. */
  readonly node: string;
  /** Operations of one batch. */
  readonly max: number;
  /** Of one body. A single operation may be longer: it goes alone. */
  readonly maxBytes: number;
  /** Operations that are waiting or under way; shared reads count once. */
  readonly maxPending: number;
  /** From the call to its end, where the call says nothing else. */
  readonly timeoutMs: number;
  /** Batches under way at one time. Default: no bound. */
  readonly concurrency?: number;
  /** Default 100: see above. */
  readonly shareReadsMs?: number;
  readonly clock?: Clock;
  /** When a batch leaves. Default: at the end of the tick. */
  readonly schedule?: (fn: () => void) => void;
  readonly send: Send;
}

const SHARE_READS_MS = 100;

export class Batcher {
  readonly #options: BatcherOptions & { readonly clock: Clock; readonly shareReadsMs: number };
  readonly #lanes = new Map<string, Lane>();
  readonly #outbox: Outbox;
  #pending = 0;
  #shared = 0;
  #isClosed = false;

  constructor(options: BatcherOptions) {
    const { clock = systemClock, shareReadsMs = SHARE_READS_MS, schedule = atEndOfTick } = options;
    const { concurrency = Number.POSITIVE_INFINITY } = options;
    this.#options = { ...options, clock, shareReadsMs };
    this.#outbox = new Outbox({
      ...options,
      clock,
      schedule,
      concurrency,
      onDone: (item) => this.#done(item),
    });
  }

  /** Operations that are waiting or under way. */
  get pending(): number {
    return this.#pending;
  }

  /** Reads that were spared, since the same one was under way. */
  get shared(): number {
    return this.#shared;
  }

  /** Rejects with what `send` throws, RequestTimeoutError, ServerRefusedError, TooManyPendingError, ClosedError. */
  operate(operation: Operation, options?: NodeCallOptions): Promise<OperationResult> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(new ClosedError(nameOf([operation])));
    const timeoutMs = options?.timeoutMs ?? this.#options.timeoutMs;
    const shared = operation.isRead ? this.#readUnderWay(operation, timeoutMs) : undefined;
    if (shared !== undefined) return shared.wait(signal);
    if (this.#pending >= this.#options.maxPending) return Promise.reject(this.#tooMany(operation));
    return this.#begin(operation, timeoutMs).wait(signal);
  }

  /** What has not been sent fails with this; what has been is up to `send`. */
  close(error: unknown): void {
    this.#isClosed = true;
    for (const lane of this.#lanes.values()) {
      for (const held of lane.held.splice(0)) {
        held.reject(error);
        this.#leave(held);
      }
    }
    this.#outbox.close(error);
  }

  #readUnderWay(operation: Operation, timeoutMs: number): Pending | undefined {
    const { clock, shareReadsMs } = this.#options;
    const lane = this.#lanes.get(operation.key);
    const found = lane?.readLike(operation, timeoutMs, () => clock.now() - shareReadsMs);
    if (found !== undefined) this.#shared++;
    return found;
  }

  #begin(operation: Operation, timeoutMs: number): Pending {
    const pending = new Pending(operation, timeoutMs, this.#laneOf(operation.key), this.#options.clock);
    this.#pending++;
    pending.lane.called(pending);
    this.#place(pending);
    return pending;
  }

  #laneOf(key: string): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #place(pending: Pending): void {
    const { lane, operation } = pending;
    if (!lane.mustHold(operation) && !this.#outbox.fits(pending)) this.#outbox.seal();
    // What was in the batch that has just been sealed may be of the same key.
    if (lane.mustHold(operation)) this.#hold(pending);
    else this.#outbox.add(pending);
  }

  #hold(pending: Pending): void {
    pending.lane.held.push(pending);
    pending.failAfter(pending.timeoutMs, () => timeoutOf(this.#options.node, pending));
  }

  #done(item: Pending): void {
    item.lane.done(item);
    this.#release(item.lane);
    this.#leave(item);
  }

  #release(lane: Lane): void {
    while (lane.held.length > 0) {
      const [next] = lane.held;
      if (next.isDropped) {
        lane.held.shift();
        this.#leave(next);
      } else if (lane.isBlocked(next.operation)) return;
      else if (this.#outbox.fits(next)) this.#outbox.add(lane.held.shift() as Pending);
      else this.#outbox.seal();
    }
  }

  #leave(item: Pending): void {
    this.#pending--;
    const { lane } = item;
    lane.forget(item);
    if (lane.isEmpty) this.#lanes.delete(lane.key);
  }

  #tooMany(operation: Operation): TooManyPendingError {
    const { node, maxPending } = this.#options;
    return new TooManyPendingError({ node, what: nameOf([operation]) }, maxPending);
  }
}
