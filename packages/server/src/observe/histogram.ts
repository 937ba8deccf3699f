/**
 * A log-linear histogram of latencies, in the manner of HdrHistogram (Gil Tene, https://hdrhistogram.org): two significant
 * digits from a few microseconds to two minutes, in 13 KB, with one add for each value.
 *
 *     unit: 1/16 us      0 .. 127    a bucket each: exact to a unit
 *                      128 .. 255    64 buckets of 2 units
 *                      256 .. 511    64 buckets of 4 units          ... each octave has 64 buckets, twice as wide
 *
 * A bucket's middle is at most 1/128 away from any value in it: 0.8 %. The unit is so small because requests take
 * microseconds here: from 4 us on there are two digits.
 *
 * Pure functions over cells that somebody else keeps (memory.ts). Left out: removing values, windows of time; whoever
 * scrapes the counts can subtract.
 */
import type { Latencies } from "./types.js";

const UNITS_A_MS = 16_000;
const OCTAVE_BITS = 6;
const OCTAVE = 1 << OCTAVE_BITS;
/** Units above this are counted in the last bucket: 134 s. `max` says how much it really was. */
const UNITS_MAX = 2 ** 31 - 1;

/** Cells that a histogram takes. */
export const BUCKETS = bucketOfUnits(UNITS_MAX) + 1;

function bucketOfUnits(units: number): number {
  const shift = 31 - OCTAVE_BITS - Math.clz32(units | OCTAVE);
  return (shift << OCTAVE_BITS) + (units >>> shift);
}

/** Which cell counts this latency. */
export function bucketOf(ms: number): number {
  const units = ms * UNITS_A_MS;
  // The comparison is false for NaN as well, and for what a clock that went back would give.
  if (!(units >= 1)) return 0;
  return bucketOfUnits(units < UNITS_MAX ? units | 0 : UNITS_MAX);
}

/** Values of the bucket begin here, and end where the next one begins. */
export function bucketStartMs(bucket: number): number {
  const shift = Math.max(0, (bucket >> OCTAVE_BITS) - 1);
  return ((bucket - (shift << OCTAVE_BITS)) * 2 ** shift) / UNITS_A_MS;
}

/**
 * Bounds for those who want a few buckets only: 7.8 us, doubling up to 16 s. Each is the start of a bucket (125 units times
 * a power of two), so that counts below them are exact.
 */
export const boundsMs: readonly number[] = Object.freeze(
  Array.from({ length: 22 }, (_, at) => 2 ** at / 128),
);

const boundBuckets = boundsMs.map(bucketOf);

/** How many values lie below each of `boundsMs`, and, last, how many there are. */
export function countsBelow(cells: ArrayLike<number>): number[] {
  const counts: number[] = [];
  let below = 0;
  let bucket = 0;
  for (const end of [...boundBuckets, BUCKETS]) {
    for (; bucket < end; bucket++) below += cells[bucket];
    counts.push(below);
  }
  return counts;
}

/** What the cells tell. `sumMs` and `maxMs` are kept beside them, since buckets only know roughly. */
export function latenciesOf(cells: ArrayLike<number>, sumMs: number, maxMs: number): Latencies {
  let count = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) count += cells[bucket];
  if (count === 0) return none;
  const [p50, p99, p999] = quantiles(cells, count, maxMs, [0.5, 0.99, 0.999]);
  return { count, mean: rounded(sumMs / count), p50, p99, p999, max: rounded(maxMs) };
}

const none: Latencies = Object.freeze({ count: 0, mean: 0, p50: 0, p99: 0, p999: 0, max: 0 });

/** For each share, ascending: the smallest latency that at least so many of the values do not exceed. */
function quantiles(cells: ArrayLike<number>, count: number, maxMs: number, shares: number[]): number[] {
  let bucket = -1;
  let below = 0;
  return shares.map((share) => {
    const rank = Math.ceil(share * count);
    while (below < rank) below += cells[++bucket];
    const middle = (bucketStartMs(bucket) + bucketStartMs(bucket + 1)) / 2;
    return rounded(Math.min(middle, maxMs));
  });
}

/** Digits beyond those that mean something are noise to whoever reads them. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(4));
}
