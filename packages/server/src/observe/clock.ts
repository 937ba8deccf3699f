/**
 * One clock for all threads of the process.
 *
 * `performance.now()` counts from the start of its own thread, so what one thread wrote down means nothing to another:
 * heartbeats, rate limits and uptimes need the same zero everywhere. `process.hrtime()` has one (the machine's own), and
 * both tick alike, so the difference is found once a thread; a reading then costs what `performance.now()` does.
 */
import { performance } from "node:perf_hooks";

function hrtimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** The nearest of several pairs of readings: a thread may be set aside between two lines. */
function findOffset(): number {
  let offset = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 8; attempt++) {
    const before = performance.now();
    const shared = hrtimeMs();
    const after = performance.now();
    if (after - before >= best) continue;
    best = after - before;
    offset = shared - (before + after) / 2;
  }
  return offset;
}

const offsetMs = findOffset();

/** Milliseconds, monotonic, the same in every thread of the process to a few microseconds. */
export function sharedNow(): number {
  return performance.now() + offsetMs;
}
