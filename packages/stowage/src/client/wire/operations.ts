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
  return read(key, `{"op":"get","key":${keyText(where, key)}}`);
}

/** With the time it has left, and its version. @param isFresh see Operation */
export function entryOperation(where: string, key: string, isFresh = false): Operation {
  const text = `{"op":"get","key":${keyText(where, key)},"meta":true}`;
  return { key, text, isRepeatable: true, isRead: true, isFresh };
}

export function hasOperation(key: string): Operation {
  return read(key, `{"op":"has","key":${keyText("has", key)}}`);
}

export function ttlOperation(key: string): Operation {
  return read(key, `{"op":"ttl","key":${keyText("ttl", key)}}`);
}

export function setOperation(where: string, key: string, value: unknown, parts: WriteParts): Operation {
  const text = `{"op":"set","key":${keyText(where, key)},"value":${valueText(where, key, value)}${writeTail(parts)}}`;
  return write(key, text, parts.ifVersion === undefined && parts.ifAbsent !== true);
}

export function deleteOperation(where: string, key: string, ifVersion?: string): Operation {
  const tail = ifVersion === undefined ? "" : `,"ifVersion":${JSON.stringify(ifVersion)}`;
  return write(key, `{"op":"delete","key":${keyText(where, key)}${tail}}`, ifVersion === undefined);
}

export function touchOperation(key: string): Operation {
  return write(key, `{"op":"touch","key":${keyText("touch", key)}}`, true);
}

export function persistOperation(key: string): Operation {
  return write(key, `{"op":"persist","key":${keyText("persist", key)}}`, true);
}

export function expireOperation(key: string, ttl: number): Operation {
  return write(key, `{"op":"expire","key":${keyText("expire", key)},"ttl":${ttl}}`, true);
}

/** Not repeatable: twice would count twice. */
export function counterOperation(op: "incr" | "decr", key: string, parts: CounterParts): Operation {
  let text = `{"op":"${op}","key":${keyText(op, key)}`;
  if (parts.amount !== undefined) text += `,"amount":${parts.amount}`;
  if (parts.default !== undefined) text += `,"default":${parts.default}`;
  if (parts.ttl !== undefined) text += `,"ttl":${parts.ttl}`;
  return write(key, `${text}}`, false);
}

/** @throws InvalidArgumentError */
export function checkKey(where: string, key: unknown): void {
  if (typeof key !== "string") throw new InvalidArgumentError(where, "the key", key, "a text");
}

function read(key: string, text: string): Operation {
  return { key, text, isRepeatable: true, isRead: true };
}

function write(key: string, text: string, isRepeatable: boolean): Operation {
  return { key, text, isRepeatable, isRead: false };
}

function keyText(where: string, key: string): string {
  checkKey(where, key);
  return JSON.stringify(key);
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
