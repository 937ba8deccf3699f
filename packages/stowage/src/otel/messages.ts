/**
 * Spans of what diagnostics channels tell of when it has ended: calls of L2, and requests of clients. They begin as long ago
 * as the thing took, in the trace of the call that began it.
 */
import type { Clock } from "../base/clock.js";
import type { Listeners, RequestMessage, Sources, StoreMessage } from "../metrics/index.js";
import {
  type Attributes,
  failSpan,
  KIND_CLIENT,
  type OtelApi,
  SCOPE,
  type Span,
  STATUS_ERROR,
} from "./api.js";
import { parentOf } from "./calls.js";
import { errorType } from "./measuring.js";
import { databaseOf, serverOf } from "./semantic.js";

export interface MessageParts {
  readonly api: () => OtelApi;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly keys: boolean;
}

export function tracedMessages(parts: MessageParts): Listeners {
  return {
    store: (message) => traceStore(message, parts),
    request: (message) => traceRequest(message, parts),
  };
}

function traceStore(message: StoreMessage, parts: MessageParts): void {
  const cache = parts.sources.nameOf(message.cache);
  if (cache === undefined) return;
  const { store, verb, keys, outcome, error, timeMs } = message;
  const attributes: Attributes = { ...databaseOf(store, verb), "stowage.cache": cache, "stowage.tier": "l2" };
  if (keys > 1) attributes["db.operation.batch.size"] = keys;
  const span = spanOf(`${verb} ${store}`, attributes, timeMs, parts);
  if (span === undefined) return;
  if (outcome !== "answered") {
    if (error !== undefined) failSpan(span, error);
    else span.setStatus({ code: STATUS_ERROR });
    span.setAttribute("error.type", errorType(outcome, error));
  }
  span.end();
}

function traceRequest(message: RequestMessage, parts: MessageParts): void {
  const client = parts.sources.clientOf(message.node);
  if (client === undefined) return;
  const { method, path, status, attempt, operations, durationMs, error, node } = message;
  const span = spanOf(
    method,
    {
      "http.request.method": method,
      ...serverOf(node),
      "stowage.client": client,
      "stowage.operations": operations,
      ...(status !== undefined && { "http.response.status_code": status }),
      ...(attempt > 1 && { "http.request.resend_count": attempt - 1 }),
      ...(parts.keys && !node.startsWith("unix:") && { "url.full": `${node}${path}` }),
    },
    durationMs,
    parts,
  );
  if (span === undefined) return;
  if (error !== undefined) failSpan(span, error);
  else if (status !== undefined && status >= 400) {
    span.setAttribute("error.type", String(status));
    span.setStatus({ code: STATUS_ERROR });
  }
  span.end();
}

function spanOf(
  name: string,
  attributes: Attributes,
  durationMs: number,
  { api: current, clock }: MessageParts,
): Span | undefined {
  const api = current();
  const startTime = clock.wall() - durationMs;
  return api.trace
    ?.getTracer(SCOPE)
    .startSpan(name, { kind: KIND_CLIENT, attributes, startTime }, parentOf(api));
}
