/** The simulator as a function of its arguments: what it prints and how it ends. cli.ts connects it to the process. */
import { StowageError } from "stowage";
import { type Arguments, helpText, parseArguments } from "./arguments.js";
import { TraceError } from "./errors.js";
import { readTrace } from "./read.js";
import { replayPolicy } from "./replay.js";
import type { Paint } from "./report/paint.js";
import { simulationReport } from "./report/simulation.js";
import { summaryReport } from "./report/summary.js";
import { simulate, usualCapacities } from "./simulation.js";
import { summarize } from "./summary.js";
import { replayThroughCache } from "./through-cache.js";

export interface Outcome {
  readonly exitCode: number;
  readonly output: string;
  readonly error: string;
}

/** At each point replays go on for this long, for the sake of the time column. */
const TIMING_SECONDS = 0.05;

export async function main(args: readonly string[], paint: Paint): Promise<Outcome> {
  try {
    const parsed = parseArguments(args);
    return { exitCode: 0, output: parsed.help ? helpText() : await run(parsed, paint), error: "" };
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof StowageError)) throw error;
    return { exitCode: error instanceof TraceError ? 1 : 2, output: "", error: error.message };
  }
}

async function run(args: Arguments, paint: Paint): Promise<string> {
  const replay = args.throughCache ? replayThroughCache : replayPolicy;
  if (args.trace === undefined) {
    const summary = await summarize(args.policies, replay);
    return args.json ? JSON.stringify(summary, null, 2) : summaryReport(summary, paint);
  }
  const trace = await readTrace(args.trace, args);
  const capacities = args.capacities ?? usualCapacities(trace.keys.length);
  const simulation = simulate(trace, {
    capacities,
    policies: args.policies,
    replay,
    timingSeconds: TIMING_SECONDS,
  });
  return args.json ? JSON.stringify(simulation, null, 2) : simulationReport(simulation, paint, args.plot);
}
