/** How long a client may take for what. Milliseconds. */
import { checkNumbers } from "./check.js";

export interface Timeouts {
  /** From the first byte of a request to the end of its head. Default: 30,000; 408 above. */
  readonly headMs: number;
  /** From the first byte of a request to the last one of its content. Default: 300,000; 408 above. */
  readonly requestMs: number;
  /** Between a response and the next request. Default: 75,000; the connection is closed. */
  readonly idleMs: number;
  /** While a client takes nothing of what was sent to it. Default: 30,000; the connection is closed. */
  readonly writeMs: number;
}

export const defaultTimeouts: Timeouts = Object.freeze({
  headMs: 30_000,
  requestMs: 300_000,
  idleMs: 75_000,
  writeMs: 30_000,
});

/** Refuses a wrong one when the server starts. */
export function checkTimeouts(timeouts: Partial<Timeouts>): Timeouts {
  return checkNumbers("timeouts", timeouts, defaultTimeouts, 1, 2 ** 31 - 1);
}
