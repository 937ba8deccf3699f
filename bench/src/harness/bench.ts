/** One run from plan to result: getting ready, rounds, assembly. Prints nothing but progress. */
import type { StowageFrom } from "./bundle.js";
import type { NodeBinary } from "./node-binary.js";
import type { Plan } from "./plan.js";
import { assembleResult, type BenchResult } from "./result.js";
import { runRounds } from "./rounds.js";
import type { Suite } from "./suite.js";

export interface BenchOptions<Settings extends object> {
  plan: Plan;
  /** The Node that is measured on. */
  node: NodeBinary;
  stowageFrom: StowageFrom;
  /** Absent: what the plan's `quick` and `seconds` say. */
  settings?: Settings;
  progress(message: string): void;
}

export async function runBench<Settings extends object>(
  suite: Suite<Settings>,
  { plan, node, stowageFrom, settings: given, progress }: BenchOptions<Settings>,
): Promise<BenchResult<Settings>> {
  const began = performance.now();
  const settings = given ?? settingsOf(suite, plan);
  const measurer = await suite.open({ settings, node, stowageFrom });
  try {
    const table = await runRounds({ ...plan, suite, settings, measurer, progress });
    const elapsedSeconds = (performance.now() - began) / 1000;
    const { core } = measurer;
    return assembleResult({ ...plan, suite, node: node.version, core, elapsedSeconds, settings, table });
  } finally {
    await measurer.close();
  }
}

function settingsOf<Settings extends object>(
  { settings, lasting }: Suite<Settings>,
  { quick, seconds }: Plan,
): Settings {
  const chosen = quick ? settings.quick : settings.full;
  return seconds === undefined || lasting === undefined ? chosen : lasting(chosen, seconds);
}
