/**
 * The batch that is being filled, and those that wait until they may leave.
 *
 * When as many batches are under way as there are slots (connections), the next one waits and goes on filling: the slower
 * the server, the larger the batches, and the less they cost it. All of a batch have one deadline, counted from when its
 * first operation was called; while it waits, the outbox watches over it, afterwards `send` does.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { BODY_FRAME_BYTES } from "../wire/batch-body.js";
import { utf8Length } from "../wire/utf8-length.js";
import { deliver, type Send } from "./delivery.js";
import { type Pending, timeoutOf } from "./pending.js";

export interface OutboxOptions {
  readonly node: string;
  readonly max: number;
  readonly maxBytes: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly schedule: (fn: () => void) => void;
  readonly send: Send;
  /** An operation that was in a batch has been answered or has failed. */
  readonly onDone: (item: Pending) => void;
}

interface Batch {
  readonly items: Pending[];
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  bytes: number;
  /** Its tick has ended: it waits for a slot alone. */
  isDue: boolean;
  timer: TimerHandle | undefined;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #open: Batch | undefined = undefined;
  /** Sealed ones that wait for a slot. */
  readonly #sealed: Batch[] = [];
  #underWay = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  fits({ operation, timeoutMs }: Pending): boolean {
    const open = this.#open;
    if (open === undefined) return true;
    const { max, maxBytes } = this.#options;
    return (
      open.items.length < max &&
      open.timeoutMs === timeoutMs &&
      open.bytes + sizeOf(operation.text) <= maxBytes
    );
  }

  add(pending: Pending): void {
    const open = this.#open ?? this.#begin(pending.timeoutMs);
    open.items.push(pending);
    open.bytes += sizeOf(pending.operation.text);
    pending.lane.open++;
  }

  /** The open batch gets no more, and leaves as soon as it can. */
  seal(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    for (const item of batch.items) item.lane.sealed(item);
    if (this.#hasSlot) void this.#send(batch);
    else {
      this.#sealed.push(batch);
      this.#watch(batch);
    }
  }

  close(error: unknown): void {
    const slots = this.#underWay;
    this.#underWay = Number.POSITIVE_INFINITY; // what is sealed now stays
    this.seal();
    this.#underWay = slots;
    for (const batch of this.#sealed.splice(0)) this.#fail(batch, () => error);
  }

  get #hasSlot(): boolean {
    return this.#underWay < this.#options.concurrency;
  }

  #begin(timeoutMs: number): Batch {
    const deadlineMs = this.#options.clock.now() + timeoutMs;
    const batch: Batch = {
      items: [],
      timeoutMs,
      deadlineMs,
      bytes: BODY_FRAME_BYTES,
      isDue: false,
      timer: undefined,
    };
    this.#open = batch;
    this.#options.schedule(() => this.#tickEnded(batch));
    return batch;
  }

  #tickEnded(batch: Batch): void {
    if (this.#open !== batch) return; // it was full, and has been sealed
    batch.isDue = true;
    if (this.#hasSlot) this.seal();
    else this.#watch(batch);
  }

  async #send(batch: Batch): Promise<void> {
    this.#unwatch(batch);
    this.#underWay++;
    await deliver(batch.items, batch.deadlineMs, this.#options);
    this.#underWay--;
    this.#useSlots();
  }

  #useSlots(): void {
    while (this.#hasSlot) {
      const next = this.#sealed.shift();
      if (next !== undefined) void this.#send(next);
      else if (this.#open?.isDue) this.seal();
      else return;
    }
  }

  #watch(batch: Batch): void {
    const { clock, node } = this.#options;
    batch.timer ??= clock.setTimer(
      () => {
        if (this.#open === batch) {
          this.#open = undefined;
          for (const item of batch.items) item.lane.sealed(item);
        } else this.#sealed.splice(this.#sealed.indexOf(batch), 1);
        this.#fail(batch, (item) => timeoutOf(node, item));
      },
      Math.max(0, batch.deadlineMs - clock.now()),
    );
  }

  #unwatch(batch: Batch): void {
    if (batch.timer !== undefined) this.#options.clock.clearTimer(batch.timer);
    batch.timer = undefined;
  }

  #fail(batch: Batch, errorOf: (item: Pending) => unknown): void {
    this.#unwatch(batch);
    for (const item of batch.items) {
      this.#options.onDone(item);
      item.reject(errorOf(item));
    }
  }
}

/** With the comma. */
function sizeOf(text: string): number {
  return utf8Length(text) + 1;
}
