/** How much of a request is read before it is refused. Bytes, unless said otherwise. */
import { checkNumbers } from "./check.js";

export interface Limits {
  /** The request line, up to the protocol. Default: 10,000; 414 above. */
  readonly requestLine: number;
  /** All field lines of a head together, and those of a trailer. Default: 16,384; 431 above. */
  readonly head: number;
  /** Field lines of a head. Default: 100; 431 above. */
  readonly fields: number;
}

export const defaultLimits: Limits = Object.freeze({ requestLine: 10_000, head: 16_384, fields: 100 });

/** Refuses a wrong one when the server starts. */
export function checkLimits(limits: Partial<Limits>): Limits {
  return checkNumbers("limits", limits, defaultLimits, 16, 2 ** 20);
}
