/** What incr and decr share, in the cache and in a transaction's private view. */
import { InvalidArgumentError, InvalidOptionError, NonNumericValueError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { counterOptions } from "../options.js";
import type { CounterOptions, SetOptions } from "../types.js";

/** `sign`: 1 adds, -1 subtracts. */
export function nextNumber(
  key: unknown,
  value: unknown,
  amount: number,
  sign: 1 | -1,
  where: string,
): number {
  if (typeof amount !== "number" || !Number.isFinite(amount))
    throw new InvalidArgumentError(where, "amount", amount, "a finite number");
  if (typeof value !== "number" || !Number.isFinite(value)) throw new NonNumericValueError(where, key, value);
  const next = value + sign * amount;
  if (Number.isFinite(next)) return next;
  throw new InvalidArgumentError(where, "amount", amount, `an amount that ${value} can be changed by`);
}

export function checkCounterOptions(options: CounterOptions, where: string): void {
  checkNames(options, counterOptions.names, where);
  const start: unknown = options.default;
  if (start === undefined || (typeof start === "number" && Number.isFinite(start))) return;
  throw new InvalidOptionError({ where, option: "default", received: start, expected: "a finite number" });
}

export function withoutDefault(options: CounterOptions | undefined): SetOptions | undefined {
  if (options === undefined) return undefined;
  const { default: _, ...storing } = options;
  return storing;
}
