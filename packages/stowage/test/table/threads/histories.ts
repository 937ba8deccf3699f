/**
 * Suites over real threads whose histories must be linearizable: free-running ones, and ones whose threads are held up at
 * chosen statements. They throw when the table is wrong, so that the mutants can be put through them as well.
 */
import type { SharedTable } from "stowage/table";
import { Crew, type Hand } from "../support/crew.js";
import { Random } from "../support/random.js";
import { historyBuffers, readHistory, showOperations } from "./history.js";
import type { HistoryJob } from "./history.worker.js";
import { findViolation } from "./linearizability.js";
import type { Style } from "./operations.js";
import { type RegisterOperation, register } from "./register.js";

export interface HistorySetting {
  readonly table: SharedTable;
  /** history.worker.ts, bundled; with steps for `pacedHistories`. */
  readonly script: string;
  readonly threads: number;
  readonly rounds: number;
  readonly operations: number;
  readonly keys: number;
  readonly style: Style;
  readonly churn?: HistoryJob["churn"];
  readonly seed: number;
  /** Whether a value may vanish. */
  readonly evicts?: boolean;
}

/** Each round: all threads at full speed on a few keys. */
export async function freeHistories(setting: HistorySetting): Promise<number> {
  const { table, script, threads, rounds, operations } = setting;
  const crew = await Crew.start({ script, count: threads, handle: table.handle, attach: { janitor: false } });
  let done = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const buffers = historyBuffers(threads, operations);
      table.clear();
      await crew.all("operate", jobOf(setting, round, buffers));
      done += judge(setting, round, readHistory(buffers));
      table.verify();
    }
  } finally {
    await crew.end();
  }
  return done;
}

/** Each round: a random schedule, a few statements of one thread, then a few of another, until all have finished. */
export async function pacedHistories(setting: HistorySetting): Promise<number> {
  const { table, script, threads, rounds, operations } = setting;
  const crew = await Crew.start({ script, count: threads, handle: table.handle, attach: { janitor: false } });
  let done = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const buffers = historyBuffers(threads, operations);
      table.clear();
      await paced(crew, jobOf(setting, round, buffers), new Random(setting.seed + round));
      done += judge(setting, round, readHistory(buffers));
    }
    table.verify();
  } finally {
    await crew.kill();
  }
  return done;
}

async function paced(crew: Crew, job: HistoryJob, random: Random): Promise<void> {
  for (const { pace } of crew.hands) pace.prepare();
  const running = crew.all("step", { ...job, steps: 1 });
  running.catch(() => undefined);
  schedule(crew.hands, random);
  await running;
}

/** How many turns a schedule may take: after that, somebody waits for what will never come. */
const TURNS_MAX = 20_000;
/** How long a worker may take to come to its first statement. */
const START_LIMIT_MS = 5_000;
/** How long one turn may take before it is somebody else's: a thread may wait, inside the table, for one that stands still. */
const TURN_LIMIT_MS = 250;

/** Lets one thread go on at a time, drawn at random, until all have finished, or for so many turns. Who has not finished. */
export function schedule(hands: readonly Hand[], random: Random, turns = Number.POSITIVE_INFINITY): Hand[] {
  let open = hands.filter(({ pace }) => pace.settled(START_LIMIT_MS) !== "idle");
  for (let turn = 0; open.length > 0 && turn < turns; turn += 1) {
    if (turn > TURNS_MAX) throw new Error("hung: threads go round without getting on");
    const hand = random.pick(open);
    // Mostly a few statements, sometimes whole operations: races need one thread far on while another stands.
    const steps = random.chance(0.7) ? random.between(1, 60) : random.between(60, 3_000);
    // One that has finished since it was last looked at must not be made to count as running again.
    if (hand.pace.stand === "standing") hand.pace.grant(steps);
    if (hand.pace.settled(TURN_LIMIT_MS) === "idle") open = open.filter((other) => other !== hand);
  }
  return open;
}

export function jobOf(setting: HistorySetting, round: number, buffers: HistoryJob["buffers"]): HistoryJob {
  const { keys, operations, style, churn, seed } = setting;
  return { buffers, seed: seed + round, keys, operations, style, churn };
}

/** Throws if the history cannot be explained; gives back how many operations it had. */
export function judge(
  setting: Pick<HistorySetting, "evicts" | "seed">,
  round: number,
  history: readonly RegisterOperation[],
): number {
  // Whoever was killed may have taken the entry with him that he was writing.
  const unfinished = new Set(history.filter(({ result }) => result === undefined).map(({ key }) => key));
  const violation =
    findViolation(
      register(setting.evicts),
      history.filter((one) => !unfinished.has(one.key)),
    ) ??
    findViolation(
      register(true),
      history.filter((one) => unfinished.has(one.key)),
    );
  if (violation === undefined) return history.length;
  const left = violation.operations.filter((one) => !violation.explained.includes(one));
  throw new Error(
    `not linearizable: round ${round} with seed ${setting.seed}, key ${violation.key}\n` +
      `explained:\n${violation.explained.map((one) => showOperations([one])).join("\n")}\n` +
      `left over:\n${showOperations(left)}`,
  );
}
