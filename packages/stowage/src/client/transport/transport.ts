/**
 * How a request reaches one server and its answer comes back. A transport is small and dumb: it opens, keeps and closes
 * connections. Deadlines, retries and the breaker belong to the node (nodes/), which guards every transport alike.
 */
import type { Clock } from "../../base/clock.js";

export interface TransportRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Path and query, percent-encoded; begins with a slash. */
  readonly path: string;
  /** Lower-case names. Content-Length and Host are the transport's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as UTF-8. */
  readonly body?: string | undefined;
  /** Gives the request up: the promise rejects with the signal's reason, and the connection is not used again. */
  readonly signal?: AbortSignal | undefined;
  /** What `signal` would say, where that is only made when it is asked for: for transports to which a few microseconds matter. */
  readonly cancellation?: Cancellation | undefined;
}

/** An AbortSignal in short. */
export interface Cancellation {
  readonly isCancelled: boolean;
  readonly reason: unknown;
  /** @returns ends that `listener` is told */
  onCancel(listener: () => void): () => void;
}

export interface TransportResponse {
  readonly status: number;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  /** Decoded as UTF-8. */
  readonly text: string;
}

/** An answer without an end, such as that of /v1/changes. */
export interface TransportStream {
  readonly status: number;
  header(name: string): string | undefined;
  /** Pieces as they come, decoded as UTF-8 over their borders. Ends when the server ends it, throws when the connection breaks. */
  readonly pieces: AsyncIterable<string>;
  /** Ends it from this side. */
  close(): void;
}

export interface Transport {
  /**
   * The answer, whatever its status.
   *
   * @throws TransportError when there is no answer
   */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Resolves when the head of the answer is there. */
  open(request: TransportRequest): Promise<TransportStream>;
  /** What is under way fails; nothing is left open. */
  close(): void;
}

export interface TransportOptions {
  /** Where the server is: `http://host:4000`, `https://host/base`, `unix:/run/stowage.sock` (Node only). */
  readonly url: string;
  /** Connections at one time, streams not counted. */
  readonly connections: number;
  /** For how long a connection is kept without use. Where the runtime keeps them (`fetch`), it decides. */
  readonly keepAliveMs: number;
  /** Bytes of an answer's body; a longer one is a TransportError. Streams have no end, and no bound. Default 64 MiB. */
  readonly bytesMax?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Above what one value of the server (8 MB, unless it is told otherwise) or a page of them takes, below what hurts. */
export const DEFAULT_BYTES_MAX = 64 * 1024 * 1024;

export type CreateTransport = (options: TransportOptions) => Transport;

/** There is no answer. */
export class TransportError extends Error {
  /** A kept connection had been closed by the other side, as its right is, before a byte of the answer came. */
  readonly isStale: boolean;

  /**
   * @param unsent nothing of the request can have reached the server: repeating it is safe, whatever it does
   */
  constructor(
    message: string,
    readonly unsent: boolean,
    options?: { cause?: unknown; isStale?: boolean },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TransportError";
    this.isStale = options?.isStale ?? false;
  }
}
