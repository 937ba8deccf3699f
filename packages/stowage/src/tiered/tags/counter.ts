/** Epochs and stamps as numbers: what stands in L2 under a counter's key, and what may come over the bus. */

/** Any more would not be exact; and it is the year 285,428 of a wall clock in milliseconds. */
const COUNTER_MAX = Number.MAX_SAFE_INTEGER;
const DIGITS = /^\d{1,16}$/;
const ascii = new TextDecoder();
const DAY_MS = 86_400_000;

/** 0: there is none. Undefined: what stands there is no counter of ours. */
export function counterOf(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return 0;
  const text = bytes.length > 16 ? "" : ascii.decode(bytes);
  const number = Number(text);
  return DIGITS.test(text) && number <= COUNTER_MAX ? number : undefined;
}

export function isCounter(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Whether an epoch that somebody tells may be so. Epochs follow the wall clock; one that is far ahead of it may be right, where
 * a clock was wrong once, but is not taken from hearsay: a record that bore a false one would survive every invalidation.
 */
export function isLikely(epoch: number, known: number, wallMs: number): boolean {
  return isCounter(epoch) && epoch <= Math.max(known, wallMs) + DAY_MS;
}
