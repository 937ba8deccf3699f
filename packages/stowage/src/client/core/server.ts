/** The one server of the core: batches over `fetch`, each under a deadline. A failed one is not sent again. */
import { InvalidOptionError } from "../../base/errors.js";
import { onAbort } from "../../base/on-abort.js";
import { Batcher } from "../batch/batcher.js";
import { RequestTimeoutError, ServerUnavailableError } from "../errors.js";
import type { NodeCallOptions, NodeRequest } from "../nodes/types.js";
import { utf8 } from "../transport/fetch-body.js";
import { askOver, baseOf, faultOf, headerOf } from "../transport/fetch-request.js";
import { TransportError, type TransportResponse } from "../transport/transport.js";
import { nameOf } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import type { BoundCoreOptions } from "./options.js";

/** As in Client, so that batches are alike. */
const BATCH_MAX = 1_000;
const BATCH_BYTES_MAX = 1_000_000;
/** Batches under way at one time: a browser has six connections to a server, and the page wants some of them. */
const BATCHES_MAX = 4;

export class Server {
  readonly url: string;
  /** Always there: nothing has to be found first. */
  readonly ready = undefined;
  isClosed = false;
  readonly #options: BoundCoreOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #batcher: Batcher;
  /** Of requests under way. */
  readonly #controllers = new Set<AbortController>();

  constructor(options: BoundCoreOptions, maxPending: number) {
    const { url, token, timeout, clock } = options;
    this.url = baseOf(url ?? "", "new CoreClient");
    this.#options = options;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#batcher = new Batcher({
      node: this.url,
      max: BATCH_MAX,
      maxBytes: BATCH_BYTES_MAX,
      maxPending,
      concurrency: BATCHES_MAX,
      timeoutMs: timeout,
      clock,
      send: (request, operations, call) => this.#send(request, operations, call),
    });
  }

  /** @throws InvalidOptionError for another server than the one there is */
  nodeOf(_key: string, local?: string): this {
    if (local === undefined || local === this.url) return this;
    throw new InvalidOptionError({
      where: "CoreClient",
      option: "local",
      received: local,
      expected: this.url,
    });
  }

  operate(operation: Operation, call?: NodeCallOptions): Promise<OperationResult> {
    return this.#batcher.operate(operation, call);
  }

  close(error: unknown): void {
    this.isClosed = true;
    this.#batcher.close(error);
    for (const controller of this.#controllers) controller.abort(error);
  }

  async #send(
    request: NodeRequest,
    operations: readonly Operation[],
    { signal, timeoutMs = this.#options.timeout }: NodeCallOptions,
  ): Promise<TransportResponse> {
    const { clock } = this.#options;
    const attempt = { node: this.url, what: nameOf(operations) };
    const controller = new AbortController();
    const timer = clock.setTimer(
      () => controller.abort(new RequestTimeoutError(attempt, timeoutMs)),
      timeoutMs,
    );
    const unlink = signal && onAbort(signal, () => controller.abort(signal.reason));
    this.#controllers.add(controller);
    try {
      return await this.#answer(request, controller.signal);
    } catch (error) {
      const fault = faultOf(error, controller.signal);
      if (!(fault instanceof TransportError)) throw fault;
      throw new ServerUnavailableError(attempt, fault.message, fault);
    } finally {
      clock.clearTimer(timer);
      unlink?.();
      this.#controllers.delete(controller);
    }
  }

  async #answer(request: NodeRequest, signal: AbortSignal): Promise<TransportResponse> {
    const headers = { ...this.#headers, ...request.headers };
    const response = await askOver(this.#options.fetchWith, this.url, { ...request, headers }, signal);
    const text = utf8.decode(await response.arrayBuffer());
    return { status: response.status, header: headerOf(response), text };
  }
}
