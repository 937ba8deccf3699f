/**
 * What the cache counts. Plain fields that actions add to: one addition a call, which is why counting is on by default.
 *
 * Calls of get are not counted apart: they are its hits and misses, summed up; set has a field of its own. All else that `stats()` tells is reckoned when
 * it is asked for.
 */
import type { CacheStats, ErrorSource, RemovalCause } from "../types.js";

/** The place of each verb's counter. A literal, whose properties V8 knows when it compiles; one made by code is searched. */
export const verbIndex = {
  get: 0,
  set: 1,
  setMany: 2,
  getMany: 3,
  has: 4,
  peek: 5,
  take: 6,
  delete: 7,
  clear: 8,
  reset: 9,
  size: 10,
  isEmpty: 11,
  keys: 12,
  values: 13,
  entries: 14,
  touch: 15,
  expire: 16,
  expireAt: 17,
  persist: 18,
  refresh: 19,
  ttl: 20,
  incr: 21,
  decr: 22,
  update: 23,
  getAndUpdate: 24,
  fetch: 25,
  fetchMany: 26,
  transaction: 27,
  execute: 28,
  invalidateTag: 29,
  invoke: 30,
  stream: 31,
  export: 32,
  import: 33,
  save: 34,
  restore: 35,
  prune: 36,
  purge: 37,
  warm: 38,
  resize: 39,
  inspect: 40,
  stats: 41,
} as const;

export type Verb = keyof typeof verbIndex;

const verbs = Object.keys(verbIndex) as Verb[];

/** What is counted, wherever the numbers stand: the services of a cache that threads share count in shared memory. */
export type Counts = Pick<Stats, keyof Stats>;

export class Stats {
  hits = 0;
  misses = 0;
  writes = 0;
  deletes = 0;
  stale = 0;
  loadsOk = 0;
  loadsFailed = 0;
  loadsOvertaken = 0;
  loadMs = 0;
  droppedEvents = 0;
  getHits = 0;
  getMisses = 0;
  since: number;
  readonly enabled: boolean;
  /** Calls of set. */
  sets = 0;
  expired = 0;
  evicted = 0;
  removed = 0;
  replaced = 0;
  cleared = 0;
  errors = noErrors();
  readonly calls: Float64Array = new Float64Array(verbs.length);

  constructor(enabled: boolean, since: number) {
    this.enabled = enabled;
    this.since = since;
  }

  reset(since: number): void {
    const { calls } = this;
    Object.assign(this, new Stats(this.enabled, since), { calls });
    calls.fill(0);
  }

  /** Comparing with each name costs less than a property by a name that varies. */
  countRemoval(cause: RemovalCause): void {
    if (cause === "evicted") this.evicted++;
    else if (cause === "replaced") this.replaced++;
    else if (cause === "expired") this.expired++;
    else if (cause === "deleted") this.removed++;
    else this.cleared++;
  }

  report(): CacheStats {
    return reportOf(this);
  }
}

/** The numbers alone. */
export type Numbers = Omit<Counts, "enabled" | "reset" | "countRemoval" | "report">;

/** What the numbers come to, for users. */
export function reportOf(counts: Numbers): CacheStats {
  const hits = counts.hits + counts.getHits;
  const misses = counts.misses + counts.getMisses;
  const reads = hits + misses;
  const calls = callsOf(counts);
  const { expired, evicted, removed, replaced, cleared } = counts;
  return Object.freeze({
    since: counts.since,
    hits,
    misses,
    hitRate: reads === 0 ? 0 : hits / reads,
    missRate: reads === 0 ? 0 : misses / reads,
    writes: counts.writes,
    deletes: counts.deletes,
    evictions: evicted,
    expirations: expired,
    removals: Object.freeze({ expired, evicted, deleted: removed, replaced, cleared }),
    loads: Object.freeze({
      ok: counts.loadsOk,
      failed: counts.loadsFailed,
      overtaken: counts.loadsOvertaken,
      timeMs: counts.loadMs,
    }),
    stale: counts.stale,
    calls: Object.freeze(calls),
    operations: Object.values(calls).reduce((sum, each) => sum + each, 0),
    errors: Object.freeze({ ...counts.errors }),
    droppedEvents: counts.droppedEvents,
  });
}

function callsOf(counts: Numbers): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const verb of verbs)
    if (counts.calls[verbIndex[verb]] > 0) calls[verb] = counts.calls[verbIndex[verb]];
  if (counts.getHits + counts.getMisses > 0) calls.get = counts.getHits + counts.getMisses;
  if (counts.sets > 0) calls.set = counts.sets;
  return calls;
}

function noErrors(): Record<ErrorSource["source"], number> {
  return { hook: 0, listener: 0, warmer: 0, loader: 0, recorder: 0 };
}
