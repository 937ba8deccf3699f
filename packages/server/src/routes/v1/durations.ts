/** Durations as clients write them: `30s`, or a number of milliseconds. */
import { InvalidDurationError, parseDuration } from "stowage";

export const DURATION = 'a duration such as "30s" or "5m", or a number of milliseconds above 0';

/** 1,000 years, which is the longest that there is. */
const DURATION_MS_MAX = 1_000 * 365 * 86_400_000;

/** The grace of an entry that lives so long: both together are a duration too. */
export function graceBeside(ttlMs: number, graceMs: number): number {
  return Math.min(graceMs, DURATION_MS_MAX - ttlMs);
}

/** Milliseconds; undefined: it is none. */
export function durationOf(value: unknown): number | undefined {
  try {
    if (typeof value === "number") return parseDuration(value);
    if (typeof value !== "string") return undefined;
    return parseDuration(/^\d+$/.test(value) ? Number(value) : value);
  } catch (error) {
    if (error instanceof InvalidDurationError) return undefined;
    throw error;
  }
}
