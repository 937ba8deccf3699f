/** The benchmark of tiers as a program: a run at toy sizes gives an answer from every contender. No test looks at a time. */
import { beforeAll, describe, expect, it } from "vitest";
import { runBench } from "../../src/harness/bench.js";
import { choicesOf } from "../../src/harness/command.js";
import { resolveNode } from "../../src/harness/node-binary.js";
import { parseFlags } from "../../src/harness/plan.js";
import { findRedis, redisProgram } from "../../src/harness/redis-server.js";
import { report } from "../../src/harness/report.js";
import type { BenchResult } from "../../src/harness/result.js";
import { contenderNames, contenders } from "../../src/tiered/contenders/index.js";
import { type RowName, rows } from "../../src/tiered/rows.js";
import { fullSettings, type Settings } from "../../src/tiered/settings.js";
import { tieredSuite } from "../../src/tiered/suite.js";

const toySettings: Settings = {
  keys: 200,
  draws: 2 ** 8,
  startMs: 1,
  settleMs: 1,
  measuredMs: 10,
  tagged: 10,
  hangMs: 500,
};
/** One that reads and one probe; the others differ in what is called. */
const measuredRows: RowName[] = ["l2-hit", "newer-set"];

describe("a run at toy sizes", () => {
  let result: BenchResult;

  beforeAll(async () => {
    result = await runBench(tieredSuite, {
      plan: { rows: measuredRows, contenders: contenderNames, rounds: 1, quick: false },
      node: resolveNode(),
      stowageFrom: "sources",
      settings: toySettings,
      progress: () => {},
    });
  }, 180_000);

  it.each(contenderNames)("%s has an answer on every row", (name) => {
    for (const row of measuredRows) {
      const cell = result.rows[row]?.contenders[name];
      if (findRedis() === undefined) expect(cell).toEqual({ leftOut: redisProgram.howToInstall });
      else expect(cell, row).toMatchObject({ figures: [expect.any(Number)] });
    }
  });

  it("prints figures, probes and bars", () => {
    const text = report(tieredSuite, result);
    for (const row of measuredRows) expect(text).toContain(rows[row].title);
    for (const name of contenderNames) expect(text).toContain(contenders[name].heading);
    expect(text).toMatch(/\d+ of \d+ bars passed/);
    if (findRedis() !== undefined) expect(text).toMatch(/probes\n.*\n.*newer set +pass/);
  });
});

it("is left out where Redis is not installed, with how to install it", () => {
  const { PATH } = process.env;
  process.env.PATH = "";
  try {
    expect(tieredSuite.part("l2-hit", "ioredis", toySettings)).toEqual({
      leftOut: redisProgram.howToInstall,
    });
  } finally {
    process.env.PATH = PATH;
  }
});

it("names rows and contenders in its flags, and how long each figure takes", () => {
  const choices = choicesOf(tieredSuite);
  expect(parseFlags([], choices)).toMatchObject({ rows: Object.keys(rows), contenders: contenderNames });
  expect(tieredSuite.lasting?.(fullSettings, 0.5)).toEqual({ ...fullSettings, measuredMs: 500 });
});
