/**
 * Statistics: each thread counts in its own record, without atomics; readers sum over all records. A record keeps its
 * counts when its thread goes, and the next thread counts on from there, so that nothing has to be moved or can be lost.
 * `resetStats` notes the sums of the moment and subtracts them from then on.
 */
import {
  C_RECORDS_HIGH,
  CF_BASELINE,
  CF_CREATED,
  CF_RESET,
  RECORD_WORDS,
  RF_STATS,
} from "../memory/layout.js";
import type { TableState } from "../state.js";

/** Names in the order of the record's doubles. The first ones have constants, for the hot paths. */
export const statNames = [
  "entries",
  "hitsWindow",
  "hitsMain",
  "misses",
  "added",
  "writes",
  "deletes",
  "expirations",
  "invalidations",
  "evictions",
  "cleared",
  "refused",
  "retries",
  "lockWaits",
  "lockReads",
  "splits",
  "copiedBytes",
  "copiedItems",
  "segmentsEvicted",
  "segmentsCleaned",
  "janitorRuns",
  "leases",
  "leaseRefusals",
  "tagsInvalidated",
  "errors",
  "orphans",
  "entriesExamined",
  "overwritesWindow",
  "overwritesMain",
] as const;

export type StatName = (typeof statNames)[number];

export const ENTRIES = 0;
/** Indexed by the log of the item's segment. */
export const HITS = 1;
export const MISSES = 3;
export const ADDED = 4;
export const WRITES = 5;
export const DELETES = 6;
export const EXPIRATIONS = 7;
export const INVALIDATIONS = 8;
export const EVICTIONS = 9;
export const CLEARED = 10;
export const REFUSED = 11;
export const RETRIES = 12;
export const LOCK_WAITS = 13;
export const LOCK_READS = 14;
export const SPLITS = 15;
/** Indexed by the log of the segment of the item that was replaced. */
export const OVERWRITES = statNames.indexOf("overwritesWindow");

/** For the rest: `t.own[stat("leases")]++`. */
export function stat(name: StatName): number {
  return statNames.indexOf(name);
}

/** The sum over all threads there ever were, never reset. */
export function total(t: TableState, index: number): number {
  const doubles = t.controlDoubles;
  const end = (t.recordsAt + t.control[C_RECORDS_HIGH] * RECORD_WORDS) >> 1;
  let sum = 0;
  for (let at = t.recordsAt >> 1; at < end; at += RECORD_WORDS >> 1) sum += doubles[at + RF_STATS + index];
  return sum;
}

/**
 * Entries that are there. While other threads write, their counts are read one after the other, so the sum may be off by
 * what changed meanwhile; never beyond what can be there.
 */
export function entriesOf(t: TableState): number {
  return Math.min(t.entriesMax, Math.max(0, total(t, ENTRIES)));
}

/** The sum since `resetStats`. */
export function sinceReset(t: TableState, index: number): number {
  return total(t, index) - t.controlDoubles[CF_BASELINE + index];
}

export function resetStats(t: TableState): void {
  for (let index = 1; index < statNames.length; index++) {
    t.controlDoubles[CF_BASELINE + index] = total(t, index);
  }
  t.controlDoubles[CF_RESET] = t.timekeeper.clock.wall();
}

export function countingSince(t: TableState): number {
  return t.controlDoubles[CF_RESET] || t.controlDoubles[CF_CREATED];
}
