/** What is told of caches in the process, and of those that threads share. */
import type { Cache } from "../cache/cache.js";
import type { CacheStats } from "../cache/types.js";
import type { SharedCache } from "../table/index.js";
import type { SharedCacheStats } from "../table/shared-cache/types.js";
import { counter, each, gauge, type Kind, type Metric } from "./types.js";

type AnyCache = Cache<unknown, unknown>;
type AnySharedCache = SharedCache<unknown>;

interface CacheFigures {
  readonly stats: CacheStats;
  readonly entries: number;
}

interface SharedFigures extends CacheFigures {
  readonly stats: SharedCacheStats;
}

const S = 1_000;

export const cacheMetrics: readonly Metric<CacheFigures>[] = [
  counter("cache.hits", "{read}", "Reads that found a value.", ({ stats }) => stats.hits),
  counter("cache.misses", "{read}", "Reads that found none.", ({ stats }) => stats.misses),
  counter("cache.writes", "{value}", "Values stored, whoever stored them.", ({ stats }) => stats.writes),
  counter(
    "cache.removals",
    "{value}",
    "Values that left, by cause.",
    ({ stats }) => each("cause", stats.removals),
    { labels: ["cause"] },
  ),
  counter(
    "cache.loads",
    "{load}",
    "Loads that ended, by outcome.",
    ({ stats }) => each("outcome", { ok: stats.loads.ok, failed: stats.loads.failed }),
    { labels: ["outcome"] },
  ),
  counter(
    "cache.loads.overtaken",
    "{load}",
    "Loads whose value came too late to be stored.",
    ({ stats }) => stats.loads.overtaken,
  ),
  counter("cache.load.time", "s", "Time that loads took together.", ({ stats }) => stats.loads.timeMs / S),
  counter(
    "cache.stale",
    "{read}",
    "Old values given instead of a wait or an error.",
    ({ stats }) => stats.stale,
  ),
  counter("cache.calls", "{call}", "Calls, by verb.", ({ stats }) => each("verb", stats.calls), {
    labels: ["verb"],
  }),
  counter(
    "cache.errors",
    "{error}",
    "Errors that reached no caller, by source.",
    ({ stats }) => each("source", stats.errors),
    { labels: ["source"] },
  ),
  counter(
    "cache.events.dropped",
    "{event}",
    "Events that asynchronous hooks lost because their queue was full.",
    ({ stats }) => stats.droppedEvents,
  ),
  gauge(
    "cache.entries",
    "{entry}",
    "Entries, expired ones that are still there included.",
    ({ entries }) => entries,
  ),
];

const tableMetrics: readonly Metric<SharedFigures>[] = [
  gauge(
    "cache.entries.limit",
    "{entry}",
    "Entries at most, where that is set.",
    ({ stats }) => stats.table.max,
  ),
  gauge(
    "cache.memory.limit",
    "By",
    "Memory that the table may take.",
    ({ stats }) => stats.table.memory.total,
  ),
  gauge(
    "cache.memory.used",
    "By",
    "Memory in use: index, segments, bookkeeping.",
    ({ stats }) => stats.table.memory.used,
  ),
  gauge(
    "cache.memory.live",
    "By",
    "Bytes of items that are entries.",
    ({ stats }) => stats.table.memory.live,
  ),
  gauge("cache.threads", "{thread}", "Threads attached to the table.", ({ stats }) => stats.table.threads),
  counter(
    "cache.takeovers",
    "{thread}",
    "Dead threads whose locks others took over.",
    ({ stats }) => stats.table.takeovers,
  ),
];

/** `size()` without options counts expired entries too, and so need not walk. */
export const cacheKind: Kind<AnyCache, CacheFigures> = {
  label: "cache",
  is: (source) => isCache(source) && has(source, "resize") && !has(source, "handle"),
  ownName: ({ name }) => name,
  figures: (cache) => ({ stats: cache.stats(), entries: cache.size() }),
  metrics: cacheMetrics,
};

export const sharedCacheKind: Kind<AnySharedCache, SharedFigures> = {
  label: "cache",
  is: (source) => isCache(source) && has(source, "handle"),
  ownName: ({ name }) => name,
  figures(cache) {
    const stats = cache.stats();
    return { stats, entries: stats.table.entries };
  },
  metrics: [...cacheMetrics, ...tableMetrics],
};

function isCache(source: object): boolean {
  return ["get", "stats", "size", "resetStats", "transaction"].every((verb) => has(source, verb));
}

export function has(source: object, member: string): boolean {
  return member in source;
}
