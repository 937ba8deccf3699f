/**
 * What incr does to the bytes of a value, by the letter: whole numbers in 64 bits, everything else in doubles, text that is
 * no number not at all.
 */

const INTEGER = /^-?(0|[1-9]\d*)$/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const LOW = -(2n ** 63n);
const HIGH = 2n ** 63n - 1n;

export type Counted = { readonly text: string; readonly result: number } | "not a number" | "overflow";

/** `before` is the text of the value; undefined for an absent key, which begins at `start`. */
export function counted(before: string | undefined, amount: number, start: number): Counted {
  const text = before ?? String(start);
  if (!NUMBER.test(text)) return "not a number";
  if (!INTEGER.test(text) || !fits(BigInt(text)) || !Number.isInteger(amount))
    return countedDouble(Number(text) + amount);
  const sum = BigInt(text) + BigInt(amount);
  return fits(sum) ? { text: String(sum), result: Number(sum) } : "overflow";
}

/** Sums of large integers and fractions are left to doubles, whose text says less than they hold: not for this model. */
export function isMurky(before: string | undefined, amount: number): boolean {
  return !Number.isInteger(amount) && Math.abs(Number(before ?? 0)) > Number.MAX_SAFE_INTEGER;
}

export function countedBig(
  before: string | undefined,
  amount: bigint,
  start: bigint,
): bigint | "not a number" | "overflow" {
  const text = before ?? String(start);
  if (!NUMBER.test(text) || !Number.isInteger(Number(text))) return "not a number";
  const sum = (INTEGER.test(text) ? BigInt(text) : BigInt(Number(text))) + amount;
  return fits(sum) ? sum : "overflow";
}

function countedDouble(sum: number): Counted {
  return { text: JSON.stringify(sum), result: sum };
}

function fits(value: bigint): boolean {
  return LOW <= value && value <= HIGH;
}
