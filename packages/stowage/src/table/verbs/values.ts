/** What verbs take as a value, and how counters read as bytes. */
import { InvalidArgumentError, ValueTooLargeError } from "../../base/errors.js";
import { appendBytes, appendCounter, appendText } from "../log/append.js";
import { valueStart, wordAt, wordsOf } from "../log/items.js";
import { unitOf, valueStartOf } from "../log/jumbo.js";
import { BANK_UNIT_BITS, BANK_UNIT_MASK, I_INFO, JUMBO, KIND_INTEGER, KIND_MASK } from "../memory/layout.js";
import type { TableState } from "../state.js";
import type { Bytes } from "../types.js";

/** What is stored: bytes, a text, or the value of a counter. */
export type Stored = Bytes | number | bigint;

/** Refuses what is no value, or a longer one than the table takes. */
export function checkValue(t: TableState, value: Bytes, where: string): void {
  if (typeof value === "string") {
    if (value.length * 3 > t.valueBytesMax) checkLength(t, Buffer.byteLength(value), where);
  } else if (value instanceof Uint8Array) checkLength(t, value.length, where);
  else throw new InvalidArgumentError(where, "the value", value, "a text or a Uint8Array");
}

export function checkLength(t: TableState, bytes: number, where: string): void {
  if (bytes > t.valueBytesMax) throw new ValueTooLargeError(where, bytes, t.valueBytesMax);
}

/** Appends an item of the current key and draft; its location. */
export function appendValue(t: TableState, value: Stored): number {
  if (typeof value === "string") return appendText(t, t.draft, value);
  if (typeof value === "object") return appendBytes(t, t.draft, value);
  return appendCounter(t, t.draft, value);
}

/** The unit that a counter's eight bytes are. */
export function counterUnit(t: TableState, location: number): number {
  const words = wordsOf(t, location);
  const at = wordAt(location);
  const info = words[at + I_INFO];
  if ((info & JUMBO) !== 0) return unitOf(t, location, info, valueStartOf(t, location));
  return (location + (valueStart(words, at) >> 3)) | 0;
}

/** The value of a counter: a double, or a 64-bit integer. */
export function counterValue(t: TableState, location: number): number | bigint {
  const info = wordsOf(t, location)[wordAt(location) + I_INFO];
  const unit = counterUnit(t, location);
  const bank = unit >>> BANK_UNIT_BITS;
  return (info & KIND_MASK) === KIND_INTEGER
    ? t.bankIntegers[bank][unit & BANK_UNIT_MASK]
    : t.bankDoubles[bank][unit & BANK_UNIT_MASK];
}

/** How a counter reads: a number as JSON writes it. */
export function counterText(value: number | bigint): string {
  return String(value);
}

/** The same as bytes. */
export function counterBuffer(value: number | bigint): Buffer {
  return Buffer.from(counterText(value), "latin1");
}
