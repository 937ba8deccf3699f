/** A tiered cache that only has figures, each another number, so that one told in place of another shows. */
import type { TieredLike } from "../../src/metrics/tiered.js";
import type { TieredStats } from "../../src/tiered/types.js";

const verbFigures = {
  calls: 21,
  answered: 1,
  failed: 2,
  timeout: 3,
  away: 4,
  crowded: 5,
  aborted: 6,
  totalMs: 7_500,
  maxMs: 900,
};

/** All there can be. */
export const fullStats = {
  l1: { hits: 101, misses: 102, writes: 103, evictions: 104 } as TieredStats["l1"],
  l2: {
    store: "redis",
    breaker: "half-open",
    underWay: 201,
    waiting: 202,
    verbs: { getMany: verbFigures },
    hits: 203,
    misses: 204,
    stale: 205,
    invalidated: 206,
    refused: 207,
    writes: 208,
    deletes: 209,
    failed: 210,
    frame: { foreign: 211, version: 212, damaged: 213, unreadable: 214, tooLarge: 215, compressed: 216 },
  },
  bus: { sent: 301, received: 302, doubled: 303, gaps: 304, flushes: 305, failed: 306, isBehind: true },
  loads: { ok: 401, failed: 402, overtaken: 403, shared: 404, timeMs: 4_500 },
  stale: 405,
  owed: 406,
  errors: { hook: 407, listener: 408, warmer: 409, loader: 410, recorder: 411 },
} as unknown as TieredStats;

export function fakeTiered(name: string, stats: TieredStats = fullStats): TieredLike {
  return {
    name,
    path: [],
    stats: () => stats,
    namespace: () => undefined,
    invalidateTag: async () => undefined,
    fetch: async () => undefined,
  } as TieredLike;
}
