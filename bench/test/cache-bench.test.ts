/**
 * The benchmark of the in-process cache as a program: a whole run at toy sizes gives a complete result, and a
 * contender that does not do the work gets no figure. No test looks at a time: figures are for benchmarks.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { ContenderName } from "../src/cache/contenders/index.js";
import { type RowName, rowNames, rows } from "../src/cache/rows.js";
import type { Settings } from "../src/cache/settings.js";
import { cacheSuite } from "../src/cache/suite.js";
import { runBench } from "../src/harness/bench.js";
import { resolveNode } from "../src/harness/node-binary.js";
import { report } from "../src/harness/report.js";
import type { BenchResult } from "../src/harness/result.js";
import type { Cell } from "../src/harness/types.js";

const toySettings: Settings = {
  small: 200,
  middle: 500,
  large: 1_000,
  stall: 2_000,
  universe: 2_000,
  draws: 2 ** 12,
  universeDraws: 2 ** 13,
  settleOps: 2 ** 12,
  batchOps: 2 ** 11,
  batchMsMax: 5,
  warmupBatches: 1,
  batches: 2,
};

const contenders: ContenderName[] = ["stowage", "map", "lru-cache", "arrays"];

/** What a bare Map and lru-cache cannot do; Stowage can do everything. */
const cannot: Partial<Record<ContenderName, RowName[]>> = {
  map: [
    "set-evict-100k",
    "set-ttl-100k",
    "set-ttl-each-100k",
    "get-ttl-10k",
    "get-or-set-1m",
    "get-or-set-1m-fresh",
    "fetch-hit-10k",
    "heap-1m-ttl",
    "stall-2m-bounded",
    "stall-2m-bounded-fresh",
  ],
  "lru-cache": ["stall-2m", "stall-2m-fresh"],
  arrays: rowNames.filter((row) => rows[row].unit !== "ms"),
};

describe("a whole run at toy sizes", () => {
  let result: BenchResult;

  beforeAll(async () => {
    result = await runBench(cacheSuite, {
      plan: { rows: rowNames, contenders, rounds: 1, quick: false },
      node: resolveNode(),
      stowageFrom: "sources",
      settings: toySettings,
      progress: () => {},
    });
  }, 180_000);

  const cellOf = (row: RowName, contender: ContenderName): Cell | undefined =>
    result.rows[row]?.contenders[contender];

  it.each(rowNames)("%s has an answer from every contender", (row) => {
    for (const contender of contenders) {
      const cell = cellOf(row, contender);
      if (cannot[contender]?.includes(row)) expect(cell, contender).toEqual({ cannot: true });
      else expect(cell, contender).toMatchObject({ figures: expect.any(Array), median: expect.any(Number) });
    }
  });

  it("sets figures in relation to lru-cache's and a Map's", () => {
    expect(cellOf("get-hit-10k", "lru-cache")).toMatchObject({ ratioTo: { "lru-cache": 1 } });
    expect(cellOf("get-hit-10k", "map")).toMatchObject({ ratioTo: { map: 1 } });
    expect(cellOf("set-evict-100k", "stowage")).not.toHaveProperty("ratioTo.map");
  });

  it("gives get-or-set the same requests, so that LRU's hit ratio is what it must be", () => {
    expect(cellOf("get-or-set-1m", "stowage")).toMatchObject({ extra: { hitRatio: expect.any(Number) } });
    expect(cellOf("get-or-set-1m", "lru-cache")).toHaveProperty("extra.hitRatio", expect.closeTo(0.62, 1));
  });

  it("says where, when and what it measured", () => {
    expect(result).toMatchObject({
      benchmark: "cache",
      node: process.version,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      machine: { cpu: expect.any(String), cores: expect.any(Number), system: expect.any(String) },
      versions: { stowage: expect.stringMatching(/^\d/), "lru-cache": expect.stringMatching(/^11\./) },
      rounds: 1,
      settings: { small: 200, zipfSkew: 0.99 },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("judges every bar", () => {
    expect(result.bars.length).toBeGreaterThan(20);
    for (const verdict of result.bars) expect(verdict.passed, JSON.stringify(verdict)).toBeTypeOf("boolean");
  });

  it("prints every row, every contender and every bar", () => {
    const text = report(cacheSuite, result);
    for (const row of rowNames) expect(text).toContain(rows[row].title);
    for (const heading of ["stowage", "Map", "lru-cache", "(arrays)"]) expect(text).toContain(heading);
    expect(text).toMatch(/\d+ of \d+ bars passed/);
  });
});

it("repeats what is a matter of time, and keeps every round", async () => {
  const { rows: measured } = await runBench(cacheSuite, {
    plan: { rows: ["get-hit-10k", "heap-1m"], contenders: ["map"], rounds: 2, quick: false },
    node: resolveNode(),
    stowageFrom: "sources",
    settings: toySettings,
    progress: () => {},
  });
  expect(measured["get-hit-10k"]?.contenders.map).toMatchObject({
    figures: [expect.any(Number), expect.any(Number)],
    extra: { wallNs: expect.any(Number), ops: expect.any(Number) },
  });
  expect(measured["heap-1m"]?.contenders.map).toMatchObject({ figures: [expect.any(Number)] });
}, 60_000);
