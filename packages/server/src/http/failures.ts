/** What the table throws, as answers. The client's mistakes and the table's limits are said; everything else is 500. */
import {
  ClosedError,
  CounterOverflowError,
  KeyTooLargeError,
  NonNumericValueError,
  StoreUnavailableError,
  TableFullError,
  ValueTooLargeError,
} from "stowage";
import { Fault } from "./fault.js";

/** Seconds after which L2 may be there again. */
const RETRY_AFTER_S = 1;
/** What the table takes. */
export const KEY_BYTES_MAX = 65_536;

/** The answer to what a route threw; undefined: nothing that a client can do anything about. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (error instanceof NonNumericValueError) {
    return new Fault(400, "", "non_numeric_value", {
      more: { message: "the value is not a number within the range of 64-bit integers and doubles" },
    });
  }
  if (error instanceof CounterOverflowError)
    return new Fault(
      400,
      "counter_overflow",
      "the sum would leave the range of 64-bit integers; it is unchanged",
    );
  if (error instanceof KeyTooLargeError) return keyTooLarge("key", error.bytes);
  if (error instanceof ValueTooLargeError) return valueTooLarge("value", error.bytes, error.bytesMax);
  if (error instanceof TableFullError)
    return new Fault(507, "table_full", "the cache has no room for this entry; nothing was changed");
  if (error instanceof StoreUnavailableError) return away(error);
  if (error instanceof ClosedError) return new Fault(503, "closing", "the server is stopping");
  return undefined;
}

/** A write that was sent may have been done. */
function away({ fault }: StoreUnavailableError): Fault {
  const isUnsent = fault === "away" || fault === "crowded";
  const became = isUnsent ? "nothing was changed" : "a write may have been done";
  return new Fault(503, "l2_unavailable", `Redis does not answer this server; ${became}`, {
    fields: { "retry-after": RETRY_AFTER_S },
  });
}

/** @param what its name, as the client wrote it: `key`, `operations[3].key` */
export function keyTooLarge(what: string, bytes: number): Fault {
  return new Fault(
    400,
    "key_too_large",
    `${what} must be at most ${KEY_BYTES_MAX} bytes of UTF-8, not ${bytes}`,
  );
}

export function valueTooLarge(what: string, bytes: number, bytesMax: number): Fault {
  return new Fault(
    413,
    "value_too_large",
    `${what} must be at most ${bytesMax} bytes (max-value), not ${bytes}`,
  );
}
