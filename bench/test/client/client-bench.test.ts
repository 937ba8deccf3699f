/**
 * The benchmark of the client as a program: a run at toy sizes gives an answer from every contender on every row. No test
 * looks at a time: figures are for benchmarks.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { type ContenderName, contenderNames, contenders } from "../../src/client/contenders/index.js";
import { type RowName, rows } from "../../src/client/rows.js";
import { fullSettings, type Settings } from "../../src/client/settings.js";
import { clientSuite } from "../../src/client/suite.js";
import { runBench } from "../../src/harness/bench.js";
import { choicesOf } from "../../src/harness/command.js";
import { resolveNode } from "../../src/harness/node-binary.js";
import { parseFlags } from "../../src/harness/plan.js";
import { findRedis, redisProgram } from "../../src/harness/redis-server.js";
import { report } from "../../src/harness/report.js";
import type { BenchResult } from "../../src/harness/result.js";

const toySettings: Settings = { keys: 200, draws: 2 ** 8, settleMs: 10, measuredMs: 30 };

const rowNames = Object.keys(rows) as RowName[];
/** One of each kind; the others differ in how many calls are under way. */
const measuredRows: RowName[] = ["get", "set-100", "remember", "near"];

describe("a run at toy sizes", () => {
  let result: BenchResult;

  beforeAll(async () => {
    result = await runBench(clientSuite, {
      plan: { rows: measuredRows, contenders: contenderNames, rounds: 1, quick: false },
      node: resolveNode(),
      stowageFrom: "sources",
      settings: toySettings,
      progress: () => {},
    });
  }, 180_000);

  it.each(contenderNames)("%s has an answer on every row that it can do", (name) => {
    const { server } = contenders[name];
    for (const row of measuredRows) {
      const cell = result.rows[row]?.contenders[name];
      const isNear = row === "near";
      const can = name === "stowage" || (server === "none") === isNear;
      if (server === "redis" && findRedis() === undefined)
        expect(cell).toEqual({ leftOut: redisProgram.howToInstall });
      else if (!can) expect(cell, row).toEqual({ cannot: true });
      else
        expect(cell, row).toMatchObject({
          figures: [expect.any(Number)],
          extra: { cpuUs: expect.any(Number) },
        });
    }
  });

  it("sets the near cache in relation to the cache in the process", () => {
    expect(result.rows.near?.contenders.stowage).toHaveProperty("ratioTo.cache", expect.any(Number));
    const [verdict] = result.bars.filter(({ row }) => row === "near");
    expect(verdict.passed).toBeTypeOf("boolean");
  });

  it("prints every row, every contender and every bar", () => {
    const text = report(clientSuite, result);
    for (const row of measuredRows) expect(text).toContain(rows[row].title);
    for (const name of contenderNames) expect(text).toContain(contenders[name].heading);
    expect(text).toContain("µs a call");
    expect(text).toMatch(/\d+ of \d+ bars passed/);
  });
});

it("leaves out Redis's clients where it is not installed, with how to install it", () => {
  const { PATH } = process.env;
  process.env.PATH = "";
  try {
    const clients: ContenderName[] = ["ioredis", "ioredis-auto", "node-redis"];
    for (const name of clients)
      expect(clientSuite.part("get", name, toySettings)).toEqual({ leftOut: redisProgram.howToInstall });
    expect(clientSuite.part("get", "fetch", toySettings)).toHaveProperty("settings");
  } finally {
    process.env.PATH = PATH;
  }
});

it("names rows and contenders in its flags, and how long each figure takes", () => {
  const choices = choicesOf(clientSuite);
  expect(parseFlags([], choices)).toMatchObject({ rows: rowNames, contenders: contenderNames });
  expect(parseFlags(["--seconds", "0.5"], choices)).toMatchObject({ seconds: 0.5 });
  expect(clientSuite.lasting?.(fullSettings, 0.5)).toEqual({ ...fullSettings, measuredMs: 500 });
});
