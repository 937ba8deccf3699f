/**
 * A batcher whose world stands still: ticks end, requests are answered and time passes when a scene says so. A scene ends
 * with `end()`, which looks at what is left behind.
 */
import assert from "node:assert/strict";
import { Batcher, type BatcherOptions } from "../../../src/client/batch/batcher.js";
import { ServerUnavailableError } from "../../../src/client/errors.js";
import type { NodeCallOptions, NodeRequest } from "../../../src/client/nodes/types.js";
import type { TransportResponse } from "../../../src/client/transport/transport.js";
import type { Operation, OperationResult } from "../../../src/client/wire/operation.js";
import {
  counterOperation,
  entryOperation,
  getOperation,
  setOperation,
} from "../../../src/client/wire/operations.js";
import { FakeClock, settle } from "../../../src/testing/fake-clock.js";

/** A request under way. */
export interface Sent {
  /** `get a`, `set a`: in the order of the body. */
  readonly names: readonly string[];
  readonly request: NodeRequest;
  readonly operations: readonly Operation[];
  readonly options: NodeCallOptions;
  answer(results?: readonly OperationResult[]): Promise<void>;
  refuse(status: number, body: object): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

export class World {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly batcher: Batcher;
  #ticks: (() => void)[] = [];

  constructor(options: Partial<BatcherOptions> = {}) {
    this.batcher = new Batcher({
      node: "http://fake",
      max: 1_000,
      maxBytes: 1_000_000,
      maxPending: 10_000,
      timeoutMs: 5_000,
      clock: this.clock,
      schedule: (fn) => this.#ticks.push(fn),
      send: (request, operations, given) => this.#send(request, operations, given),
      ...options,
    });
  }

  /** Requests as lists of names, in the order in which they were sent. */
  get names(): string[][] {
    return this.sent.map(({ names }) => [...names]);
  }

  /** Promises settle, the tick ends. */
  async tick(): Promise<void> {
    await settle();
    const due = this.#ticks;
    this.#ticks = [];
    for (const fn of due) fn();
    await settle();
  }

  get(key: string, options?: NodeCallOptions): Promise<OperationResult> {
    return this.#operate(getOperation("get", key), options);
  }

  freshGet(key: string): Promise<OperationResult> {
    return this.#operate({ ...getOperation("get", key), isFresh: true });
  }

  entry(key: string): Promise<OperationResult> {
    return this.#operate(entryOperation("entry", key));
  }

  set(key: string, value: unknown = 1, options?: NodeCallOptions): Promise<OperationResult> {
    return this.#operate(setOperation("set", key, value, {}), options);
  }

  incr(key: string): Promise<OperationResult> {
    return this.#operate(counterOperation("incr", key, {}));
  }

  /** Nothing is left: no operation, no timer. */
  end(): void {
    assert.equal(this.batcher.pending, 0, "operations are left");
    assert.equal(this.clock.pending, 0, "timers are left");
  }

  /** Scenes look at failures when they are there, which may be later. */
  #operate(operation: Operation, options?: NodeCallOptions): Promise<OperationResult> {
    const promise = this.batcher.operate(operation, options);
    promise.catch(() => {});
    return promise;
  }

  #send(
    request: NodeRequest,
    operations: readonly Operation[],
    options: NodeCallOptions,
  ): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      const settled = async (fn: () => void): Promise<void> => {
        fn();
        await settle();
      };
      options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      this.sent.push({
        names: (
          JSON.parse(request.body as string) as { operations: { op: string; key: string }[] }
        ).operations.map(({ op, key }) => `${op} ${key}`),
        request,
        operations,
        options,
        answer: (results = operations.map(({ key }) => ({ value: key }))) =>
          settled(() => resolve(responseOf(200, { results }))),
        refuse: (status, body) => settled(() => resolve(responseOf(status, body))),
        fail: (error = away) => settled(() => reject(error)),
      });
    });
  }
}

export const away = new ServerUnavailableError({ node: "http://fake", what: "a test" }, "it is away");

export function responseOf(status: number, body: unknown): TransportResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, text, header: () => undefined };
}

/** What became of a promise by now: its value, `failed: code`, or `open`. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  await settle();
  return Promise.race([
    promise.then(
      (value) => (value as OperationResult).value ?? value,
      (error: { code?: unknown; name?: string }) =>
        `failed: ${typeof error.code === "string" ? error.code : error.name}`,
    ),
    settle().then(() => "open"),
  ]);
}
