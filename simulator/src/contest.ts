/**
 * Replays one trace through several caches, for hit ratio and for time.
 *
 * In rounds, each cache once per round and another one first each time, so that what the machine does meanwhile meets all
 * alike. The median of its rounds counts, with the garbage collection that a cache causes. Every replay starts with an
 * empty cache, after some rounds for the compiler. Each request brings its key as a new string, as one from a socket
 * does, with its hash not yet computed; making the strings is not timed.
 */
import { Optimum } from "./optimum.js";
import type { Peer } from "./peers.js";
import type { Trace } from "./trace.js";

export interface Standing {
  readonly peer: Peer;
  /** Mean over the rounds: Stowage salts its hashes anew each time. */
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
  const text = textOf(trace);
  const scores = peers.map(() => ({ hits: 0, times: [] as number[] }));
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const peer of peers) peer.replay(text.split("\n"), capacity);
  }
  const endMs = performance.now() + seconds * 1_000;
  let rounds = 0;
  for (; rounds < ROUNDS_MIN || performance.now() < endMs; rounds++) {
    for (let turn = 0; turn < peers.length; turn++) {
      const at = (rounds + turn) % peers.length;
      const requests = text.split("\n");
      const startedMs = performance.now();
      scores[at].hits += peers[at].replay(requests, capacity);
      scores[at].times.push((performance.now() - startedMs) / 1_000);
    }
  }
  const length = trace.requests.length;
  const best = new Optimum(trace).hits(capacity);
  const standings = scores.map(({ hits, times }, at) => ({
    peer: peers[at],
    hitRatio: hits / rounds / length,
    ofOptimum: best === 0 ? 1 : hits / rounds / best,
    requestsPerSecond: length / medianOf(times),
  }));
  return { optimumHitRatio: best / length, standings, rounds };
}

function medianOf(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

/** All requests as one text, which `split` makes new strings from faster than anything else does. */
function textOf({ requests, keys }: Trace): string {
  return Array.from(requests, (number) => keys[number]).join("\n");
}
