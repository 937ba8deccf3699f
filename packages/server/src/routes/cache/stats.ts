/** GET /cache/stats: Lix's fields, which are Cachex's, and what else the server knows of itself. */
import type { WorkerContext } from "../../context.js";
import { Fault } from "../../http/fault.js";
import type { Route } from "../../http/route.js";
import type { ConnectionCounts, WorkerFigures } from "../../observe/types.js";

/** Cachex tells rates as percentages. */
const PERCENT = 100;

export const statsRoute: Route = {
  name: "cache_stats",
  method: "GET",
  path: "/cache/stats",
  scope: "read",
  handle(exchange, context) {
    if (exchange.principal.prefixes !== null && exchange.principal.scope !== "admin")
      throw new Fault(
        403,
        "forbidden_scope",
        "statistics are those of all keys, and this token does not reach all",
      );
    exchange.json(200, statsOf(context));
  },
};

function statsOf({ table, fleet, l2Figures }: WorkerContext): Record<string, unknown> {
  const stats = table.stats();
  const workers = fleet.workers();
  const l2 = l2Figures();
  return {
    size: stats.entries,
    limit: stats.max,
    stats: {
      hits: stats.hits,
      misses: stats.misses,
      hit_rate: stats.hitRate * PERCENT,
      miss_rate: stats.missRate * PERCENT,
      operations: stats.hits + stats.misses + stats.writes + stats.deletes,
      writes: stats.writes,
      updates: stats.counts.overwritesWindow + stats.counts.overwritesMain,
      deletes: stats.deletes,
      evictions: stats.evictions,
      expirations: stats.expirations,
      invalidations: stats.invalidations,
      cleared: stats.cleared,
      since: stats.since,
    },
    memory: snakeCase(stats.memory),
    ...(l2 !== undefined && { l2: snakeCase(l2) }),
    connections: {
      open: sumOf(workers, "open"),
      accepted: sumOf(workers, "accepted"),
      turned_away: sumOf(workers, "turnedAway"),
    },
    latencies: fleet.latencies(),
    uptime: fleet.uptime(),
    workers: workers.map(snakeCase),
  };
}

function sumOf(workers: readonly WorkerFigures[], name: keyof ConnectionCounts): number {
  return workers.reduce((sum, { connections }) => sum + connections[name], 0);
}

/** Names as Lix writes them: `heap_bytes`. */
function snakeCase(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(each),
    ]),
  );
}
