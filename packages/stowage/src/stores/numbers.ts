/** Counters as the bytes that stores give: decimal digits. */
import { NonNumericValueError } from "../base/errors.js";

/** @throws NonNumericValueError for what is no whole number within 53 bits */
export function wholeNumberIn(key: string, bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const number = Number(text);
  if (text === "" || !Number.isSafeInteger(number))
    throw new NonNumericValueError("incr", key, text, "a whole number");
  return number;
}
