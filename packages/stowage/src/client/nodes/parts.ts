/** What a node is made of, for the functions that do its work. */
import type { Clock } from "../../base/clock.js";
import type { CircuitBreaker } from "../../resilience/breaker.js";
import type { Deadline } from "../../resilience/deadline.js";
import type { Transport } from "../transport/transport.js";
import type { ClientEvent } from "../types.js";

type Headers = Readonly<Record<string, string>>;

export interface NodeParts {
  readonly url: string;
  readonly transport: Transport;
  /** null: each request is tried, however the last ones went. */
  readonly breaker: CircuitBreaker | null;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onEvent: ((event: ClientEvent) => void) | undefined;
  /** Of every request; frozen. */
  readonly headers: Headers;
  /** The headers with those of tracing; the same object where there is nothing to add. */
  readonly inject: ((headers: Headers) => Headers) | undefined;
  readonly counts: { requests: number; operations: number; failures: number };
  /** Of calls under way, for `close`. */
  readonly deadlines: Set<Deadline>;
  /** When the server last answered, by the clock. */
  lastAnswerMs: number;
  /** Why the last attempt failed, for those that the breaker refuses. */
  lastFault: unknown;
}
