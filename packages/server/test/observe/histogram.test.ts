/** The histogram against exact quantiles, and against histograms that are wrong by a little. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as histogram from "../../src/observe/histogram.js";
import { broken } from "../support/mutants.js";

type Module = typeof histogram;

/** From 4 us on there are two digits; below that, a sixteenth of a microsecond. */
const ERROR_SHARE = 0.01;
const ERROR_MS = 1 / 16_000;

const latency = fc
  .double({ min: Math.log(1e-4), max: Math.log(120_000), noNaN: true })
  .map((exponent) => Math.exp(exponent));
const bounds = fc.constantFrom(...histogram.boundsMs);
const latencies = fc.array(fc.oneof({ weight: 9, arbitrary: latency }, bounds), {
  minLength: 1,
  maxLength: 3_000,
});

function filled({ BUCKETS, bucketOf }: Module, values: readonly number[]): Float64Array {
  const cells = new Float64Array(BUCKETS);
  for (const value of values) cells[bucketOf(value)]++;
  return cells;
}

/** The smallest value that at least `share` of all do not exceed. */
function exact(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/** What is wrong with the quantiles of these values. */
function problems(module: Module, values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const max = sorted[sorted.length - 1];
  const sum = values.reduce((total, value) => total + value, 0);
  const cells = filled(module, values);
  const told = module.latenciesOf(cells, sum, max);
  const found: string[] = [];
  const compare = (name: string, actual: number, expected: number, share: number) => {
    if (Math.abs(actual - expected) > Math.max(ERROR_MS, expected * share))
      found.push(`${name}: ${actual} instead of ${expected}`);
  };
  compare("p50", told.p50, exact(sorted, 0.5), ERROR_SHARE);
  compare("p99", told.p99, exact(sorted, 0.99), ERROR_SHARE);
  compare("p999", told.p999, exact(sorted, 0.999), ERROR_SHARE);
  compare("max", told.max, max, 0.001);
  compare("mean", told.mean, sum / values.length, 0.001);
  if (told.count !== values.length) found.push(`${told.count} values instead of ${values.length}`);
  const below = module.countsBelow(cells);
  [...module.boundsMs, Number.POSITIVE_INFINITY].forEach((bound, at) => {
    const expected = values.filter((value) => value < bound).length;
    if (below[at] !== expected) found.push(`${below[at]} values below ${bound} instead of ${expected}`);
  });
  return found;
}

const check = (module: Module) =>
  fc.check(
    fc.property(latencies, (values) => {
      const found = problems(module, values);
      if (found.length > 0) throw new Error(found.join("\n"));
    }),
    { numRuns: 300, seed: 20, endOnFailure: true },
  );

describe("the histogram", () => {
  it("knows quantiles to two digits, and counts below its bounds exactly", () => {
    const result = check(histogram);
    expect(result.failed, String(result.errorInstance)).toBe(false);
  });

  it("has buckets that touch, at most 1/64 wide", () => {
    for (let bucket = 0; bucket < histogram.BUCKETS; bucket++) {
      const start = histogram.bucketStartMs(bucket);
      const end = histogram.bucketStartMs(bucket + 1);
      expect(histogram.bucketOf(start)).toBe(bucket);
      expect(histogram.bucketOf(end * (1 - 1e-12))).toBe(bucket);
      if (bucket >= 128) expect((end - start) / start).toBeLessThan(1 / 64 + 1e-9);
    }
  });

  it("takes what no clock should give", () => {
    for (const ms of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) expect(histogram.bucketOf(ms)).toBe(0);
    for (const ms of [134_218, 1e12, Number.POSITIVE_INFINITY])
      expect(histogram.bucketOf(ms)).toBe(histogram.BUCKETS - 1);
    expect(histogram.latenciesOf(new Float64Array(histogram.BUCKETS), 0, 0)).toEqual({
      count: 0,
      mean: 0,
      p50: 0,
      p99: 0,
      p999: 0,
      max: 0,
    });
  });

  const file = "observe/histogram.ts";
  const mutants: [what: string, find: string, replace: string][] = [
    [
      "a bucket too high",
      "return bucketOfUnits(units < UNITS_MAX",
      "return 1 + bucketOfUnits(units < UNITS_MAX",
    ],
    ["octaves of 32", "const OCTAVE_BITS = 6;", "const OCTAVE_BITS = 5;"],
    [
      "the start of the bucket told",
      "/ 2;\n    return rounded",
      "/ 2 - (bucketStartMs(bucket + 1) - bucketStartMs(bucket));\n    return rounded",
    ],
    ["ranks rounded down", "Math.ceil(share * count)", "Math.max(1, Math.floor(share * count))"],
    ["bounds that count themselves", "bucket < end; bucket++", "bucket <= end; bucket++"],
    ["a mean of buckets that are empty", "sumMs / count", "sumMs / BUCKETS"],
  ];
  for (const [what, find, replace] of mutants)
    it(`is tested: ${what}`, async () => {
      const module = await broken<Module>(new URL("../../src/observe/histogram.ts", import.meta.url), {
        file,
        find,
        replace,
      });
      expect(check(module).failed).toBe(true);
    });
});
