/**
 * The suites over one build of the table: a program that runs against a mutant, in a process of its own, because a broken
 * table may loop for ever.
 *
 *     node suites.program.mjs '{"suite": "kill", "argument": "delete", "scripts": {"kill": "/tmp/...", ...}}'
 *
 * Ends with code 0 if the suite found nothing, with 3 if it found the table wrong.
 */
import fc from "fast-check";
import { SharedTable, type TableOptions } from "stowage/table";
import { killedHistories } from "../kill/killed-histories.js";
import { killAmid } from "../kill/kills.js";
import { collidingPairs, keepApart } from "../model/collisions.js";
import { modelProperty } from "../model/property.js";
import { settings } from "../model/settings.js";
import { SharedClock } from "../support/shared-clock.js";
import { heldEverywhere } from "../threads/held.js";
import { heldCases } from "../threads/held-cases.js";
import { freeHistories, type HistorySetting, pacedHistories } from "../threads/histories.js";
import { stress } from "../threads/stress.js";
import type { SuiteName, WorkerName } from "./suites.js";

/** What the program is told. */
export interface SuiteOrder {
  readonly suite: SuiteName;
  readonly argument: string;
  readonly scripts: Readonly<Partial<Record<WorkerName, string>>>;
}

/** The code that the process ends with when the table was found wrong. */
const FOUND = 3;
const SEED = 20_260_101;

const order = JSON.parse(process.argv[2]) as SuiteOrder;
const tiny: TableOptions = { memory: "1mb", segmentSize: "16kb", janitor: false };

function script(name: WorkerName): string {
  const path = order.scripts[name];
  if (path === undefined) throw new RangeError(`${order.suite} needs the worker ${name}`);
  return path;
}

const suites: Readonly<Record<SuiteName, () => Promise<unknown>>> = {
  async model() {
    const setting = settings.find(({ name }) => name === order.argument) ?? settings[0];
    fc.assert(modelProperty(setting), { seed: SEED, numRuns: 60, endOnFailure: true });
  },

  free: () =>
    histories(freeHistories, "history", {
      threads: 3,
      rounds: 4,
      operations: 3_000,
      keys: 3,
      style: { kind: "text" },
    }),

  paced: () =>
    histories(pacedHistories, "historySteps", {
      threads: 2,
      rounds: 400,
      operations: 6,
      keys: 1,
      style: { kind: "text" },
    }),

  pacedSegments: () =>
    histories(pacedHistories, "historySteps", {
      threads: 2,
      rounds: 400,
      operations: 12,
      keys: 3,
      style: { kind: "stamped", bytes: [3_500, 9_000, 60, 70_000] },
      evicts: true,
    }),

  append: () =>
    histories(pacedHistories, "historySteps", {
      threads: 2,
      rounds: 300,
      operations: 8,
      keys: 1,
      style: { kind: "list", bytes: [6_000] },
      evicts: true,
    }),

  moved: () =>
    histories(
      pacedHistories,
      "historySteps",
      {
        threads: 2,
        rounds: 100,
        operations: 60,
        keys: 2,
        style: { kind: "text" },
        churn: { keys: 60, bytes: 3_900 },
      },
      { evict: false },
    ),

  held: () => heldEverywhere({ ...heldCases[order.argument], script: script("heldSteps") }),

  killed: () =>
    histories(killedHistories, "historySteps", {
      threads: 3,
      rounds: 60,
      operations: 6,
      keys: 2,
      style: { kind: "text" },
    }),

  async collisions() {
    const table = SharedTable.create({ memory: "4mb", janitor: false });
    keepApart(table, collidingPairs(table));
  },

  async growth() {
    const table = SharedTable.create({ memory: "16mb", janitor: false });
    await stress({
      table,
      script: script("stress"),
      seed: SEED,
      threads: 3,
      operations: 20_000,
      keysPerThread: 5_000,
      bytes: [12, 40],
      losesEntries: false,
      rounds: 2,
    });
  },

  async stress() {
    const table = SharedTable.create({ ...tiny, memory: "4mb" });
    await stress({
      table,
      script: script("stress"),
      seed: SEED,
      threads: 3,
      operations: 10_000,
      keysPerThread: 100,
      bytes: [12, 300, 3_900, 20_000],
      losesEntries: true,
      counters: 2,
      rounds: 3,
    });
  },

  async expiry() {
    const clock = new SharedClock();
    const table = SharedTable.create({ ...tiny, clock });
    await stress({
      table,
      clock,
      script: script("stress"),
      seed: SEED,
      threads: 2,
      operations: 10_000,
      keysPerThread: 50,
      bytes: [12, 300],
      losesEntries: false,
      ticks: 20,
      ttlMs: 100,
    });
  },

  async kill() {
    await killAmid(order.argument, {
      stepped: script("killSteps"),
      plain: script("kill"),
      kills: 60,
      seed: SEED,
    });
  },
};

async function histories(
  run: (setting: HistorySetting) => Promise<number>,
  worker: WorkerName,
  setting: Omit<HistorySetting, "table" | "script" | "seed">,
  options: Partial<TableOptions> = {},
): Promise<void> {
  const table = SharedTable.create({ ...tiny, ...options });
  await run({ table, script: script(worker), seed: SEED, ...setting });
}

try {
  await suites[order.suite]();
  process.exit(0);
} catch (error) {
  console.error(String((error as Error).stack).slice(0, 3_000));
  process.exit(error instanceof RangeError ? 1 : FOUND);
}
