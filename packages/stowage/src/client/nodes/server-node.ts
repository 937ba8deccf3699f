/** The node of one server: counts what is under way, and hands calls on. */
import { Batcher } from "../batch/batcher.js";
import { TooManyPendingError } from "../errors.js";
import type { TransportResponse, TransportStream } from "../transport/transport.js";
import { nameOf, refusedError } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import { attempt } from "./attempt.js";
import { Call, closedError, isAnswer } from "./call.js";
import type { NodeOptions } from "./create-node.js";
import { guardedStream } from "./guarded-stream.js";
import { Health } from "./health.js";
import type { NodeParts } from "./parts.js";
import type { Node, NodeCallOptions, NodeRequest, NodeState } from "./types.js";

/** Of the body of a refused stream, which is read for its error alone. */
const REFUSAL_CHARS_MAX = 10_000;

export class ServerNode implements Node {
  readonly url: string;
  readonly #parts: NodeParts;
  readonly #batcher: Batcher;
  readonly #health: Health | null;
  readonly #maxPending: number;
  /** Requests of their own that are under way; batches have a bound of their own. */
  #requests = 0;
  #isClosed = false;

  constructor(parts: NodeParts, { batch, connections, maxPending, healthEveryMs }: NodeOptions) {
    this.url = parts.url;
    this.#parts = parts;
    this.#maxPending = maxPending;
    this.#health = parts.breaker === null ? null : new Health(parts, healthEveryMs);
    this.#batcher = new Batcher({
      node: parts.url,
      ...(batch ?? { max: 1, maxBytes: Number.POSITIVE_INFINITY }),
      maxPending,
      timeoutMs: parts.timeoutMs,
      clock: parts.clock,
      concurrency: connections,
      send: (request, operations, options) => this.#send(request, operations, options),
    });
  }

  get state(): NodeState {
    return this.#parts.breaker?.state ?? "closed";
  }

  operate(operation: Operation, options?: NodeCallOptions): Promise<OperationResult> {
    return this.#batcher.operate(operation, options);
  }

  request(request: NodeRequest, options: NodeCallOptions = {}): Promise<TransportResponse> {
    const what = () => `${request.method} ${request.path}`;
    const refusal = this.#refuses(what, options);
    if (refusal !== undefined) return Promise.reject(refusal.reason);
    this.#requests += 1;
    return new Call(this.#parts, request, what, 1, options, this.#onEnd).run();
  }

  async open(request: NodeRequest, options: NodeCallOptions = {}): Promise<TransportStream> {
    const what = () => `${request.method} ${request.path}`;
    const refusal = this.#refuses(what, options);
    if (refusal !== undefined) throw refusal.reason;
    this.#requests += 1;
    const call = new Call(this.#parts, request, what, 1, options);
    try {
      return await this.#opened(call);
    } catch (error) {
      call.end();
      throw call.errorOf(error);
    } finally {
      this.#requests -= 1;
    }
  }

  stats(): ReturnType<Node["stats"]> {
    const { counts } = this.#parts;
    const pending = this.#batcher.pending + this.#requests;
    return { url: this.url, state: this.state, pending, ...counts, shared: this.#batcher.shared };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#health?.close();
    const error = closedError(this.url);
    this.#batcher.close(error);
    for (const deadline of [...this.#parts.deadlines]) deadline.cancel(error);
    this.#parts.transport.close();
  }

  breakerChanged(): void {
    this.#health?.changed();
    this.#parts.onEvent?.({ type: "node", node: this.url, state: this.state });
  }

  #send(
    request: NodeRequest,
    operations: readonly Operation[],
    options: NodeCallOptions,
  ): Promise<TransportResponse> {
    this.#health?.begin();
    if (this.#isClosed) return Promise.reject(closedError(this.url));
    return new Call(this.#parts, request, () => nameOf(operations), operations.length, options).run();
  }

  /** Why it is not begun. */
  #refuses(what: () => string, { signal }: NodeCallOptions): { readonly reason: unknown } | undefined {
    if (this.#isClosed) return { reason: closedError(this.url) };
    if (signal?.aborted) return { reason: signal.reason };
    if (this.#requests >= this.#maxPending)
      return { reason: new TooManyPendingError({ node: this.url, what: what() }, this.#maxPending) };
    this.#health?.begin();
    return undefined;
  }

  readonly #onEnd = (): void => {
    this.#requests -= 1;
  };

  async #opened(call: Call): Promise<TransportStream> {
    const { parts } = call;
    const stream = await attempt(call, 1, (transport, request) => transport.open(request));
    if (!isAnswer(stream.status)) {
      const text = await startOf(stream);
      throw refusedError(parts.url, call.what, {
        status: stream.status,
        header: (n) => stream.header(n),
        text,
      });
    }
    call.deadline.stopClock();
    return guardedStream(stream, call);
  }
}

async function startOf(stream: TransportStream): Promise<string> {
  let text = "";
  for await (const piece of stream.pieces) {
    text += piece;
    if (text.length >= REFUSAL_CHARS_MAX) break;
  }
  stream.close();
  return text;
}
