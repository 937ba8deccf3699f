/**
 * A batch, sent; and who gets what of the answer.
 *
 * One operation's fault is not its neighbours'. What the server finds wrong while it works stands in the result of that
 * operation. What it finds wrong beforehand makes it refuse the whole batch, with nothing done: then that operation fails
 * and the rest is sent again; where the server does not say which one it was (too many bytes, a scope that the token lacks),
 * each half is sent for itself.
 *
 * A batch with an incr in it must not be sent twice by the node. If it fails because the server was away, the incr fails,
 * and what can be repeated is.
 */
import type { Clock } from "../../base/clock.js";
import { RequestTimeoutError, ServerRefusedError, ServerUnavailableError } from "../errors.js";
import type { NodeCallOptions, NodeRequest } from "../nodes/types.js";
import type { TransportResponse } from "../transport/transport.js";
import {
  batchPath,
  bodyOf,
  jsonHeaders,
  nameOf,
  refusalIn,
  refusedError,
  resultsIn,
} from "../wire/batch-body.js";
import type { Operation } from "../wire/operation.js";
import { type Pending, timeoutOf } from "./pending.js";

/** A request for these operations; they are given for errors and events. */
export type Send = (
  request: NodeRequest,
  operations: readonly Operation[],
  options: NodeCallOptions,
) => Promise<TransportResponse>;

export interface DeliveryParts {
  readonly node: string;
  readonly clock: Clock;
  readonly send: Send;
  /** It has been answered or has failed: its key is free for others. Comes before its callers hear of it. */
  readonly onDone: (item: Pending) => void;
}

/** Refusals that are about all operations alike: no token, no such route, too many requests, trouble of the server. */
const isAboutAll = (status: number): boolean =>
  status < 400 || status === 401 || status === 404 || status === 405 || status === 429 || status >= 500;

/** Settles all of them; never rejects. */
export async function deliver(
  all: readonly Pending[],
  deadlineMs: number,
  parts: DeliveryParts,
): Promise<void> {
  const items = wanted(all, parts);
  if (items.length === 0) return;
  const again = (some: readonly Pending[]): Promise<void> => deliver(some, deadlineMs, parts);
  const leftMs = deadlineMs - parts.clock.now();
  if (leftMs <= 0) {
    for (const item of items) fail(item, timeoutOf(parts.node, item), parts);
    return;
  }
  let response: TransportResponse;
  try {
    response = await sendAll(items, leftMs, parts);
  } catch (error) {
    await again(failAllBut(repeatable(items, error), items, ofCall(error, items, parts.node), parts));
    return;
  }
  if (response.status === 200) giveOut(items, response, parts);
  else await isolate(items, response, parts, again);
}

function wanted(all: readonly Pending[], { onDone }: DeliveryParts): readonly Pending[] {
  if (!all.some((item) => item.isDropped)) return all;
  for (const item of all) if (item.isDropped) onDone(item);
  return all.filter((item) => !item.isDropped);
}

function sendAll(
  items: readonly Pending[],
  timeoutMs: number,
  { clock, send }: DeliveryParts,
): Promise<TransportResponse> {
  const operations: Operation[] = [];
  const nowMs = clock.now();
  let isRepeatable = true;
  for (const item of items) {
    item.sentAtMs = nowMs;
    operations.push(item.operation);
    isRepeatable &&= item.operation.isRepeatable;
  }
  const request: NodeRequest = {
    method: "POST",
    path: batchPath,
    headers: jsonHeaders,
    body: bodyOf(operations),
    isRepeatable,
  };
  return send(request, operations, { timeoutMs, signal: signalOf(items) });
}

/** Aborted when nobody waits for any of them any more; undefined: somebody will wait to the end. */
function signalOf(items: readonly Pending[]): AbortSignal | undefined {
  if (!items.every((item) => item.canBeDropped)) return undefined;
  const controller = new AbortController();
  let left = items.length;
  for (const item of items) {
    item.onDrop = () => {
      if (--left === 0) controller.abort();
    };
  }
  return controller.signal;
}

/** What may be sent again after a failure, where the node could not do so for all of them. */
function repeatable(items: readonly Pending[], error: unknown): ReadonlySet<Pending> {
  const rest = new Set(items.filter((item) => item.operation.isRepeatable));
  return error instanceof ServerUnavailableError && rest.size < items.length ? rest : new Set();
}

/** A request has the time that was left of the call's; its caller knows of the call's. */
function ofCall(error: unknown, items: readonly Pending[], node: string): unknown {
  if (!(error instanceof RequestTimeoutError)) return error;
  return new RequestTimeoutError(
    { node, what: nameOf(operationsOf(items)) },
    items[0].timeoutMs,
    error.cause,
  );
}

function failAllBut(
  rest: ReadonlySet<Pending>,
  items: readonly Pending[],
  error: unknown,
  parts: DeliveryParts,
): readonly Pending[] {
  for (const item of items) if (!rest.has(item)) fail(item, error, parts);
  return [...rest];
}

function giveOut(items: readonly Pending[], response: TransportResponse, parts: DeliveryParts): void {
  const results = resultsIn(response.text, items.length);
  if (results === undefined) failAll(items, notResults(items, parts.node), parts);
  else {
    for (let at = 0; at < items.length; at++) {
      parts.onDone(items[at]);
      items[at].resolve(results[at]);
    }
  }
}

async function isolate(
  items: readonly Pending[],
  response: TransportResponse,
  parts: DeliveryParts,
  again: (some: readonly Pending[]) => Promise<void>,
): Promise<void> {
  const { node } = parts;
  const { index } = refusalIn(response);
  if (items.length === 1 || isAboutAll(response.status))
    failAll(items, refusedError(node, nameOf(operationsOf(items)), response), parts);
  else if (index === undefined || index < 0 || index >= items.length) {
    // One half after the other: what has one key stays in its order.
    const middle = Math.ceil(items.length / 2);
    await again(items.slice(0, middle));
    await again(items.slice(middle));
  } else {
    fail(items[index], refusedError(node, nameOf([items[index].operation]), response), parts);
    await again([...items.slice(0, index), ...items.slice(index + 1)]);
  }
}

function notResults(items: readonly Pending[], node: string): ServerRefusedError {
  const said =
    "200 to a batch, but without its results; is this a Stowage server, or a proxy that answers for it?";
  return new ServerRefusedError({ node, what: nameOf(operationsOf(items)) }, { status: 200, said });
}

function operationsOf(items: readonly Pending[]): readonly Operation[] {
  return items.map((item) => item.operation);
}

function failAll(items: readonly Pending[], error: unknown, parts: DeliveryParts): void {
  for (const item of items) fail(item, error, parts);
}

function fail(item: Pending, error: unknown, { onDone }: DeliveryParts): void {
  onDone(item);
  item.reject(error);
}
