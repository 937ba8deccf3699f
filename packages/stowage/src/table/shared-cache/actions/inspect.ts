/** stats, inspect, verify: looking into the cache. */
import { StatsDisabledError } from "../../../base/errors.js";
import { verbIndex } from "../../../cache/services/stats.js";
import type { EntryView } from "../../../cache/types.js";
import { look, NONE } from "../entry.js";
import type { SharedState } from "../state.js";
import type { SharedCacheReport, SharedCacheStats } from "../types.js";
import { viewOf } from "./iterate.js";
import { liveCount } from "./size.js";

/** Sums over all threads. What leaves without a verb, the table counts. */
export function stats<V>(s: SharedState<V>): SharedCacheStats {
  if (!s.options.stats) throw new StatsDisabledError();
  const table = s.table.stats();
  return Object.freeze({
    ...s.stats.report({ expired: table.expirations, evicted: table.evictions }),
    table,
  });
}

export function inspectKey<V>(s: SharedState<V>, key: string): EntryView<string, V> | undefined {
  return look(s, key, "inspect", false) === NONE ? undefined : viewOf(s, key);
}

export function inspect<V>(s: SharedState<V>): SharedCacheReport {
  s.stats.calls[verbIndex.inspect]++;
  const { memory, threads } = s.table.stats();
  const { entriesMax } = s.t;
  const size = s.table.size();
  return Object.freeze({
    name: s.name,
    size,
    expired: Math.max(0, size - liveCount(s)),
    max: entriesMax === Number.POSITIVE_INFINITY ? null : entriesMax,
    memory: memory.total,
    codec: s.options.codec.name,
    threads,
    loading: s.loads.size,
    transactions: s.transactions.locks.size,
    warmers: Object.freeze(s.warmers.names),
    hooks: Object.freeze(s.hooks.names),
    commands: Object.freeze([...s.options.commands.keys()]),
  });
}

export function verify<V>(s: SharedState<V>): void {
  s.table.verify();
  s.loads.verify();
}
