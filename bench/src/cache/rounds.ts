/**
 * Runs the plan: round after round, row after row, contender after contender, each in a process of its own, so
 * that those who are compared run within seconds of each other and a disturbance spoils one round of the row.
 *
 * Not repeated is what cannot be done, what failed, what is not a matter of time (heap), and what takes a
 * contender that no bar is about longer than a second or two.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Outcome } from "./child/context.js";
import { type ContenderName, contenders } from "./contenders/index.js";
import type { Job, JobAnswer } from "./job.js";
import { type RowName, rows } from "./rows.js";
import { reduced } from "./settings.js";

export interface RoundsOptions {
  rows: readonly RowName[];
  contenders: readonly ContenderName[];
  rounds: number;
  /** Starts a child: the pinning, the Node, its flags, the program. */
  command: readonly string[];
  job: Omit<Job, "row" | "contender">;
  progress(message: string): void;
}

/** Why there is no figure: the library lacks the feature, needs too long, or did not do the work. */
export type Missing = { cannot: true } | { tooSlow: true } | { failed: string };

/** What the rounds of one contender on one row gave. */
export interface Collected {
  outcomes: Outcome[];
  missing?: Missing;
}

export type CollectedTable = Map<RowName, Map<ContenderName, Collected>>;

/** Contenders that the bars compare; these run every round, however long it takes. */
const alwaysRepeated: readonly ContenderName[] = ["stowage", "map", "lru-cache", "arrays"];
const repeatedUpToMs = 1_500;
/** Who is not done by then has no figure on that row: "too slow". Others take a few seconds at most. */
const childLimitMs = 15_000;

export async function runRounds(options: RoundsOptions): Promise<CollectedTable> {
  const table: CollectedTable = new Map();
  for (const row of options.rows)
    table.set(row, new Map(options.contenders.map((name) => [name, { outcomes: [] }])));
  const done = new Set<Collected>();
  for (let round = 1; round <= options.rounds; round++) {
    for (const [row, cells] of table) {
      options.progress(`round ${round} of ${options.rounds}: ${row}`);
      for (const [contender, collected] of cells) {
        if (done.has(collected)) continue;
        const again = await runOnce(options, row, contender, collected);
        if (!again) done.add(collected);
      }
    }
  }
  return table;
}

/** Whether another round makes sense. */
async function runOnce(
  options: RoundsOptions,
  row: RowName,
  contender: ContenderName,
  collected: Collected,
): Promise<boolean> {
  const began = performance.now();
  const answer = await ask(options, row, contender);
  if ("figure" in answer) collected.outcomes.push(answer);
  else collected.missing = answer;
  if ("failed" in answer) options.progress(`${contender} failed on ${row}: ${answer.failed}`);
  if (collected.missing !== undefined || rows[row].unit === "bytes") return false;
  return alwaysRepeated.includes(contender) || performance.now() - began < repeatedUpToMs;
}

async function ask(
  options: RoundsOptions,
  row: RowName,
  contender: ContenderName,
): Promise<Outcome | Missing> {
  if ("floorOfStalls" in contenders[contender] && rows[row].unit !== "ms") return { cannot: true };
  try {
    const { settings } = options.job;
    const sizes = "slow" in contenders[contender] ? reduced(settings) : settings;
    const { outcome } = await runChild(options.command, { ...options.job, settings: sizes, row, contender });
    return outcome ?? { cannot: true };
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return { tooSlow: true };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

const execute = promisify(execFile);

async function runChild(command: readonly string[], job: Job): Promise<JobAnswer> {
  const [program, ...args] = [...command, JSON.stringify(job)];
  const { stdout } = await execute(program, args, { timeout: childLimitMs, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
