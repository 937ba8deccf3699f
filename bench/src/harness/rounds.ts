/**
 * Runs the plan: round after round, row after row, contender after contender, each in a process of its own, so
 * that those who are compared run within seconds of each other and a disturbance spoils one round of the row.
 *
 * Not repeated is what cannot be done, what failed, what is not a matter of time (memory), and what takes a
 * contender that no bar is about longer than a second or two.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Part, Service, Suite } from "./suite.js";
import type { Collected, CollectedTable, Job, JobAnswer, Missing, Outcome } from "./types.js";

export interface RoundsOptions<Settings extends object> {
  suite: Suite<Settings>;
  rows: readonly string[];
  contenders: readonly string[];
  rounds: number;
  settings: Settings;
  sequences: Record<string, string>;
  /** For files of the children; the caller removes it. */
  folder: string;
  /** Starts a child on one core of its own, or on all there are: the pinning, the Node, its flags, the program. */
  command(pinned: boolean): readonly string[];
  progress(message: string): void;
}

export async function runRounds<Settings extends object>(
  options: RoundsOptions<Settings>,
): Promise<CollectedTable> {
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
async function runOnce<Settings extends object>(
  options: RoundsOptions<Settings>,
  row: string,
  contender: string,
  collected: Collected,
): Promise<boolean> {
  const { suite, settings, progress } = options;
  const began = performance.now();
  const part = suite.part(row, contender, settings);
  const answer = "settings" in part ? await ask(options, row, contender, part) : part;
  if ("figure" in answer) collected.outcomes.push(answer);
  else collected.missing = answer;
  if ("failed" in answer) progress(`${contender} failed on ${row}: ${answer.failed}`);
  if (collected.missing !== undefined || suite.repeats.once(row)) return false;
  return suite.repeats.always.includes(contender) || performance.now() - began < suite.repeats.othersUpToMs;
}

async function ask<Settings extends object>(
  { suite, sequences, folder, command }: RoundsOptions<Settings>,
  row: string,
  contender: string,
  { settings, serve }: Part<Settings>,
): Promise<Outcome | Missing> {
  let service: Service | undefined;
  try {
    service = await serve?.();
    const job: Job<Settings> = { contender, row, settings, sequences, folder, port: service?.port };
    const { outcome } = await runChild(command(suite.pinned(row)), job, suite.child.limitMs);
    return outcome ?? { cannot: true };
  } catch (error) {
    if ((error as { killed?: boolean }).killed) return { tooSlow: true };
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    await service?.end();
  }
}

const execute = promisify(execFile);

async function runChild(command: readonly string[], job: Job, limitMs: number): Promise<JobAnswer> {
  const [program, ...args] = [...command, JSON.stringify(job)];
  const { stdout } = await execute(program, args, { timeout: limitMs, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
