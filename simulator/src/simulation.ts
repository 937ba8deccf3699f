/** A trace, policies and capacities make a grid of points: the hit ratio of each policy at each capacity, and the optimum's. */
import type { PolicyName } from "../../packages/stowage/src/cache/policy/create.js";
import { Optimum } from "./optimum.js";
import type { Replay, Replayer } from "./replay.js";
import type { Trace } from "./trace.js";

export interface Point {
  readonly capacity: number;
  readonly hits: number;
  readonly hitRatio: number;
  /** Its hits to those of the optimum; 1 where not even that has any. */
  readonly ofOptimum: number;
  /** Of the fastest of a few replays; not given for the optimum, which no cache could run. */
  readonly requestsPerSecond?: number;
}

export interface Line {
  readonly policy: PolicyName | "optimum";
  /** One for each capacity, in order. */
  readonly points: readonly Point[];
}

export interface Simulation {
  readonly trace: { name: string; format: string; requests: number; keys: number };
  readonly capacities: readonly number[];
  /** The optimum first, then the policies in the order asked. */
  readonly lines: readonly Line[];
}

export interface SimulationPlan {
  readonly capacities: readonly number[];
  readonly policies: readonly PolicyName[];
  readonly replay: Replayer;
  /** Replays go on for this long at each point, so that the time of a short one means something. */
  readonly timingSeconds?: number;
}

const REPLAYS_MAX = 25;

export function simulate(
  trace: Trace,
  { capacities, policies, replay, timingSeconds = 0 }: SimulationPlan,
): Simulation {
  const requests = trace.requests.length;
  const optimum = new Optimum(trace);
  const best = capacities.map((capacity) => optimum.hits(capacity));

  function point(index: number, hits: number): Point {
    return {
      capacity: capacities[index],
      hits,
      hitRatio: hits / requests,
      ofOptimum: best[index] === 0 ? 1 : hits / best[index],
    };
  }

  function line(policy: PolicyName): Line {
    const points = capacities.map((capacity, index) => {
      const { hits, seconds } = replayOften(() => replay(trace, policy, capacity), timingSeconds);
      return { ...point(index, hits), requestsPerSecond: requests / seconds };
    });
    return { policy, points };
  }

  return {
    trace: { name: trace.name, format: trace.format, requests, keys: trace.keys.length },
    capacities,
    lines: [
      { policy: "optimum", points: best.map((hits, index) => point(index, hits)) },
      ...policies.map(line),
    ],
  };
}

/** Each replay starts from nothing and finds the same hits; what else the machine does can only make one slower. */
function replayOften(replay: () => Replay, timingSeconds: number): Replay {
  let fastest = replay();
  let spent = fastest.seconds;
  for (let replays = 1; spent < timingSeconds && replays < REPLAYS_MAX; replays++) {
    const again = replay();
    spent += again.seconds;
    if (again.seconds < fastest.seconds) fastest = again;
  }
  return fastest;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const STEPS = [1, 2.5, 5];
const CAPACITIES = 5;
/** Below this there is little to tell policies apart by. */
const CAPACITY_MIN = 2;

/** The five largest of ..., 100, 250, 500, 1000, 2500, ... up to half of the keys: where sizes are worth comparing. */
export function usualCapacities(keys: number): number[] {
  const found: number[] = [];
  for (let power = 1; power <= keys; power *= 10) {
    for (const step of STEPS) {
      const capacity = Math.round(step * power);
      if (capacity >= CAPACITY_MIN && capacity <= keys / 2) found.push(capacity);
    }
  }
  return found.length === 0 ? [Math.max(1, Math.floor(keys / 2))] : found.slice(-CAPACITIES);
}
