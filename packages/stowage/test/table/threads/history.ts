/**
 * Histories of what threads did to the table, recorded in shared memory: a thread that is killed leaves its record behind,
 * with the call it was in.
 *
 * Moments are drawn from one shared counter by Atomics.add, before the call and after the return. That is a total order that
 * every thread agrees on; wall clocks are not.
 *
 *     counter  Int32[1]
 *     log of a thread: Float64 words; word 0 how many rows, then rows of ROW words:
 *     0 key   1 verb   2 value or amount   3 expected version   4 called at   5 returned at (0: not)
 *     6 result value (NaN: null)   7 result version (-1: not told)   8 result done (-1: not told)
 */
import type { RegisterCall, RegisterOperation, RegisterResult } from "./register.js";

const ROW = 9;
const verbs = [
  "get",
  "has",
  "take",
  "delete",
  "set",
  "add",
  "replace",
  "cas",
  "deleteIf",
  "incr",
  "append",
  "expire",
] as const;

/** To be handed to workers: the counter and a log each. */
export interface HistoryBuffers {
  readonly counter: SharedArrayBuffer;
  readonly logs: readonly SharedArrayBuffer[];
}

export function historyBuffers(threads: number, operations: number): HistoryBuffers {
  const logs = Array.from(
    { length: threads },
    () => new SharedArrayBuffer((1 + operations * ROW) * Float64Array.BYTES_PER_ELEMENT),
  );
  return { counter: new SharedArrayBuffer(4), logs };
}

/** The side of the thread that does the operations. */
export class Recorder {
  readonly #counter: Int32Array;
  readonly #log: Float64Array;

  constructor(buffers: HistoryBuffers, thread: number) {
    this.#counter = new Int32Array(buffers.counter);
    this.#log = new Float64Array(buffers.logs[thread]);
  }

  /** Does a call and records it. An error of `act` is not recorded as a return: the caller decides what it means. */
  record(key: number, call: RegisterCall, act: () => RegisterResult): RegisterResult {
    const log = this.#log;
    const at = 1 + log[0] * ROW;
    log[at] = key;
    log[at + 1] = verbs.indexOf(call.verb);
    log[at + 2] = "value" in call ? call.value : "amount" in call ? call.amount : 0;
    log[at + 3] = "expected" in call ? call.expected : 0;
    log[at + 5] = 0;
    log[at + 4] = this.#moment();
    log[0] += 1;
    const result = act();
    log[at + 6] = result.value ?? Number.NaN;
    log[at + 7] = result.version ?? -1;
    log[at + 8] = result.done === undefined ? -1 : Number(result.done);
    log[at + 5] = this.#moment();
    return result;
  }

  #moment(): number {
    return Atomics.add(this.#counter, 0, 1) + 1;
  }
}

/** All threads' operations. Read it when the threads have ended. */
export function readHistory({ logs }: HistoryBuffers): RegisterOperation[] {
  return logs.flatMap((buffer) => {
    const log = new Float64Array(buffer);
    return Array.from({ length: log[0] }, (_, row) => operationOf(log.subarray(1 + row * ROW)));
  });
}

function operationOf(row: Float64Array): RegisterOperation {
  const [key, verb, value, expected, calledAt, returnedAt] = row;
  const call = callOf(verbs[verb], value, expected);
  if (returnedAt === 0)
    return { key, call, result: undefined, calledAt, returnedAt: Number.POSITIVE_INFINITY };
  const result: RegisterResult = {
    value: Number.isNaN(row[6]) ? null : row[6],
    ...(row[7] === -1 ? {} : { version: row[7] }),
    ...(row[8] === -1 ? {} : { done: row[8] === 1 }),
  };
  return { key, call, result, calledAt, returnedAt };
}

function callOf(verb: RegisterCall["verb"], value: number, expected: number): RegisterCall {
  if (verb === "incr") return { verb, amount: value };
  if (verb === "cas") return { verb, expected, value };
  if (verb === "deleteIf") return { verb, expected };
  if (verb === "set" || verb === "add" || verb === "replace" || verb === "append" || verb === "expire")
    return { verb, value };
  return { verb };
}

/** Operations as the lines of a failure's message, in the order in which they were called. */
export function showOperations(operations: readonly RegisterOperation[]): string {
  const inOrder = [...operations].sort((one, other) => one.calledAt - other.calledAt);
  return inOrder
    .map(({ call, result, calledAt, returnedAt }) => {
      const answer = result === undefined ? "never returned" : JSON.stringify(result);
      return `[${calledAt}, ${returnedAt}] ${JSON.stringify(call)} ${answer}`;
    })
    .join("\n");
}
