/** Which errors mean that L2 is away, and which are its answer, or the end of the cache. */
import { StoreUnavailableError } from "../../base/errors.js";

/** Readers take it for a miss; writers remember what they owe. */
export function isAway(error: unknown): error is StoreUnavailableError {
  return error instanceof StoreUnavailableError;
}
