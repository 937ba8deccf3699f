/** One run from plan to result: binaries, sequences, rounds, assembly. Prints nothing but progress. */
import { type NodeBinary, pinning } from "../harness/node-binary.js";
import { bundleChild, type StowageFrom } from "./bundle.js";
import type { Plan } from "./flags.js";
import { assembleResult, type BenchResult } from "./result.js";
import { runRounds } from "./rounds.js";
import { writeSequences } from "./sequences.js";
import { fullSettings, quickSettings, type Settings } from "./settings.js";

export interface BenchOptions {
  plan: Plan;
  /** The Node that the children run on. */
  node: NodeBinary;
  stowageFrom: StowageFrom;
  /** Absent: what the plan's `quick` says. */
  settings?: Settings;
  progress(message: string): void;
}

export async function runBench({
  plan,
  node,
  stowageFrom,
  settings,
  progress,
}: BenchOptions): Promise<BenchResult> {
  const began = performance.now();
  const sizes = settings ?? (plan.quick ? quickSettings : fullSettings);
  const { prefix, core } = pinning();
  const child = await bundleChild(stowageFrom);
  const sequences = writeSequences(sizes);
  try {
    const table = await runRounds({
      ...plan,
      command: [...prefix, node.path, "--expose-gc", child.path],
      job: { settings: sizes, sequences: sequences.paths },
      progress,
    });
    const elapsedSeconds = (performance.now() - began) / 1000;
    return assembleResult({ ...plan, node: node.version, core, elapsedSeconds, settings: sizes, table });
  } finally {
    sequences.remove();
    child.remove();
  }
}
