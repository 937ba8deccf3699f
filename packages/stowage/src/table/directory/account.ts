/**
 * The bound on entries. A new entry is granted a place before it is linked, under the bucket's lock; one that is taken
 * out gives its place back. So there are never more entries than `max`, whatever threads do at the same moment.
 *
 * A thread that dies between the two leaves a place granted to nobody. Whoever takes over from it sets the number granted
 * to the number of entries; R_PENDING in each record says whose entry and place differ at the moment, and entries are
 * counted by thread, so that a moment is found at which nobody's do.
 */
import {
  C_RECORDS_HIGH,
  C_RESERVED,
  R_PENDING,
  R_STATE,
  RECORD_WORDS,
  RF_STATS,
  STATE_LIVE,
} from "../memory/layout.js";
import type { TableState } from "../state.js";
import { ENTRIES } from "../threads/stats.js";

/** So often a quiet moment is looked for; each look is a fraction of a microsecond. */
const LOOKS = 10_000;

/** Whether one entry more may be linked. `linkNew` ends what this begins, or `release` if it is not linked. */
export function reserve(t: TableState): boolean {
  if (t.entriesMax === Number.POSITIVE_INFINITY) return true;
  t.control[t.record + R_PENDING]++;
  if (Atomics.add(t.control, C_RESERVED, 1) < t.entriesMax) return true;
  release(t);
  return false;
}

/** An entry was taken out; `unlink` has begun this. */
export function release(t: TableState): void {
  if (t.entriesMax === Number.POSITIVE_INFINITY) return;
  Atomics.sub(t.control, C_RESERVED, 1);
  t.control[t.record + R_PENDING]--;
}

/** Sets what was granted to what there is; the dead one's record still says that it is not live. */
export function recountReserved(t: TableState): void {
  if (t.entriesMax === Number.POSITIVE_INFINITY) return;
  for (let looks = 0; looks < LOOKS; looks++) {
    const granted = Atomics.load(t.control, C_RESERVED);
    const counts = countsOf(t);
    if (anyPending(t) || !same(counts, countsOf(t))) continue;
    const entries = counts.reduce((sum, count) => sum + count, 0);
    if (Atomics.compareExchange(t.control, C_RESERVED, granted, entries) === granted) return;
  }
}

function countsOf(t: TableState): number[] {
  const counts: number[] = [];
  for (let record = 0; record < t.control[C_RECORDS_HIGH]; record++) {
    counts.push(t.controlDoubles[((t.recordsAt + record * RECORD_WORDS) >> 1) + RF_STATS + ENTRIES]);
  }
  return counts;
}

function anyPending(t: TableState): boolean {
  for (let record = 0; record < t.control[C_RECORDS_HIGH]; record++) {
    const at = t.recordsAt + record * RECORD_WORDS;
    if (Atomics.load(t.control, at + R_STATE) === STATE_LIVE && Atomics.load(t.control, at + R_PENDING) !== 0)
      return true;
  }
  return false;
}

function same(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((count, index) => count === others[index]);
}
