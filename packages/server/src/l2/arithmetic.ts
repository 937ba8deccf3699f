/** The table's own arithmetic, for what Redis does not add as the table does: fractions, numbers of other spellings, limits. */
import { NonNumericValueError } from "stowage";
import { SharedTable, type TableCounterOptions } from "stowage/table";

export interface Sum {
  readonly sum: number | bigint;
  /** As it is stored. */
  readonly bytes: Buffer;
}

/** No number is longer. */
const NUMBER_BYTES_MAX = 1_000;
const KEY = "n";

/** One of the thread, made when it is wanted: it is used during a call. */
let bench: SharedTable | undefined;

/**
 * @param before the value with its flags; undefined: there is none
 * @throws NonNumericValueError, CounterOverflowError
 */
export function sumOf(
  before: { readonly bytes: Buffer; readonly flags: number } | undefined,
  amount: number | bigint,
  first: TableCounterOptions["default"],
): Sum {
  bench ??= SharedTable.create({ memory: "1mb", feed: 0, janitor: false, name: "arithmetic" });
  bench.delete(KEY);
  if (before !== undefined) {
    if (before.bytes.length > NUMBER_BYTES_MAX)
      throw new NonNumericValueError("incr", KEY, "a long value", "a number");
    bench.set(KEY, before.bytes, { flags: before.flags });
  }
  const sum = bench.incrExact(KEY, amount, first === undefined ? undefined : { default: first });
  return { sum, bytes: bench.get(KEY)! };
}
