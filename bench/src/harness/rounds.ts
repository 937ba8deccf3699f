/**
 * Runs the plan: round after round, row after row, contender after contender, so that those who are compared run
 * within seconds of each other and a disturbance spoils one round of the row.
 *
 * Not repeated is what cannot be done, what failed, what is not a matter of time (memory), and what takes a
 * contender that no bar is about longer than a second or two.
 */
import type { Measurer, Suite } from "./suite.js";
import type { Collected, CollectedTable, Missing, Outcome } from "./types.js";

export interface RoundsOptions<Settings extends object> {
  suite: Suite<Settings>;
  rows: readonly string[];
  contenders: readonly string[];
  rounds: number;
  settings: Settings;
  measurer: Measurer<Settings>;
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
  { suite, settings, measurer, progress }: RoundsOptions<Settings>,
  row: string,
  contender: string,
  collected: Collected,
): Promise<boolean> {
  const began = performance.now();
  const part = suite.part(row, contender, settings);
  const answer = "settings" in part ? await attempt(() => measurer.measure(row, contender, part)) : part;
  if ("figure" in answer) collected.outcomes.push(answer);
  else collected.missing = answer;
  if ("failed" in answer) progress(`${contender} failed on ${row}: ${answer.failed}`);
  if (collected.missing !== undefined || suite.repeats.once(row)) return false;
  return suite.repeats.always.includes(contender) || performance.now() - began < suite.repeats.othersUpToMs;
}

async function attempt(measure: () => Promise<Outcome | Missing>): Promise<Outcome | Missing> {
  try {
    return await measure();
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
