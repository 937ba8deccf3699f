/** stats: sums over all threads there are and were. */
import { freeCount, highWater, indexBytes, liveBytes, stateOf } from "../log/segments.js";
import {
  C_SEGMENTS_USED,
  C_TAKEOVERS,
  CF_MEMORY,
  R_STATE,
  RECORD_WORDS,
  SEGMENT_CHAINED,
  SEGMENT_FREE,
  STATE_FREE,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import {
  countingSince,
  entriesOf,
  HITS,
  MISSES,
  type StatName,
  sinceReset,
  stat,
  statNames,
} from "../threads/stats.js";

export interface TableStats {
  /** Milliseconds since 1970 when counting began. */
  readonly since: number;
  /** Entries now, those that have expired and are still there among them. */
  readonly entries: number;
  /** Entries at most; null: as many as the memory holds. */
  readonly max: number | null;
  readonly hits: number;
  readonly misses: number;
  /** hits / (hits + misses); 0 before the first read. */
  readonly hitRate: number;
  readonly missRate: number;
  readonly writes: number;
  readonly deletes: number;
  readonly expirations: number;
  /** Entries found invalid by a tag. */
  readonly invalidations: number;
  readonly evictions: number;
  readonly cleared: number;
  /** Errors that reached no caller. */
  readonly errors: number;
  /** Threads attached now. */
  readonly threads: number;
  /** Dead threads whose locks and segments others took over, since the table was made. */
  readonly takeovers: number;
  readonly memory: {
    /** What was configured. */
    readonly total: number;
    /** Bookkeeping, segments and buckets in use. */
    readonly used: number;
    /** Bytes of items that are entries. */
    readonly live: number;
    readonly index: number;
    readonly segmentSize: number;
    readonly segments: number;
    readonly segmentsFree: number;
  };
  /** Everything that is counted, by name. */
  readonly counts: Readonly<Record<StatName, number>>;
}

export function stats(t: TableState): TableStats {
  const hits = sinceReset(t, HITS) + sinceReset(t, HITS + 1);
  const misses = sinceReset(t, MISSES);
  const reads = hits + misses;
  const since = (name: StatName) => sinceReset(t, stat(name));
  return {
    since: countingSince(t),
    entries: entriesOf(t),
    max: Number.isFinite(t.entriesMax) ? t.entriesMax : null,
    hits,
    misses,
    hitRate: reads === 0 ? 0 : hits / reads,
    missRate: reads === 0 ? 0 : misses / reads,
    writes: since("writes"),
    deletes: since("deletes"),
    expirations: since("expirations"),
    invalidations: since("invalidations"),
    evictions: since("evictions"),
    cleared: since("cleared"),
    errors: since("errors"),
    threads: attached(t),
    takeovers: t.control[C_TAKEOVERS],
    memory: memoryOf(t),
    counts: Object.fromEntries(statNames.map((name) => [name, since(name)])) as Record<StatName, number>,
  };
}

function memoryOf(t: TableState): TableStats["memory"] {
  const total = t.controlDoubles[CF_MEMORY];
  const segments = t.control[C_SEGMENTS_USED];
  const index = indexBytes(t);
  return {
    total,
    used: total - t.dataBytes + segments * t.segmentBytes + index,
    live: liveSum(t),
    index,
    segmentSize: t.segmentBytes,
    segments,
    segmentsFree: Math.max(0, freeCount(t)),
  };
}

function liveSum(t: TableState): number {
  let sum = 0;
  for (let segment = 0; segment < highWater(t); segment++) {
    const state = stateOf(t, segment);
    if (state !== SEGMENT_FREE && state !== SEGMENT_CHAINED) sum += liveBytes(t, segment);
  }
  return sum;
}

function attached(t: TableState): number {
  let count = 0;
  for (let thread = 0; thread < t.threads; thread++) {
    if (t.control[t.recordsAt + thread * RECORD_WORDS + R_STATE] !== STATE_FREE) count++;
  }
  return count;
}
