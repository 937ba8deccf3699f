/**
 * All that GET /metrics tells. What each figure means stands here, in its help, and in docs/server-operations.md, which a
 * test compares.
 *
 * Labels multiply, so no figure has two that are long: requests are counted by route and class of status for all
 * workers together, and by worker for all routes together. Histograms are those of routes that were asked.
 */
import type { TableStats } from "stowage/table";
import type { WorkerContext } from "../../context.js";
import type { StoreFigures } from "../../durability/figures.js";
import type { L2Figures } from "../../l2/index.js";
import { counter, gauge, histogram, type Sample } from "../../observe/exposition.js";
import { boundsMs } from "../../observe/histogram.js";
import type { Fleet, RouteFigures, WorkerFigures } from "../../observe/types.js";

/** What figures are read from. */
export type MetricsContext = Pick<WorkerContext, "fleet" | "table" | "status" | "storeFigures" | "l2Figures">;

interface Definition<Source> {
  readonly name: string;
  readonly help: string;
  of(source: Source): number | null;
}

const S = 1_000;

const perWorker: readonly Definition<WorkerFigures>[] = [
  { name: "worker_requests_total", help: "Requests answered by the worker.", of: (w) => w.requests },
  { name: "worker_errors_total", help: "Requests that the worker answered with 5xx.", of: (w) => w.errors },
  { name: "worker_starts_total", help: "Times that the worker was started.", of: (w) => w.starts },
  {
    name: "worker_quiet_seconds",
    help: "Time since the worker gave a sign of life.",
    of: (w) => w.quietMs / S,
  },
  {
    name: "worker_loop_delay_seconds",
    help: "How late the worker's last beat was.",
    of: (w) => w.loopDelayMs / S,
  },
  { name: "worker_heap_bytes", help: "JavaScript heap in use by the worker.", of: (w) => w.heapBytes },
  { name: "connections", help: "Connections that are open.", of: (w) => w.connections.open },
  { name: "connections_accepted_total", help: "Connections accepted.", of: (w) => w.connections.accepted },
  {
    name: "connections_turned_away_total",
    help: "Connections closed at once because there were too many.",
    of: (w) => w.connections.turnedAway,
  },
  { name: "received_bytes_total", help: "Bytes of the requests' contents.", of: (w) => w.bytesIn },
  { name: "sent_bytes_total", help: "Bytes of the answers' contents.", of: (w) => w.bytesOut },
];

const ofTable: readonly Definition<TableStats>[] = [
  { name: "entries", help: "Entries, expired ones that are still there included.", of: (t) => t.entries },
  { name: "entries_max", help: "Entries at most, where that is set.", of: (t) => t.max },
  { name: "hits_total", help: "Reads that found a value.", of: (t) => t.hits },
  { name: "misses_total", help: "Reads that found none.", of: (t) => t.misses },
  { name: "writes_total", help: "Values written.", of: (t) => t.writes },
  { name: "deletes_total", help: "Entries deleted.", of: (t) => t.deletes },
  { name: "evictions_total", help: "Entries that had to go for others.", of: (t) => t.evictions },
  { name: "expirations_total", help: "Entries whose time was over.", of: (t) => t.expirations },
  { name: "invalidations_total", help: "Entries found invalid by a tag.", of: (t) => t.invalidations },
  { name: "cleared_total", help: "Entries removed by clearing.", of: (t) => t.cleared },
  { name: "table_errors_total", help: "Errors of the table's own upkeep.", of: (t) => t.errors },
  {
    name: "table_takeovers_total",
    help: "Dead threads whose locks others took over.",
    of: (t) => t.takeovers,
  },
  { name: "table_threads", help: "Threads attached to the table.", of: (t) => t.threads },
  { name: "memory_limit_bytes", help: "Memory that the table may take.", of: (t) => t.memory.total },
  {
    name: "memory_used_bytes",
    help: "Memory in use: index, segments, bookkeeping.",
    of: (t) => t.memory.used,
  },
  { name: "memory_live_bytes", help: "Bytes of items that are entries.", of: (t) => t.memory.live },
  { name: "memory_index_bytes", help: "Memory of the index.", of: (t) => t.memory.index },
];

const ofStore: readonly Definition<StoreFigures>[] = [
  { name: "snapshots_total", help: "Snapshots taken.", of: (s) => s.snapshots },
  { name: "snapshot_failures_total", help: "Snapshots that failed.", of: (s) => s.failures },
  {
    name: "snapshot_age_seconds",
    help: "Time since the last good snapshot began: what a crash would lose.",
    of: (s) => (s.ageMs === null ? null : s.ageMs / S),
  },
  {
    name: "snapshot_duration_seconds",
    help: "How long the last snapshot took.",
    of: (s) => s.durationMs / S,
  },
  { name: "snapshot_entries", help: "Entries of the last snapshot.", of: (s) => s.entries },
  { name: "snapshot_bytes", help: "Size of the last snapshot.", of: (s) => s.bytes },
  {
    name: "snapshot_missed_entries",
    help: "Entries left out of the last snapshot because they were rewritten all the time.",
    of: (s) => s.missed,
  },
  { name: "warm_start_entries", help: "Entries loaded when the server started.", of: (s) => s.loadedEntries },
  { name: "warm_start_seconds", help: "How long loading took.", of: (s) => s.loadMs / S },
  {
    name: "warm_start_damaged_blocks",
    help: "Blocks of the snapshot that were damaged and left out.",
    of: (s) => s.damagedBlocks,
  },
];

const ofL2: readonly Definition<L2Figures>[] = [
  { name: "l2_up", help: "Workers that L2 answers.", of: (l) => l.up },
  { name: "l2_behind", help: "Workers that do not hear what other servers write.", of: (l) => l.behind },
  { name: "l2_reads_total", help: "Keys that were asked of L2.", of: (l) => l.reads },
  { name: "l2_found_total", help: "Keys that L2 had.", of: (l) => l.found },
  { name: "l2_writes_total", help: "Writes to L2.", of: (l) => l.writes },
  { name: "l2_failures_total", help: "Calls that L2 did not answer.", of: (l) => l.failures },
  {
    name: "l2_away_reads_total",
    help: "Reads that were told that there is nothing, since L2 did not answer.",
    of: (l) => l.away,
  },
  {
    name: "l2_overtaken_total",
    help: "Values of L2 that were not kept, since they were written meanwhile.",
    of: (l) => l.overtaken,
  },
  { name: "l2_sent_total", help: "Messages to the other servers.", of: (l) => l.sent },
  { name: "l2_received_total", help: "Messages of the other servers.", of: (l) => l.received },
  {
    name: "l2_flushes_total",
    help: "Times that the table was cleared, since messages may have been missed.",
    of: (l) => l.flushes,
  },
];

const ofServer: readonly Definition<MetricsContext>[] = [
  { name: "uptime_seconds", help: "Time since the server started.", of: ({ fleet }) => fleet.uptime() },
  {
    name: "ready",
    help: "1 while the server takes requests, 0 while it starts, loads or drains.",
    of: ({ fleet }) => (fleet.state() === "ready" ? 1 : 0),
  },
  { name: "workers", help: "Workers that there should be.", of: ({ status }) => status.workers },
  { name: "workers_up", help: "Workers that accept connections.", of: ({ status }) => status.workersUp },
];

export function metricsText(context: MetricsContext): string {
  const { fleet, table } = context;
  const store = context.storeFigures();
  const l2 = context.l2Figures();
  return [
    ...familiesOf(ofServer, [context], () => undefined),
    requests(fleet.routes()),
    durations(fleet),
    ...familiesOf(perWorker, fleet.workers(), ({ worker }) => ({ worker })),
    ...familiesOf(ofTable, [table.stats()], () => undefined),
    ...familiesOf(ofStore, store.on ? [store] : [], () => undefined),
    ...familiesOf(ofL2, l2 === undefined ? [] : [l2], () => undefined),
    ...processFamilies(context),
  ].join("");
}

function familiesOf<Source>(
  definitions: readonly Definition<Source>[],
  sources: readonly Source[],
  labelsOf: (source: Source) => Sample[1],
): string[] {
  return definitions.map(({ name, help, of }) => {
    const samples = sources.flatMap((source): Sample[] => {
      const value = of(source);
      return value === null ? [] : [[value, labelsOf(source)]];
    });
    return (name.endsWith("_total") ? counter : gauge)(`stowage_${name}`, help, samples);
  });
}

/** Classes that every route has from the beginning, so that the first one that is counted shows as a rise. */
const usualClasses = ["2", "4", "5"];

function requests(routes: readonly RouteFigures[]): string {
  const samples = routes.flatMap(({ route, statuses }) => {
    const classes = new Set([...usualClasses, ...Object.keys(statuses)]);
    return [...classes].sort().map((each): Sample => [statuses[each] ?? 0, { route, status: `${each}xx` }]);
  });
  return counter("stowage_requests_total", "Requests answered, by route and class of status.", samples);
}

function durations(fleet: Fleet): string {
  const samples = fleet
    .histograms()
    .filter(({ counts }) => counts[boundsMs.length] > 0)
    .map(({ route, counts, sumMs }) => ({ labels: { route }, counts, sum: sumMs / S }));
  return histogram(
    "stowage_request_duration_seconds",
    "Time from the arrival of a request's bytes to its answer.",
    boundsMs.map((ms) => ms / S),
    samples,
  );
}

/** Under the names that Prometheus' own client libraries use, for dashboards that know them. */
function processFamilies({ fleet }: MetricsContext): string[] {
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  return [
    counter("process_cpu_seconds_total", "Processor time of all threads.", [[cpuSeconds]]),
    gauge("process_resident_memory_bytes", "Resident memory of the process.", [[process.memoryUsage.rss()]]),
    gauge("process_start_time_seconds", "When the server started, in seconds since 1970.", [
      [fleet.startedAt() / S],
    ]),
  ];
}
