/**
 * A call to one server: attempts until there is an answer, the deadline is over, or trying again would be of no use.
 *
 * Tried again is what is as good twice as once, after a failure or an answer that says that the server is away; and anything
 * that cannot have reached it, or that it did not look at (429). Between attempts there is a pause with full jitter, none
 * where only a kept connection was out of date. A pause that would last beyond the deadline is not begun.
 */
import { ClosedError } from "../../base/errors.js";
import { fullJitter } from "../../resilience/backoff.js";
import { Deadline, DeadlineExceeded } from "../../resilience/deadline.js";
import { RequestTimeoutError, ServerUnavailableError } from "../errors.js";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../transport/transport.js";
import { refusedError } from "../wire/batch-body.js";
import { attempt, saysAway } from "./attempt.js";
import type { NodeParts } from "./parts.js";
import type { NodeCallOptions, NodeRequest } from "./types.js";

type Headers = Readonly<Record<string, string>>;

export class Call {
  readonly deadline: Deadline;
  /** Why the last attempt came to nothing. */
  #lastError: unknown;

  /** @param describe for errors: `get "user:1"`; asked only then */
  constructor(
    readonly parts: NodeParts,
    readonly request: NodeRequest,
    readonly describe: () => string,
    readonly operations: number,
    options: NodeCallOptions,
    readonly onEnd?: () => void,
  ) {
    this.deadline = new Deadline(parts.clock, options.timeoutMs ?? parts.timeoutMs, options.signal);
    parts.deadlines.add(this.deadline);
    parts.counts.operations += operations;
  }

  get what(): string {
    return this.describe();
  }

  /** The answer to the last attempt. @throws what there is in client/errors.ts, or the reason of the caller's signal */
  async run(): Promise<TransportResponse> {
    try {
      for (let count = 1; ; count++) {
        const pauseMs = await this.#attempt(count);
        if (typeof pauseMs === "object") return pauseMs;
        if (pauseMs > 0) await this.deadline.pause(pauseMs);
      }
    } catch (error) {
      throw this.errorOf(error);
    } finally {
      this.end();
    }
  }

  /** May be called more than once. */
  end(): void {
    this.deadline.end();
    if (this.parts.deadlines.delete(this.deadline)) this.onEnd?.();
  }

  /** As the transport wants it. */
  transportRequest(): TransportRequest {
    const { parts, request, deadline } = this;
    const { inject } = parts;
    let headers = parts.headers;
    if (request.headers !== undefined) headers = joined(headers, request.headers);
    if (inject !== undefined) headers = inject(headers);
    return {
      method: request.method,
      path: request.path,
      headers,
      body: request.body,
      cancellation: deadline,
      get signal() {
        return deadline.signal;
      },
    };
  }

  /** What the caller is told. */
  errorOf(error: unknown): unknown {
    const { parts, deadline } = this;
    if (error instanceof DeadlineExceeded)
      return new RequestTimeoutError(
        { node: parts.url, what: this.what },
        deadline.timeoutMs,
        this.#lastError,
      );
    if (error instanceof TransportError)
      return new ServerUnavailableError({ node: parts.url, what: this.what }, error.message, error);
    return error;
  }

  /** The answer, or for how long to wait before the next attempt. @throws the error, where there is none */
  #attempt(count: number): Promise<TransportResponse | number> {
    return attempt(this, count, send).then(
      (response) => {
        if (isAnswer(response.status)) return response;
        const refusal = refusedError(this.parts.url, this.what, response);
        return this.#pauseAfter(
          refusal,
          count,
          mayRepeat(response.status, this.request),
          refusal.retryAfterMs,
        );
      },
      (error: unknown) => {
        if (!(error instanceof TransportError)) throw error;
        const pauseMs = this.#pauseAfter(error, count, error.unsent || this.request.isRepeatable);
        return error.isStale ? 0 : pauseMs;
      },
    );
  }

  /** @throws the error, where no further attempt is to be made */
  #pauseAfter(error: unknown, count: number, mayRepeat: boolean, retryAfterMs?: number): number {
    this.#lastError = error;
    const { retries, random, breaker } = this.parts;
    if (!mayRepeat || count > retries || this.deadline.isCancelled) throw error;
    const pauseMs = fullJitter(count, { random, retryAfterMs });
    if (pauseMs >= this.deadline.leftMs || (breaker !== null && breaker.leftMs > pauseMs)) throw error;
    return pauseMs;
  }
}

const send = (transport: Transport, request: TransportRequest) => transport.send(request);

export function closedError(url: string): ClosedError {
  return new ClosedError(`the client of ${url}`);
}

/** Anything else says that the request was not done, or that it is not known whether it was. */
export function isAnswer(status: number): boolean {
  return status < 500 && status !== 429 && status !== REQUEST_TIMEOUT;
}

/**
 * Said of a connection on which nothing has come for too long, just when the request came after all (RFC 9110 15.5.9). It looks
 * like an answer to it.
 */
const REQUEST_TIMEOUT = 408;

function mayRepeat(status: number, { isRepeatable }: NodeRequest): boolean {
  return status === 429 || (isRepeatable && (saysAway(status) || status === REQUEST_TIMEOUT));
}

/** Requests of one kind have one record of headers, and so has each node: what they make together is made once. */
const known = new WeakMap<object, WeakMap<object, Headers>>();

function joined(own: Headers, given: Headers): Headers {
  if (!Object.isFrozen(given)) return { ...own, ...given };
  const ofOwn = known.get(own) ?? new WeakMap<object, Headers>();
  const both = ofOwn.get(given) ?? Object.freeze({ ...own, ...given });
  known.set(own, ofOwn);
  ofOwn.set(given, both);
  return both;
}
