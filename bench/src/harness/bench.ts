/** One run from plan to result: binaries, sequences, rounds, assembly. Prints nothing but progress. */
import { bundleChild, type StowageFrom } from "./bundle.js";
import { type NodeBinary, pinning } from "./node-binary.js";
import type { Plan } from "./plan.js";
import { assembleResult, type BenchResult } from "./result.js";
import { runRounds } from "./rounds.js";
import { writeSequences } from "./sequences.js";
import type { Suite } from "./suite.js";

export interface BenchOptions<Settings extends object> {
  plan: Plan;
  /** The Node that the children run on. */
  node: NodeBinary;
  stowageFrom: StowageFrom;
  /** Absent: what the plan's `quick` says. */
  settings?: Settings;
  progress(message: string): void;
}

export async function runBench<Settings extends object>(
  suite: Suite<Settings>,
  { plan, node, stowageFrom, settings: given, progress }: BenchOptions<Settings>,
): Promise<BenchResult<Settings>> {
  const began = performance.now();
  const settings = given ?? (plan.quick ? suite.settings.quick : suite.settings.full);
  const { prefix, core } = pinning();
  const child = await bundleChild(suite.child, stowageFrom);
  const sequences = writeSequences(suite.sequences(settings));
  const start = [node.path, "--expose-gc", ...suite.child.flags, child.path];
  try {
    const table = await runRounds({
      ...plan,
      suite,
      settings,
      sequences: sequences.paths,
      folder: sequences.folder,
      command: (pinned) => (pinned ? [...prefix, ...start] : start),
      progress,
    });
    const elapsedSeconds = (performance.now() - began) / 1000;
    return assembleResult({ ...plan, suite, node: node.version, core, elapsedSeconds, settings, table });
  } finally {
    sequences.remove();
    child.remove();
  }
}
