/**
 * Replays one trace through several caches, for hit ratio and for time.
 *
 * In rounds, each cache once per round and another one first each time, so that what the machine does meanwhile meets all
 * alike; the median round counts. Every replay starts with an empty cache. The first rounds are thrown away: they measure
 * the compiler.
 */
import { Optimum } from "./optimum.js";
import type { Peer } from "./peers.js";
import { median } from "./simulation.js";
import type { Trace } from "./trace.js";

export interface Standing {
  readonly peer: Peer;
  /** Mean over the rounds: Stowage's policy draws lots now and then. */
  readonly hitRatio: number;
  readonly ofOptimum: number;
  readonly requestsPerSecond: number;
}

export interface Contest {
  readonly optimumHitRatio: number;
  /** In the order of the peers. */
  readonly standings: readonly Standing[];
  readonly rounds: number;
}

export interface ContestPlan {
  readonly capacity: number;
  readonly seconds: number;
}

const WARM_UP_ROUNDS = 3;
const ROUNDS_MIN = 3;

export function compete(trace: Trace, peers: readonly Peer[], { capacity, seconds }: ContestPlan): Contest {
  const requests = Array.from(trace.requests, (number) => trace.keys[number]);
  const scores = peers.map(() => ({ hits: 0, times: [] as number[] }));
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const peer of peers) peer.replay(requests, capacity);
  }
  const endMs = performance.now() + seconds * 1_000;
  let rounds = 0;
  for (; rounds < ROUNDS_MIN || performance.now() < endMs; rounds++) {
    for (let turn = 0; turn < peers.length; turn++) {
      const at = (rounds + turn) % peers.length;
      const startedMs = performance.now();
      scores[at].hits += peers[at].replay(requests, capacity);
      scores[at].times.push((performance.now() - startedMs) / 1_000);
    }
  }
  const best = new Optimum(trace).hits(capacity);
  const standings = scores.map(({ hits, times }, at) => ({
    peer: peers[at],
    hitRatio: hits / rounds / requests.length,
    ofOptimum: best === 0 ? 1 : hits / rounds / best,
    requestsPerSecond: requests.length / median(times),
  }));
  return { optimumHitRatio: best / requests.length, standings, rounds };
}
