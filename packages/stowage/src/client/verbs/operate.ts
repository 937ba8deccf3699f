/** One operation on the server that has its key, and what its answer means. */
import { ClosedError, NonNumericValueError } from "../../base/errors.js";
import { ServerRefusedError } from "../errors.js";
import type { ClientState } from "../state.js";
import { nameOf } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import { type BoundCall, nodeOptions } from "./call-options.js";

/** The result, if it is none of a fault. Throws at once where no server can be asked. */
export function ask(state: ClientState, operation: Operation, call: BoundCall): Promise<OperationResult> {
  const { cluster } = state;
  if (state.isClosed) throw new ClosedError(nameOf([operation]));
  if (cluster.ready !== undefined) return cluster.ready.then(() => send(state, operation, call));
  return send(state, operation, call);
}

/** The same for an operation that changes something: who keeps or loads values hears of it, before and after. */
export async function change(
  state: ClientState,
  operation: Operation,
  call: BoundCall,
): Promise<OperationResult> {
  const { key } = operation;
  noteWrite(state, key);
  try {
    return sound(state, operation, await ask(state, operation, call), call);
  } finally {
    // Also when it failed: it may have been done.
    noteWrite(state, key);
  }
}

export function noteWrite({ near, loading }: ClientState, key: string): void {
  near?.written(key);
  loading?.written(key);
}

export function noteWriteOfAll({ near, loading }: ClientState): void {
  near?.writtenAll();
  loading?.writtenAll();
}

/** The result itself. @throws what its fault is */
export function sound(
  state: ClientState,
  operation: Operation,
  result: OperationResult,
  { local }: BoundCall,
): OperationResult {
  if (result.error === undefined) return result;
  throw faultOf(operation, result, state.cluster.nodeOf(operation.key, local).url);
}

export function faultOf(
  operation: Operation,
  { error = "", code = "" }: OperationResult,
  node: string,
): Error {
  const [verb] = nameOf([operation]).split(" ", 1);
  if (code === "non_numeric_value") return new NonNumericValueError(verb, operation.key, undefined);
  return new ServerRefusedError(
    { node, what: nameOf([operation]) },
    { status: 200, said: error, serverCode: code },
  );
}

function send({ cluster }: ClientState, operation: Operation, call: BoundCall): Promise<OperationResult> {
  return cluster.nodeOf(operation.key, call.local).operate(operation, nodeOptions(call));
}
