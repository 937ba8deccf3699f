/** One operation on the server that has its key, and what its answer means. */
import { ClosedError, NonNumericValueError } from "../../base/errors.js";
import { ServerRefusedError } from "../errors.js";
import type { KeyState } from "../state.js";
import { nameOf } from "../wire/batch-body.js";
import type { Operation, OperationResult } from "../wire/operation.js";
import { type BoundCall, nodeOptions } from "./call-options.js";

/** What came back. Throws at once where no server can be asked. */
export function ask(state: KeyState, operation: Operation, call: BoundCall): Promise<OperationResult> {
  const { cluster } = state;
  if (state.isClosed) throw new ClosedError(nameOf([operation]));
  if (cluster.ready !== undefined) return cluster.ready.then(() => send(state, operation, call));
  return send(state, operation, call);
}

/** The result. Throws at once where no server can be asked, and rejects with what its fault is. */
export function answer(state: KeyState, operation: Operation, call: BoundCall): Promise<OperationResult> {
  return ask(state, operation, call).then((result) => sound(state, operation, result, call));
}

/** The same for an operation that changes something: who keeps or loads values hears of it, before and after. */
export async function change(
  state: KeyState,
  operation: Operation,
  call: BoundCall,
): Promise<OperationResult> {
  const { key } = operation;
  noteWrite(state, key);
  try {
    return await answer(state, operation, call);
  } finally {
    // Also when it failed: it may have been done.
    noteWrite(state, key);
  }
}

export function noteWrite({ near, loading }: KeyState, key: string): void {
  near?.written(key);
  loading?.written(key);
}

export function noteWriteOfAll({ near, loading }: KeyState): void {
  near?.writtenAll();
  loading?.writtenAll();
}

/** The result itself. @throws what its fault is */
export function sound(
  state: KeyState,
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

function send({ cluster }: KeyState, operation: Operation, call: BoundCall): Promise<OperationResult> {
  return cluster.nodeOf(operation.key, call.local).operate(operation, nodeOptions(call));
}
