/** The parts around the measuring: flags, request sequences, the judging of bars. */
import { describe, expect, it } from "vitest";
import { bars } from "../src/cache/bars.js";
import { contenderNames } from "../src/cache/contenders/index.js";
import { type RowName, rowNames } from "../src/cache/rows.js";
import { cacheSuite } from "../src/cache/suite.js";
import { judge } from "../src/harness/bars.js";
import { choicesOf } from "../src/harness/command.js";
import { parseFlags as parse } from "../src/harness/plan.js";
import { median } from "../src/harness/summary.js";
import type { Cell, RowResults } from "../src/harness/types.js";
import { zipfSequence } from "../src/harness/zipf.js";

const parseFlags = (argv: string[]) => parse(argv, choicesOf(cacheSuite));

describe("flags", () => {
  it("take every row and contender where none is named", () => {
    expect(parseFlags([])).toEqual({ rows: rowNames, contenders: contenderNames, rounds: 3, quick: false });
  });

  it("take the named ones, in the order of the table", () => {
    const plan = parseFlags([
      "--rows",
      "incr-10k,get-hit-10k",
      "--peers",
      "lru-cache, stowage",
      "--rounds",
      "5",
    ]);
    expect(plan).toMatchObject({
      rows: ["get-hit-10k", "incr-10k"],
      contenders: ["stowage", "lru-cache"],
      rounds: 5,
    });
  });

  it("refuse names that are not known, with the list", () => {
    expect(() => parseFlags(["--rows", "get-hit"])).toThrow(
      /"get-hit" is not known; there are get-hit-10k, /,
    );
    expect(() => parseFlags(["--peers", "redis"])).toThrow(/"redis" is not known; there are stowage, map, /);
    expect(() => parseFlags(["--round", "2"])).toThrow("--round");
    expect(() => parseFlags(["--rounds", "none"])).toThrow('"none" is not a whole number');
  });

  it("run one round where it is to be quick", () => {
    expect(parseFlags(["--quick"])).toMatchObject({ quick: true, rounds: 1 });
  });

  it("answer --help with no plan", () => {
    expect(parseFlags(["--help"])).toBeUndefined();
  });
});

describe("request sequences", () => {
  const options = { items: 1_000, draws: 100_000, skew: 0.99, seed: 3 };

  it("are the same each time, and others with another seed", () => {
    expect(zipfSequence(options)).toEqual(zipfSequence(options));
    expect(zipfSequence(options)).not.toEqual(zipfSequence({ ...options, seed: 4 }));
  });

  it("follow Zipf's law: the r-th most popular comes 1 / r^skew as often as the first", () => {
    const counts = new Array<number>(options.items).fill(0);
    for (const item of zipfSequence(options)) counts[item]++;
    counts.sort((a, b) => b - a);
    expect(counts[9] / counts[0]).toBeCloseTo(10 ** -0.99, 1);
    expect(counts[99] / counts[0]).toBeCloseTo(100 ** -0.99, 1);
  });

  it("ask for each item where there are draws enough", () => {
    expect(new Set(zipfSequence({ items: 30, draws: 10_000, skew: 0.99, seed: 1 })).size).toBe(30);
  });
});

describe("bars", () => {
  const cell = (figure: number, hitRatio = 0): Cell => ({
    median: figure,
    min: figure,
    max: figure,
    figures: [figure],
    reduced: false,
    ratioTo: {},
    extra: { hitRatio },
  });
  const resultWith = (row: RowName, contenders: Record<string, Cell>): RowResults => ({
    [row]: { title: row, unit: "ns", contenders },
  });
  const judged = (rows: RowResults) => judge(bars, "stowage", rows);
  const verdictsOn = (rows: RowResults) => judged(rows).filter(({ passed }) => passed !== null);

  it("judge ratios and hit ratios", () => {
    const row = resultWith("get-or-set-1m", { stowage: cell(60, 0.8), "lru-cache": cell(100, 0.7) });
    expect(verdictsOn(row).map(({ what, passed }) => [what, passed])).toEqual([
      ["faster than lru-cache", true],
      ["at least twice as fast as lru-cache", false],
      ["a hit ratio above lru-cache's", true],
    ]);
  });

  it("judge stalls with fresh keys by what they are above those of bare arrays", () => {
    const row = resultWith("stall-2m-fresh", { stowage: cell(12), arrays: cell(8) });
    expect(verdictsOn(row)).toMatchObject([{ value: 4, passed: true }]);
  });

  it("judge nothing where Stowage, or whom it is compared with, has no figure", () => {
    expect(verdictsOn(resultWith("get-hit-10k", { stowage: cell(1), map: { cannot: true } }))).toEqual([]);
    expect(verdictsOn(resultWith("heap-1m", { stowage: { failed: "why" }, "lru-cache": cell(58) }))).toEqual(
      [],
    );
    expect(judged({})).toHaveLength(bars.flatMap((bar) => bar.rows).length);
  });
});

describe("the median", () => {
  it("is the middle one, or the mean of the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
