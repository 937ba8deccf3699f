/**
 * An explicit batch: a list of operations, and what became of each. Nothing of it throws but what is wrong with the call.
 *
 * Without `inOrder` it is its verbs, called one after the other: they leave in batches as all calls do. With it, it is one
 * request to one server, besides all others; so its operations are in order among themselves, and against what was
 * awaited before it, but not against calls of the same keys that are under way.
 */

import type { Duration } from "../../base/duration.js";
import { parseDuration } from "../../base/duration.js";
import { ClosedError, InvalidArgumentError } from "../../base/errors.js";
import { givenOptions } from "../../base/options.js";
import { ServerRefusedError } from "../errors.js";
import type { NodeRequest } from "../nodes/types.js";
import type { ClientState } from "../state.js";
import type { BatchCallOptions, BatchOperation } from "../types.js";
import { batchPath, bodyOf, jsonHeaders, nameOf, refusedError, resultsIn } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import {
  counterOperation,
  deleteOperation,
  expireOperation,
  getOperation,
  hasOperation,
  persistOperation,
  setOperation,
  touchOperation,
  ttlOperation,
} from "../wire/operations.js";
import { batchCallOptions, incrOptions, nodeOptions, writeOptions } from "./call-options.js";
import { ask, change, faultOf, noteWrite, sound } from "./operate.js";
import { checkAmount } from "./write.js";

/** An operation, and how its result becomes what the verb of that name gives. */
interface Step {
  readonly operation: Operation;
  readonly read: (result: OperationResult) => unknown;
}

type Settled = PromiseSettledResult<unknown>;

export async function batch(
  state: ClientState,
  operations: readonly BatchOperation[],
  options?: BatchCallOptions,
): Promise<Settled[]> {
  const { inOrder = false, ...call } = givenOptions(batchCallOptions, options, "batch");
  if (!Array.isArray(operations))
    throw new InvalidArgumentError("batch", "the operations", operations, "an array");
  const steps = operations.map((each) => stepOf(state, each));
  if (steps.length === 0) return [];
  if (inOrder) return sendTogether(state, steps, call);
  return Promise.allSettled(
    steps.map(async ({ operation, read }) => {
      if (!operation.isRead) return read(await change(state, operation, call));
      return read(sound(state, operation, await ask(state, operation, call), call));
    }),
  );
}

type Call = Parameters<typeof ask>[2];

async function sendTogether(state: ClientState, steps: readonly Step[], call: Call): Promise<Settled[]> {
  const { cluster } = state;
  if (state.isClosed) throw new ClosedError("batch");
  if (cluster.ready !== undefined) await cluster.ready;
  const operations = steps.map(({ operation }) => operation);
  const keys = operations.map(({ key }) => key);
  const node = cluster.oneNodeOf(keys, call.local, "batch");
  const written = operations.filter(({ isRead }) => !isRead);
  for (const { key } of written) noteWrite(state, key);
  try {
    const response = await node.request(requestOf(operations), nodeOptions(call));
    const what = nameOf(operations);
    if (response.status !== 200) throw refusedError(node.url, what, response);
    const results = resultsIn(response.text, steps.length);
    if (results === undefined)
      throw new ServerRefusedError(
        { node: node.url, what },
        { status: 200, said: "there are no results in its answer" },
      );
    return steps.map((step, at) => settled(step, results[at], node.url));
  } finally {
    for (const { key } of written) noteWrite(state, key);
  }
}

function requestOf(operations: readonly Operation[]): NodeRequest {
  return {
    method: "POST",
    path: batchPath,
    headers: jsonHeaders,
    body: bodyOf(operations),
    isRepeatable: operations.every(({ isRepeatable }) => isRepeatable),
  };
}

function settled({ operation, read }: Step, result: OperationResult, node: string): Settled {
  if (result.error !== undefined) return { status: "rejected", reason: faultOf(operation, result, node) };
  return { status: "fulfilled", value: read(result) };
}

const foundIn = ({ found }: OperationResult): boolean => found === true;

function stepOf(state: ClientState, given: BatchOperation): Step {
  if (typeof given !== "object" || given === null)
    throw new InvalidArgumentError(
      "batch",
      "each operation",
      given,
      'an object such as { op: "get", key: "a" }',
    );
  const { op, key } = given;
  switch (op) {
    case "get":
      return { operation: getOperation("batch", key), read: valueIn };
    case "has":
      return { operation: hasOperation(key), read: foundIn };
    case "ttl":
      return { operation: ttlOperation(key), read: ttlIn };
    case "delete":
      return { operation: deleteOperation("batch", key), read: ({ deleted }) => deleted === true };
    case "touch":
      return { operation: touchOperation(key), read: foundIn };
    case "persist":
      return { operation: persistOperation(key), read: foundIn };
    case "expire":
      return { operation: expireOperation(key, durationOf(given.ttl)), read: foundIn };
    case "set":
      return setStep(state, given);
    case "incr":
    case "decr":
      return counterStep(state, given);
    default:
      throw new InvalidArgumentError("batch", "op", op, knownOps);
  }
}

const knownOps = '"get", "has", "ttl", "set", "delete", "touch", "persist", "expire", "incr" or "decr"';

function setStep({ options }: ClientState, given: Extract<BatchOperation, { op: "set" }>): Step {
  const { op: _op, key, value, ...rest } = given;
  const { ttl = options.ttl, grace, tags } = givenOptions(writeOptions, rest, "batch");
  return {
    operation: setOperation("batch", key, value, { ttl, grace, tags }),
    read: () => undefined,
  };
}

function counterStep(
  { options }: ClientState,
  given: Extract<BatchOperation, { op: "incr" | "decr" }>,
): Step {
  const { op, key, amount, ...rest } = given;
  checkAmount(op, amount);
  const { ttl = options.ttl, default: from } = givenOptions(incrOptions, rest, "batch");
  return {
    operation: counterOperation(op, key, { amount, default: from, ttl }),
    read: ({ value }) => value,
  };
}

function valueIn({ found, value }: OperationResult): unknown {
  return found === false ? undefined : value;
}

function ttlIn({ found, ttl }: OperationResult): number | null | undefined {
  return found === false ? undefined : (ttl ?? null);
}

function durationOf(ttl: Duration): number {
  return parseDuration(ttl, "batch", "ttl");
}
