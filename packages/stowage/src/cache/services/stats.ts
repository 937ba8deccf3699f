/**
 * What the cache counts. Plain fields that actions add to: one addition a call, which is why counting is on by default.
 *
 * Calls of get are not counted apart: they are its hits and misses, summed up; set has a field of its own. All else that `stats()` tells is reckoned when
 * it is asked for.
 */
import type { CacheStats, ErrorSource, RemovalCause } from "../types.js";

/** Every verb that is counted, in the order of its counter. */
const verbs = [
  "get",
  "set",
  "setMany",
  "getMany",
  "has",
  "peek",
  "take",
  "delete",
  "clear",
  "reset",
  "size",
  "isEmpty",
  "keys",
  "values",
  "entries",
  "touch",
  "expire",
  "expireAt",
  "persist",
  "refresh",
  "ttl",
  "incr",
  "decr",
  "update",
  "getAndUpdate",
  "fetch",
  "fetchMany",
  "transaction",
  "execute",
  "invalidateTag",
  "invoke",
  "stream",
  "export",
  "import",
  "save",
  "restore",
  "prune",
  "purge",
  "warm",
  "resize",
  "inspect",
  "stats",
] as const;

export type Verb = (typeof verbs)[number];

/** The counter of each verb. */
export const verbIndex = Object.fromEntries(verbs.map((verb, index) => [verb, index])) as Record<
  Verb,
  number
>;

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
