/**
 * Operations as the texts that are sent: `{"op":"get","key":"a"}`, an element of the `operations` of POST /v1/batch
 * (docs/rest-api.md).
 *
 * A text is made when the verb is called, not when its batch leaves: what the caller does with his value afterwards must
 * not change what is stored. Texts are put together by hand, since JSON.stringify over an object costs three times as much
 * as over the key alone.
 */
import { InvalidArgumentError, InvalidValueError, SerializationError } from "../../base/errors.js";
import type { Operation } from "./operation.js";

/** What of a write is not its key and value, in wire units. */
export interface WriteParts {
  /** Milliseconds; null: for ever; undefined: as the server has it. */
  readonly ttl?: number | null | undefined;
  /** Milliseconds. */
  readonly grace?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Only if this is the entry's version. */
  readonly ifVersion?: string | undefined;
  /** Only if there is no entry. */
  readonly ifAbsent?: boolean | undefined;
}

/** What of an incr or decr is not its key, in wire units. */
export interface CounterParts {
  readonly amount?: number | undefined;
  /** Where an absent key begins. */
  readonly default?: number | undefined;
  /** Milliseconds; null: for ever. Only where the key is new. */
  readonly ttl?: number | null | undefined;
}

export function getOperation(where: string, key: string): Operation {
  return read("get", key, "", where);
}

/** With the time it has left, and its version. @param isFresh see Operation */
export function entryOperation(where: string, key: string, isFresh = false): Operation {
  return read("get", key, ',"meta":true', where, isFresh);
}

export function hasOperation(key: string): Operation {
  return read("has", key);
}

export function ttlOperation(key: string): Operation {
  return read("ttl", key);
}

export function setOperation(where: string, key: string, value: unknown, parts: WriteParts): Operation {
  checkKey(where, key);
  const tail = `,"value":${valueText(where, key, value)}${writeTail(parts)}`;
  return write("set", key, tail, parts.ifVersion === undefined && parts.ifAbsent !== true);
}

export function deleteOperation(where: string, key: string, ifVersion?: string): Operation {
  const tail = ifVersion === undefined ? "" : `,"ifVersion":${JSON.stringify(ifVersion)}`;
  return write("delete", key, tail, ifVersion === undefined, where);
}

export function touchOperation(key: string): Operation {
  return write("touch", key, "", true);
}

export function persistOperation(key: string): Operation {
  return write("persist", key, "", true);
}

export function expireOperation(key: string, ttl: number): Operation {
  return write("expire", key, `,"ttl":${ttl}`, true);
}

/** Not repeatable: twice would count twice. */
export function counterOperation(op: "incr" | "decr", key: string, parts: CounterParts): Operation {
  let tail = "";
  if (parts.amount !== undefined) tail += `,"amount":${parts.amount}`;
  if (parts.default !== undefined) tail += `,"default":${parts.default}`;
  if (parts.ttl !== undefined) tail += `,"ttl":${parts.ttl}`;
  return write(op, key, tail, false);
}

/** @throws InvalidArgumentError */
export function checkKey(where: string, key: unknown): void {
  if (typeof key !== "string") throw new InvalidArgumentError(where, "the key", key, "a text");
}

/** @param where the verb, for errors, where it has another name than the operation */
function read(op: string, key: string, tail = "", where = op, isFresh = false): Operation {
  return { key, text: textOf(op, key, tail, where), isRepeatable: true, isRead: true, isFresh };
}

function write(op: string, key: string, tail: string, isRepeatable: boolean, where = op): Operation {
  return { key, text: textOf(op, key, tail, where), isRepeatable, isRead: false };
}

function textOf(op: string, key: string, tail: string, where: string): string {
  checkKey(where, key);
  return `{"op":"${op}","key":${JSON.stringify(key)}${tail}}`;
}

/** @throws InvalidValueError of what would look like a miss, SerializationError of what JSON cannot hold */
export function valueText(where: string, key: string, value: unknown): string {
  if (value === undefined) throw new InvalidValueError(where, key);
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error; // a BigInt, a cycle, or a toJSON of the caller's that throws
  }
  if (text !== undefined) return text;
  const what = `${where}: the value for key ${JSON.stringify(key)} cannot be written as JSON`;
  throw new SerializationError(`${what}. Turn it into plain data first.`, { cause });
}

function writeTail({ ttl, grace, tags, ifVersion, ifAbsent }: WriteParts): string {
  let tail = "";
  if (ttl !== undefined) tail += `,"ttl":${ttl}`;
  if (grace !== undefined) tail += `,"grace":${grace}`;
  if (tags !== undefined && tags.length > 0) tail += `,"tags":${JSON.stringify(tags)}`;
  if (ifVersion !== undefined) tail += `,"ifVersion":${JSON.stringify(ifVersion)}`;
  if (ifAbsent === true) tail += `,"ifAbsent":true`;
  return tail;
}
