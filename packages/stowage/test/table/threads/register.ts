/**
 * One key of the table as a sequential machine, for the linearizability checker: a register with versions that can be
 * read, set, compared-and-set, deleted and counted up.
 *
 * Values are integers (what a test writes as text, so that incr works on all of them; or one that stands for a list that was
 * appended to). Where the table may evict, a value
 * may vanish at any moment, but it never comes back: `evicts` says so. Versions are checked as far as calls tell them:
 * each write has one above all before it for that key, deletions included.
 */
import type { Operation, Specification } from "./linearizability.js";

export type RegisterCall =
  | { readonly verb: "get" | "has" | "take" | "delete" }
  | { readonly verb: "set" | "add" | "replace" | "append"; readonly value: number }
  | { readonly verb: "expire" /** Milliseconds from now on. */; readonly value: number }
  | { readonly verb: "cas"; readonly expected: number; readonly value: number }
  | { readonly verb: "deleteIf"; readonly expected: number }
  | { readonly verb: "incr"; readonly amount: number };

export interface RegisterResult {
  /** The value got or taken, or what incr counted to; null when absent. Unused by others. */
  readonly value?: number | null;
  /** The version got or made; 0 when it was not written. Undefined when the verb does not tell. */
  readonly version?: number;
  /** What has, delete, deleteIf and expire said. */
  readonly done?: boolean;
}

export type RegisterOperation = Operation<RegisterCall, RegisterResult>;

/** Whoever has that long to live outlives the test. */
const LONG_MS = 100_000;

export interface RegisterState {
  readonly value: number | null;
  /** Null when the write did not tell it. */
  readonly version: number | null;
  /** No version up to this can be given again. */
  readonly floor: number;
  /** Its time was prolonged, and that was confirmed: from then on it does not vanish. */
  readonly kept: boolean;
}

export function register(evicts = false): Specification<RegisterState, RegisterCall, RegisterResult> {
  const step = evicts ? stepWithEviction : stepOf;
  return {
    initial: { value: null, version: 0, floor: 0, kept: false },
    step,
    name: (state) => `${state.value},${state.version},${state.floor},${state.kept}`,
  };
}

/** What stands for a list of numbers when one is appended: a number that tells other lists apart, nearly always. */
export function appended(list: number | null, value: number): number {
  return ((list ?? 0) * 31 + value) % 1_000_000_007;
}

function stepWithEviction(
  state: RegisterState,
  call: RegisterCall,
  result: RegisterResult | undefined,
): RegisterState | undefined {
  const next = stepOf(state, call, result);
  return next !== undefined || state.kept ? next : stepOf(removed(state), call, result);
}

function stepOf(
  state: RegisterState,
  call: RegisterCall,
  result: RegisterResult | undefined,
): RegisterState | undefined {
  if (result === undefined) return stepUntold(state, call);
  switch (call.verb) {
    case "get":
      return stepGet(state, result);
    case "has":
      return result.done === (state.value !== null) ? state : undefined;
    case "take":
      return result.value === state.value ? removed(state) : undefined;
    case "delete":
      return result.done === (state.value !== null) ? removed(state) : undefined;
    case "deleteIf":
      return stepDeleteIf(state, call.expected, result);
    case "incr":
      return stepIncr(state, call.amount, result);
    case "append":
      return written(state, appended(state.value, call.value), result.version);
    case "expire":
      if (result.done !== (state.value !== null)) return undefined;
      return { ...state, kept: state.value !== null && call.value >= LONG_MS };
    case "set":
      return written(state, call.value, result.version);
    case "add":
      return stepIf(state, state.value === null, call.value, result);
    case "replace":
      return stepIf(state, state.value !== null, call.value, result);
    case "cas":
      return stepCas(state, call.expected, call.value, result);
  }
}

/** A call that never returned and did take effect. (That it did not is the checker's to consider.) */
function stepUntold(state: RegisterState, call: RegisterCall): RegisterState | undefined {
  const present = state.value !== null;
  const matches = "expected" in call && couldBe(state, call.expected);
  switch (call.verb) {
    case "get":
    case "has":
    case "expire":
      return state;
    case "take":
    case "delete":
      return present ? removed(state) : state;
    case "deleteIf":
      return matches ? removed(state) : state;
    case "incr":
      return written(state, (state.value ?? 0) + call.amount, undefined);
    case "append":
      return written(state, appended(state.value, call.value), undefined);
    case "set":
      return written(state, call.value, undefined);
    case "add":
      return present ? state : written(state, call.value, undefined);
    case "replace":
      return present ? written(state, call.value, undefined) : state;
    case "cas":
      return matches ? written(state, call.value, undefined) : state;
  }
}

function stepGet(state: RegisterState, result: RegisterResult): RegisterState | undefined {
  if (result.value !== state.value) return undefined;
  if (result.version === undefined || state.value === null) return state;
  if (!couldBe(state, result.version)) return undefined;
  return { ...state, version: result.version, floor: result.version };
}

function stepDeleteIf(
  state: RegisterState,
  expected: number,
  result: RegisterResult,
): RegisterState | undefined {
  const present = state.value !== null;
  if (result.done) return present && couldBe(state, expected) ? removed(state) : undefined;
  return present && state.version === expected ? undefined : state;
}

function stepIncr(state: RegisterState, amount: number, result: RegisterResult): RegisterState | undefined {
  const value = (state.value ?? 0) + amount;
  return result.value === value ? written(state, value, result.version) : undefined;
}

function stepIf(
  state: RegisterState,
  may: boolean,
  value: number,
  result: RegisterResult,
): RegisterState | undefined {
  if (result.version === 0) return may ? undefined : state;
  return may ? written(state, value, result.version) : undefined;
}

function stepCas(
  state: RegisterState,
  expected: number,
  value: number,
  result: RegisterResult,
): RegisterState | undefined {
  if (result.version === 0) return surelyIs(state, expected) ? undefined : state;
  return couldBe(state, expected) ? written(state, value, result.version) : undefined;
}

/** Version 0 is that of an absent entry. */
function surelyIs(state: RegisterState, version: number): boolean {
  return version === 0 ? state.value === null : state.value !== null && state.version === version;
}

function couldBe(state: RegisterState, version: number): boolean {
  const untold = state.value !== null && state.version === null && version > state.floor;
  return untold || surelyIs(state, version);
}

function written(
  state: RegisterState,
  value: number,
  version: number | undefined,
): RegisterState | undefined {
  if (version === undefined) return { value, version: null, floor: state.floor, kept: false };
  return version > state.floor ? { value, version, floor: version, kept: false } : undefined;
}

function removed(state: RegisterState): RegisterState {
  return { value: null, version: 0, floor: state.floor, kept: false };
}
