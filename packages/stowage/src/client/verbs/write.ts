/** set, setMany, delete, deleteMany, compareAndSet, touch, expire, persist, incr, decr. */

import type { Duration } from "../../base/duration.js";
import { parseDuration } from "../../base/duration.js";
import { InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { givenOptions } from "../../base/options.js";
import type { KeyState } from "../state.js";
import type { CallOptions, CompareOptions, IncrOptions, WriteOptions } from "../types.js";
import type { Operation } from "../wire/operation.js";
import {
  counterOperation,
  deleteOperation,
  expireOperation,
  persistOperation,
  setOperation,
  touchOperation,
  type WriteParts,
} from "../wire/operations.js";
import {
  type BoundCall,
  type BoundWrite,
  callOptions,
  compareOptions,
  incrOptions,
  writeOptions,
} from "./call-options.js";
import { inWindows } from "./many.js";
import { change } from "./operate.js";

export async function set(
  state: KeyState,
  key: string,
  value: unknown,
  options?: WriteOptions,
): Promise<void> {
  const write = givenOptions(writeOptions, options, "set");
  await change(state, setOperation("set", key, value, partsOf(state, write)), write);
}

export async function setMany(
  state: KeyState,
  entries: Iterable<readonly [string, unknown]>,
  options?: WriteOptions,
): Promise<void> {
  const write = givenOptions(writeOptions, options, "setMany");
  const parts = partsOf(state, write);
  // All values are written out before the first is sent: one that cannot be stored stops all of them.
  const operations = Array.from(entries, ([key, value]) => setOperation("setMany", key, value, parts));
  await inWindows(state, operations, (operation) => change(state, operation, write));
}

export async function remove(state: KeyState, key: string, options?: CallOptions): Promise<boolean> {
  const call = givenOptions(callOptions, options, "delete");
  return (await change(state, deleteOperation("delete", key), call)).deleted === true;
}

/** How many there were. */
export async function deleteMany(
  state: KeyState,
  keys: Iterable<string>,
  options?: CallOptions,
): Promise<number> {
  const call = givenOptions(callOptions, options, "deleteMany");
  const operations = Array.from(new Set(keys), (key) => deleteOperation("deleteMany", key));
  const results = await inWindows(state, operations, (operation) => change(state, operation, call));
  return results.filter(({ deleted }) => deleted === true).length;
}

/** The new version; undefined: somebody has written meanwhile. */
export async function compareAndSet(
  state: KeyState,
  key: string,
  value: unknown,
  options: CompareOptions,
): Promise<string | undefined> {
  const { version, ...write } = givenOptions(compareOptions, options, "compareAndSet");
  if (version === undefined)
    throw new InvalidOptionError({
      where: "compareAndSet",
      option: "version",
      received: undefined,
      expected: "the version that entry() told, or null: there must be none",
    });
  const condition = version === null ? { ifAbsent: true } : { ifVersion: version };
  const parts = { ...partsOf(state, write), ...condition };
  const result = await change(state, setOperation("compareAndSet", key, value, parts), write);
  return result.stored === true ? result.version : undefined;
}

export async function touch(state: KeyState, key: string, options?: CallOptions): Promise<boolean> {
  return isFound(state, touchOperation(key), givenOptions(callOptions, options, "touch"));
}

export async function persist(state: KeyState, key: string, options?: CallOptions): Promise<boolean> {
  return isFound(state, persistOperation(key), givenOptions(callOptions, options, "persist"));
}

export async function expire(
  state: KeyState,
  key: string,
  ttl: Duration,
  options?: CallOptions,
): Promise<boolean> {
  const call = givenOptions(callOptions, options, "expire");
  return isFound(state, expireOperation(key, parseDuration(ttl, "expire", "ttl")), call);
}

async function isFound(state: KeyState, operation: Operation, call: BoundCall): Promise<boolean> {
  return (await change(state, operation, call)).found === true;
}

export async function count(
  state: KeyState,
  op: "incr" | "decr",
  key: string,
  amount: number | undefined,
  options?: IncrOptions,
): Promise<number> {
  checkAmount(op, amount);
  const { ttl = state.options.ttl, default: from, ...call } = givenOptions(incrOptions, options, op);
  return (await change(state, counterOperation(op, key, { amount, default: from, ttl }), call))
    .value as number;
}

/** JSON has no NaN and no Infinity. */
export function checkAmount(op: string, amount: number | undefined): void {
  if (amount === undefined || Number.isFinite(amount)) return;
  throw new InvalidArgumentError(op, "the amount", amount, "a finite number");
}

function partsOf({ options }: KeyState, { ttl = options.ttl, grace, tags }: BoundWrite): WriteParts {
  return { ttl, grace, tags };
}
