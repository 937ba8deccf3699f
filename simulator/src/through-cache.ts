/** Replays a trace through `new Cache({max, policy})`: what a user of the cache gets, all costs included. */
import { Cache } from "stowage";
import { seededRandom } from "./random.js";
import { type Replayer, timed } from "./replay.js";
import type { Trace } from "./trace.js";

export const replayThroughCache: Replayer = (trace, policy, capacity) => {
  const cache = new Cache<string, number>({ max: capacity, policy, random: seededRandom() });
  try {
    return timed(() => hitsOf(cache, trace));
  } finally {
    cache.close();
  }
};

function hitsOf(cache: Cache<string, number>, { requests, keys }: Trace): number {
  let hits = 0;
  for (const number of requests) {
    const key = keys[number];
    if (cache.get(key) === undefined) cache.set(key, number);
    else hits++;
  }
  return hits;
}
