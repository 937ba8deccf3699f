/** Every policy over all ten traces at five sizes each: its mean share of the optimum, and where it fell furthest below LRU. */
import type { PolicyName } from "../../packages/stowage/src/cache/policy/create.js";
import { corpus, corpusPath } from "./corpus.js";
import { readTrace } from "./read.js";
import type { Replayer } from "./replay.js";
import { type Simulation, simulate } from "./simulation.js";

/** A point of one policy against LRU's at the same trace and capacity. */
export interface WorstPoint {
  readonly trace: string;
  readonly capacity: number;
  /** Percentage points of hit ratio; negative is below LRU. */
  readonly points: number;
}

export interface PolicySummary {
  readonly policy: PolicyName;
  /** Mean of hits / hits of the optimum over all points, traces weighing the same. */
  readonly meanOfOptimum: number;
  /** The same for each trace, in the order of `traces`. */
  readonly ofOptimum: readonly number[];
  readonly worstAgainstLru: WorstPoint;
}

export interface Summary {
  readonly traces: readonly { name: string; capacities: readonly number[] }[];
  readonly policies: readonly PolicySummary[];
}

export async function summarize(policies: readonly PolicyName[], replay: Replayer): Promise<Summary> {
  const simulations: Simulation[] = [];
  const replayed = [...new Set<PolicyName>(["lru", ...policies])];
  for (const { file, capacities } of corpus) {
    simulations.push(simulate(await readTrace(corpusPath(file)), { capacities, policies: replayed, replay }));
  }
  return {
    traces: simulations.map(({ trace, capacities }) => ({ name: trace.name, capacities })),
    policies: policies.map((policy) => summaryOf(policy, simulations)),
  };
}

function summaryOf(policy: PolicyName, simulations: readonly Simulation[]): PolicySummary {
  const ofOptimum = simulations.map((one) => mean(pointsOf(one, policy).map((point) => point.ofOptimum)));
  const against = simulations.flatMap((one) => againstLru(one, policy));
  const worst = against.reduce((low, point) => (point.points < low.points ? point : low));
  return { policy, meanOfOptimum: mean(ofOptimum), ofOptimum, worstAgainstLru: worst };
}

function againstLru(simulation: Simulation, policy: PolicyName): WorstPoint[] {
  const lru = pointsOf(simulation, "lru");
  return pointsOf(simulation, policy).map(({ capacity, hitRatio }, index) => ({
    trace: simulation.trace.name,
    capacity,
    points: (hitRatio - lru[index].hitRatio) * 100,
  }));
}

function pointsOf({ lines }: Simulation, policy: PolicyName) {
  return lines.find((line) => line.policy === policy)?.points ?? [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
