/**
 * The benchmark of the shared table as a program: a run at toy sizes gives an answer from every contender on every row.
 * No test looks at a time: figures are for benchmarks.
 */
import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { runBench } from "../../src/harness/bench.js";
import { choicesOf } from "../../src/harness/command.js";
import { resolveNode } from "../../src/harness/node-binary.js";
import { parseFlags } from "../../src/harness/plan.js";
import { findRedis, redisProgram } from "../../src/harness/redis-server.js";
import { report } from "../../src/harness/report.js";
import type { BenchResult } from "../../src/harness/result.js";
import type { Cell } from "../../src/harness/types.js";
import { type ContenderName, contenderNames, contenders } from "../../src/table/contenders/index.js";
import { type RowName, rowNames, rows } from "../../src/table/rows.js";
import { tableSuite } from "../../src/table/suite.js";
import { toySettings } from "./toys.js";

/** One row of each kind; the others differ in sizes only. */
const measuredRows: RowName[] = [
  "get-100b-1m",
  "get-buffer-100b-1m",
  "get-text-100b-1m",
  "set-100b-100k",
  "mixed-100b-100k",
  "incr-100k",
  "get-100b-1m-2t",
  "set-100b-100k-2t",
  "mixed-100b-100k-2t",
  "incr-100k-2t",
  "memory-1m",
  "stall-5m",
  "stall-5m-evicting",
  "save-1g",
  "load-1g",
];
const shared = measuredRows.filter((row) => row.endsWith("-2t"));
const saving: RowName[] = ["save-1g", "load-1g"];
/** Everybody who can be shared does these, on one thread and on two. */
const everybodysRows: RowName[] = ["get-100b-1m", "mixed-100b-100k-2t", "incr-100k-2t", "stall-5m"];

/** What they cannot do; the table can do everything. */
const cannot: Partial<Record<ContenderName, RowName[]>> = {
  map: [...shared, ...saving, "stall-5m-evicting"],
  cache: shared,
  lmdb: ["stall-5m"],
};

function run(rowNames: RowName[], contenders: ContenderName[]): Promise<BenchResult> {
  return runBench(tableSuite, {
    plan: { rows: rowNames, contenders, rounds: 1, quick: false },
    node: resolveNode(),
    stowageFrom: "sources",
    settings: toySettings,
    progress: () => {},
  });
}

function requireAnswer(result: BenchResult, row: RowName, contender: ContenderName): void {
  const cell: Cell | undefined = result.rows[row]?.contenders[contender];
  const oneCore = availableParallelism() < rows[row].threads;
  if (contender === "redis" && findRedis() === undefined)
    expect(cell).toEqual({ leftOut: redisProgram.howToInstall });
  else if (contender === "redis" && rows[row].size === "huge") expect(cell).toHaveProperty("leftOut");
  else if (oneCore || cannot[contender]?.includes(row)) expect(cell, contender).toEqual({ cannot: true });
  else expect(cell, contender).toMatchObject({ figures: [expect.any(Number)], median: expect.any(Number) });
}

it("has an answer from everybody", { timeout: 180_000 }, async () => {
  const others: ContenderName[] = ["shared-cache", "cache", "lmdb", "redis"];
  const result = await run(everybodysRows, others);
  for (const row of everybodysRows) for (const name of others) requireAnswer(result, row, name);
  const text = report(tableSuite, result);
  for (const name of others) expect(text).toContain(contenders[name].heading);
});

describe("a run at toy sizes", () => {
  let result: BenchResult;

  beforeAll(async () => {
    result = await run(measuredRows, ["table", "map"]);
  }, 180_000);

  const cellOf = (row: RowName, contender: ContenderName): Cell | undefined =>
    result.rows[row]?.contenders[contender];

  it.each(measuredRows)("%s has an answer", (row) => {
    requireAnswer(result, row, "table");
    requireAnswer(result, row, "map");
  });

  it("sets figures in relation to a Map's", () => {
    expect(cellOf("get-100b-1m", "table")).toHaveProperty("ratioTo.map", expect.any(Number));
  });

  it("judges every bar", () => {
    for (const verdict of result.bars) {
      const judged = availableParallelism() > 1 || verdict.row !== "get-100b-1m-2t" ? "boolean" : "object";
      expect(verdict.passed, JSON.stringify(verdict)).toBeTypeOf(judged);
    }
  });

  it("prints every row and every bar", () => {
    const text = report(tableSuite, result);
    for (const row of measuredRows) expect(text).toContain(rows[row].title);
    for (const heading of ["SharedTable", "Map"]) expect(text).toContain(heading);
    expect(text).toMatch(/\d+ of \d+ bars passed/);
  });
});

describe("who cannot take part", () => {
  it("is left out with the reason, such as how to install Redis", () => {
    const { PATH } = process.env;
    process.env.PATH = "";
    try {
      expect(tableSuite.part("get-100b-1m", "redis", toySettings)).toEqual({
        leftOut: redisProgram.howToInstall,
      });
    } finally {
      process.env.PATH = PATH;
    }
  });

  it("is left out where it would need more memory than is free", () => {
    const vast = { ...toySettings, huge: 2 ** 40 };
    expect(tableSuite.part("get-1k-5m", "map", vast)).toMatchObject({
      leftOut: expect.stringMatching(/GiB/),
    });
    expect(tableSuite.part("get-1k-5m", "cache", toySettings)).toHaveProperty("leftOut");
  });
});

it("names its rows and contenders in its flags", () => {
  expect(parseFlags([], choicesOf(tableSuite))).toMatchObject({ rows: rowNames, contenders: contenderNames });
  expect(() => parseFlags(["--rows", "get"], choicesOf(tableSuite))).toThrow(
    /"get" is not known; there are /,
  );
});
