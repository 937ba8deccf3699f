/** What a connection is given: by whoever serves requests, and by its server. */
import type { Connection } from "./connection.js";
import type { ContentSink } from "./content.js";
import type { HttpRequestError } from "./errors.js";
import type { Limits } from "./limits.js";
import type { RequestHead } from "./request.js";
import type { Fields } from "./response.js";
import type { Turn } from "./turn.js";

/** What serves requests. Nothing of it may throw but HttpRequestErrors, which are answered; all else ends the connection. */
export interface Handler {
  /**
   * A request is complete. Answer with the connection's `send`, now or later. Head and content are only lent: the content for
   * the call, the head until the request is answered.
   *
   * @returns true if it has been answered; false if it will be, by a `send` and then `done()`
   */
  request(head: RequestHead, content: Buffer, connection: Connection): boolean;
  /**
   * The head of a request with content was read. Left out: `contentMax` of the server.
   *
   * @returns how many bytes of it are taken at most (413 above); or a sink that it goes into; or null, if the request has been
   * answered (by `send`) and the content is not wanted. The last is for refusing a request before its content is read.
   * `closesAfter` says as ever whether the connection lives on: it does where little enough is to be passed over.
   */
  content?(head: RequestHead, connection: Connection): number | ContentSink | null;
  /**
   * Several pieces have arrived, and are about to be read: where each begins (at 2 * i) and ends (at 2 * i + 1). Most are whole
   * requests, but they may be anything. A moment to have the memory fetched that their requests will need, all of it at
   * the same time; nothing may be decided here, since it is not said of each piece.
   */
  prefetch?(bytes: Buffer, ranges: Int32Array, count: number): void;
  /** The answer to a request that cannot be read. `date` is added to the fields. Left out: the error's message as text. */
  refused?(error: HttpRequestError, connection: Connection): RefusalAnswer;
}

export interface RefusalAnswer {
  /** Content-Type. */
  readonly type: string;
  /** Each character is a byte (Latin-1). */
  readonly body: string;
  readonly fields?: Fields;
}

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly handler: Handler;
  readonly limits: Limits;
  readonly contentMax: number;
  readonly requestsMax: number;
  /** No connection shall live on after its next response. */
  readonly draining: boolean;
  /** Milliseconds, of a clock that never goes back. */
  now(): number;
  /** Milliseconds since 1970. */
  wall(): number;
  /** The turn of the event loop that is being gone through. */
  readonly turn: Turn;
  closed(connection: Connection): void;
}
