/**
 * The benchmark of the server as a program: a run at toy sizes gives an answer from every contender that is installed on
 * every kind of row, and every byte of every answer is what it has to be. No test looks at a time: figures are for benchmarks.
 */
import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { runBench } from "../../src/harness/bench.js";
import { choicesOf } from "../../src/harness/command.js";
import { resolveNode } from "../../src/harness/node-binary.js";
import { parseFlags } from "../../src/harness/plan.js";
import { report } from "../../src/harness/report.js";
import type { BenchResult } from "../../src/harness/result.js";
import type { Contender } from "../../src/server/contenders/contender.js";
import { type ContenderName, contenderNames, contenders } from "../../src/server/contenders/index.js";
import { type RowName, rowNames, rows } from "../../src/server/rows.js";
import { fullSettings, type Settings } from "../../src/server/settings.js";
import { serverSuite } from "../../src/server/suite.js";

const toySettings: Settings = {
  items: 300,
  blobs: 40,
  memorySmall: 200,
  memoryLarge: 400,
  draws: 2 ** 12,
  settleMs: 10,
  warmupMs: 5,
  // Long enough that something is answered on a machine that does other things, too.
  measuredMs: 150,
};

/** One of each kind; the others differ in sizes only. */
const measuredRows: RowName[] = [
  "get-64",
  "miss-64",
  "set-64",
  "incr-64",
  "batch10-64",
  "mixed-10k-64",
  "get-64-p16",
  "get-64-2w",
  "memory-100k",
];

const all = measuredRows;
const memory: RowName[] = ["memory-100k"];
/** What they cannot do. */
const cannot: Partial<Record<ContenderName, RowName[]>> = {
  "redis-benchmark": ["miss-64", "batch10-64", "mixed-10k-64", "get-64-p16", "get-64-2w", ...memory],
  nginx: all.filter((row) => !["get-64", "get-64-p16", "get-64-2w"].includes(row)),
  webdis: ["get-64-p16", ...memory],
};

describe("a run at toy sizes", () => {
  let result: BenchResult;

  beforeAll(async () => {
    result = await runBench(serverSuite, {
      plan: { rows: measuredRows, contenders: contenderNames, rounds: 1, quick: false },
      node: resolveNode(),
      stowageFrom: "sources",
      settings: toySettings,
      progress: () => {},
    });
  }, 120_000);

  it.each(contenderNames)("%s has an answer on every row", (name) => {
    const contender: Contender = contenders[name];
    const missing = contender.missing();
    for (const row of measuredRows) {
      const cell = result.rows[row]?.contenders[name];
      const oneCore = rows[row].workers > availableParallelism();
      if (missing !== undefined) expect(cell).toEqual({ leftOut: missing });
      else if (oneCore) expect(cell).toHaveProperty("leftOut");
      else if (cannot[name]?.includes(row)) expect(cell, row).toEqual({ cannot: true });
      else expect(cell, row).toMatchObject({ figures: [expect.any(Number)] });
    }
  });

  it("tells latencies, and what the server's and the load's cores did", () => {
    expect(result.rows["get-64"]?.contenders.stowage).toMatchObject({
      extra: {
        p50Ms: expect.any(Number),
        p99Ms: expect.any(Number),
        p999Ms: expect.any(Number),
        serverUs: expect.any(Number),
        loadBusy: expect.any(Number),
      },
    });
    expect(result.rows["memory-100k"]?.contenders.stowage).toHaveProperty("extra.bytesAnItem");
  });

  it("prints every row, every contender and every bar", () => {
    const text = report(serverSuite, result);
    for (const row of measuredRows) expect(text).toContain(rows[row].title);
    for (const name of contenderNames) expect(text).toContain(contenders[name].heading);
    expect(text).toContain("p50 / p99 / p99.9");
    expect(text).toMatch(/\d+ of \d+ bars passed/);
  });

  it("judges what it measured", () => {
    const judged = result.bars.filter(({ row }) => row === "get-64");
    expect(judged.length).toBeGreaterThan(2);
    const redisIsHere = contenders.redis.missing() === undefined;
    for (const { what, passed } of judged)
      if (redisIsHere || !what.includes("Redis")) expect(passed, what).toBeTypeOf("boolean");
  });
});

it("leaves out who is not installed, with the package to install", () => {
  const { PATH } = process.env;
  process.env.PATH = "";
  try {
    for (const name of ["redis", "redis-benchmark", "memcached", "nginx", "webdis"]) {
      expect(serverSuite.part("get-64", name, toySettings)).toEqual({
        leftOut: expect.stringMatching(/is not installed; `apt-get install [\w-]+`/),
      });
    }
    expect(serverSuite.part("get-64", "stowage", toySettings)).toHaveProperty("settings");
  } finally {
    process.env.PATH = PATH;
  }
});

describe("flags", () => {
  it("name rows and contenders, and how long each figure takes", () => {
    const choices = choicesOf(serverSuite);
    expect(parseFlags([], choices)).toMatchObject({ rows: rowNames, contenders: contenderNames });
    expect(parseFlags(["--seconds", "0.5"], choices)).toMatchObject({ seconds: 0.5 });
    expect(serverSuite.lasting?.(fullSettings, 0.5)).toEqual({ ...fullSettings, measuredMs: 500 });
    expect(() => parseFlags(["--seconds", "soon"], choices)).toThrow('--seconds: "soon" is not a number');
    expect(() => parseFlags(["--seconds", "1"], { ...choices, seconds: undefined })).toThrow("--seconds");
  });

  it("are those of a run that ends within a quarter of an hour", () => {
    const perRound = rowNames.flatMap((row) =>
      contenderNames.filter(
        (name) => rows[row].kind === "load" && "settings" in serverSuite.part(row, name, fullSettings),
      ),
    ).length;
    const seconds = (3 * perRound * (fullSettings.warmupMs + fullSettings.measuredMs)) / 1000;
    expect(seconds).toBeLessThan(12 * 60);
  });
});
