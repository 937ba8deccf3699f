/** A server, guarded: deadlines, retries, breaker, bounds, health and events, the same over every transport. */
import type { Clock } from "../../base/clock.js";
import { CircuitBreaker } from "../../resilience/breaker.js";
import type { CreateTransport } from "../transport/transport.js";
import type { ClientEvent } from "../types.js";
import type { NodeParts } from "./parts.js";
import { ServerNode } from "./server-node.js";
import type { Node } from "./types.js";

export interface NodeOptions {
  readonly url: string;
  readonly transport: CreateTransport;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  /** null: none. */
  readonly breaker: { readonly failures: number; readonly cooldownMs: number } | null;
  /** null: each operation is a request. */
  readonly batch: { readonly max: number; readonly maxBytes: number } | null;
  readonly connections: number;
  /** Default 30 s: below the 75 s after which the server closes, and the 60 s of most proxies. */
  readonly keepAliveMs?: number;
  readonly maxPending: number;
  readonly healthEveryMs: number;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Must not throw. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
  /** The headers with those of tracing; the same object where there is nothing to add. Must not throw. */
  readonly inject?: NodeParts["inject"];
}

const KEEP_ALIVE_MS = 30_000;
/** Of the breaker's cooldown, unless servers are to be asked more often. */
const COOLDOWN_MAX_MS = 30_000;

/** @throws InvalidOptionError for a url that the transport cannot go to */
export function createNode(options: NodeOptions): Node {
  const { url, connections, keepAliveMs = KEEP_ALIVE_MS, clock, random = Math.random, token } = options;
  let onState = (): void => undefined;
  const breaker = createBreaker(options, () => onState());
  const parts: NodeParts = {
    url,
    transport: options.transport({ url, connections, keepAliveMs, clock }),
    breaker,
    timeoutMs: options.timeoutMs,
    retries: options.retries,
    clock,
    random,
    onEvent: options.onEvent,
    headers: headersOf(token),
    inject: options.inject,
    counts: { requests: 0, operations: 0, failures: 0 },
    deadlines: new Set(),
    lastAnswerMs: clock.now(),
    lastFault: undefined,
  };
  const node = new ServerNode(parts, options);
  onState = () => node.breakerChanged();
  return node;
}

function headersOf(token: string | undefined): NodeParts["headers"] {
  return Object.freeze(
    token === undefined ? {} : ({ authorization: `Bearer ${token}` } as Record<string, string>),
  );
}

function createBreaker(
  { breaker, healthEveryMs, clock }: NodeOptions,
  onState: () => void,
): CircuitBreaker | null {
  if (breaker === null) return null;
  const cooldownMaxMs = Math.min(healthEveryMs, COOLDOWN_MAX_MS);
  return new CircuitBreaker({ ...breaker, cooldownMaxMs, clock, onState });
}
