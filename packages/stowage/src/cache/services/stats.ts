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
  readonly calls = new Float64Array(verbs.length);

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

  #removals(): Record<RemovalCause, number> {
    const { expired, evicted, removed, replaced, cleared } = this;
    return { expired, evicted, deleted: removed, replaced, cleared };
  }

  report(): CacheStats {
    const hits = this.hits + this.getHits;
    const misses = this.misses + this.getMisses;
    const reads = hits + misses;
    const calls: Record<string, number> = {};
    for (const verb of verbs) if (this.calls[verbIndex[verb]] > 0) calls[verb] = this.calls[verbIndex[verb]];
    if (this.getHits + this.getMisses > 0) calls.get = this.getHits + this.getMisses;
    if (this.sets > 0) calls.set = this.sets;
    return Object.freeze({
      since: this.since,
      hits,
      misses,
      hitRate: reads === 0 ? 0 : hits / reads,
      missRate: reads === 0 ? 0 : misses / reads,
      writes: this.writes,
      deletes: this.deletes,
      evictions: this.evicted,
      expirations: this.expired,
      removals: Object.freeze(this.#removals()),
      loads: Object.freeze({
        ok: this.loadsOk,
        failed: this.loadsFailed,
        overtaken: this.loadsOvertaken,
        timeMs: this.loadMs,
      }),
      stale: this.stale,
      calls: Object.freeze(calls),
      operations: Object.values(calls).reduce((sum, each) => sum + each, 0),
      errors: Object.freeze({ ...this.errors }),
      droppedEvents: this.droppedEvents,
    });
  }
}

function noErrors(): Record<ErrorSource["source"], number> {
  return { hook: 0, listener: 0, warmer: 0, loader: 0, recorder: 0 };
}
