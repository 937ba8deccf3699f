/** What loading counts. */

export interface FlightCounts {
  /** Loaders that brought something, or said that there is nothing. */
  ok: number;
  /** Loaders that threw, rejected or took too long. */
  failed: number;
  /** Values that came too late to be stored: their key was written or invalidated while they were loaded. */
  overtaken: number;
  /** Values that another process loaded, or has failed to, while this one waited for it or left it to it. */
  shared: number;
  /** Loaders that were called without leave of L2, since it was away or another process did not come back. */
  alone: number;
  /** Old values that were given out instead of an error or a wait. */
  stale: number;
  /** Loads that L2 did not take, since their lease was over by its time: the `timeout` or `leaseTtl` is too short for them. */
  late: number;
  /** All loaders together, in milliseconds. */
  timeMs: number;
}

export function noCounts(): FlightCounts {
  return { ok: 0, failed: 0, overtaken: 0, shared: 0, alone: 0, stale: 0, late: 0, timeMs: 0 };
}
