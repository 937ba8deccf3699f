/**
 * Assertions that stay on in production: for the programmer's mistakes, never for bad input (that gets a typed error).
 *
 * The message is a ready string, so that a passing assertion costs one branch; a message that is dear to make belongs
 * behind an `if`. The throw stands in a function of its own to keep `assert` small enough to be inlined.
 */
import { AssertionError } from "./errors.js";

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) fail(message);
}

/** For branches that cannot be reached; the parameter makes the compiler prove it. */
export function unreachable(value: never, message: string): never {
  throw new AssertionError(`${message}: ${String(value)}`);
}

function fail(message: string): never {
  throw new AssertionError(message);
}
