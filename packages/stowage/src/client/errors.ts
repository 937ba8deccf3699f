/** What can go wrong on the way to a server. Codes stand in base/errors.ts. */
import { quote } from "../base/describe.js";
import { StowageError } from "../base/errors.js";

/** What did not come about, for messages: `get "user:1"`, `a batch of 12 operations`. */
export interface Attempt {
  readonly node: string;
  readonly what: string;
}

/** A server cannot be reached, or its breaker is open. */
export class ServerUnavailableError extends StowageError {
  readonly node: string;

  constructor({ node, what }: Attempt, reason: string, cause?: unknown) {
    super(
      "STOWAGE_SERVER_UNAVAILABLE",
      `${what}: the server at ${node} is not available: ${reason}. Check that it runs and that the url is right; the client goes on by itself when it is back.`,
      { cause },
    );
    this.node = node;
  }
}

/** No answer within the deadline. */
export class RequestTimeoutError extends StowageError {
  readonly node: string;
  readonly timeoutMs: number;

  constructor({ node, what }: Attempt, timeoutMs: number, cause?: unknown) {
    super(
      "STOWAGE_REQUEST_TIMEOUT",
      `${what}: no answer from ${node} within ${timeoutMs} ms, retries included. A write may have been done. The option "timeout" sets the time.`,
      { cause },
    );
    this.node = node;
    this.timeoutMs = timeoutMs;
  }
}

/** The server answered, and refused. */
export class ServerRefusedError extends StowageError {
  readonly node: string;
  /** Of the HTTP answer; 200 where other operations of the same request were done. */
  readonly status: number;
  /** The server's own code, `forbidden_key`; empty: it gave none. */
  readonly serverCode: string;
  /** For how long it asks to be left alone; undefined: it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    { node, what }: Attempt,
    answer: { status: number; said: string; serverCode?: string; retryAfterMs?: number | undefined },
  ) {
    const verdict = answer.status === 200 ? "refused it" : `answered ${answer.status}`;
    super("STOWAGE_SERVER_REFUSED", `${what}: ${node} ${verdict}: ${answer.said}`);
    this.node = node;
    this.status = answer.status;
    this.serverCode = answer.serverCode ?? "";
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** No more may be under way. */
export class TooManyPendingError extends StowageError {
  readonly node: string;

  constructor({ node, what }: Attempt, maxPending: number) {
    super(
      "STOWAGE_TOO_MANY_PENDING",
      `${what}: ${maxPending} operations are under way to ${node} already, as many as "maxPending" allows. Nothing was sent.`,
    );
    this.node = node;
  }
}

/** Keys that have to be on one server are on several. */
export class CrossSlotError extends StowageError {
  /** Url of a server -> its keys. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;

  constructor(what: string, nodes: ReadonlyMap<string, readonly string[]>) {
    const where = [...nodes].map(([url, keys]) => `${url} has ${someOf(keys)}`);
    super(
      "STOWAGE_CROSS_SLOT",
      `${what} needs all of its keys on one server, but ${where.join("; ")}. Keys with the same part in braces are kept together: "{user:1}:posts".`,
    );
    this.nodes = nodes;
  }
}

/** Of each server so many keys are named; a call may have thousands. */
const KEYS_NAMED = 3;

function someOf(keys: readonly string[]): string {
  const named = keys.slice(0, KEYS_NAMED).map(quote).join(", ");
  return keys.length > KEYS_NAMED ? `${named} and ${keys.length - KEYS_NAMED} more` : named;
}

/** A call names a server that the client does not have. */
export class UnknownNodeError extends StowageError {
  constructor(what: string, local: string, known: readonly string[]) {
    super(
      "STOWAGE_UNKNOWN_NODE",
      `${what}: there is no server ${JSON.stringify(local)}; there are ${known.join(", ")}`,
    );
  }
}

/** One thing that a schema found. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly PropertyKey[];
}

/** A value does not fit its schema. */
export class InvalidDataError extends StowageError {
  readonly key: string;
  readonly issues: readonly Issue[];

  constructor(what: string, key: string, issues: readonly Issue[]) {
    const found = issues.map(({ message, path = [] }) =>
      path.length === 0 ? message : `${path.join(".")}: ${message}`,
    );
    super(
      "STOWAGE_INVALID_DATA",
      `${what} ${JSON.stringify(key)}: the value does not fit its schema: ${found.join("; ")}`,
    );
    this.key = key;
    this.issues = issues;
  }
}
