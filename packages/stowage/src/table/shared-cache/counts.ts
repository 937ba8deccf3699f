/**
 * What the threads of a shared cache count: a row of doubles in shared memory for each, so that counting is an addition to
 * memory of one's own. `stats()` sums the rows; `resetStats()` notes the sums of the moment, which are subtracted from
 * then on. Nothing is ever zeroed, so no thread's addition can be lost.
 *
 *     row 0 the sums at the last reset, and when that was   |   row 1.. one a thread number
 *
 * A thread number's row goes on when another thread gets the number.
 */
import { type Counts, reportOf, verbIndex } from "../../cache/services/stats.js";
import type { CacheStats, ErrorSource, RemovalCause } from "../../cache/types.js";

const fields = [
  "hits",
  "misses",
  "writes",
  "deletes",
  "stale",
  "loadsOk",
  "loadsFailed",
  "loadsOvertaken",
  "loadMs",
  "droppedEvents",
  "getHits",
  "getMisses",
  "sets",
  "expired",
  "evicted",
  "removed",
  "replaced",
  "cleared",
] as const;
const errorSources: readonly ErrorSource["source"][] = ["hook", "listener", "warmer", "loader", "recorder"];
const causes: Readonly<Record<RemovalCause, (typeof fields)[number]>> = {
  expired: "expired",
  evicted: "evicted",
  deleted: "removed",
  replaced: "replaced",
  cleared: "cleared",
};

const ERRORS = fields.length;
const CALLS = ERRORS + errorSources.length;
const VERBS = Object.keys(verbIndex).length;
const SINCE = CALLS + VERBS;
/** Whole cache lines, so that threads do not write to the same one. */
const ROW = Math.ceil((SINCE + 1) / 8) * 8;

export function countsBytes(threads: number): number {
  return (threads + 1) * ROW * 8;
}

/** One row, under the names that the services of a cache count by. */
class Row {
  readonly calls: Float64Array;
  readonly errors: Record<ErrorSource["source"], number>;
  /** When counting began, in milliseconds since 1970. */
  since = 0;
  // Accessors of the prototype, below: each reads and writes its double of the row.
  declare hits: number;
  declare misses: number;
  declare writes: number;
  declare deletes: number;
  declare stale: number;
  declare loadsOk: number;
  declare loadsFailed: number;
  declare loadsOvertaken: number;
  declare loadMs: number;
  declare droppedEvents: number;
  declare getHits: number;
  declare getMisses: number;
  declare sets: number;
  declare expired: number;
  declare evicted: number;
  declare removed: number;
  declare replaced: number;
  declare cleared: number;

  constructor(readonly row: Float64Array) {
    this.calls = row.subarray(CALLS, CALLS + VERBS);
    this.errors = errorsOf(row);
  }
}
for (const [index, field] of fields.entries()) {
  Object.defineProperty(Row.prototype, field, {
    get(this: Row): number {
      return this.row[index];
    },
    set(this: Row, count: number) {
      this.row[index] = count;
    },
  });
}

/** What this thread counts; and, for reports, what all have counted. */
export class SharedCounts extends Row implements Counts {
  readonly enabled: boolean;
  readonly #all: Float64Array;

  constructor(memory: SharedArrayBuffer, thread: number, enabled: boolean) {
    const all = new Float64Array(memory);
    super(all.subarray((thread + 1) * ROW, (thread + 2) * ROW));
    this.enabled = enabled;
    this.#all = all;
  }

  countRemoval(cause: RemovalCause): void {
    this[causes[cause]]++;
  }

  /** Begins anew, for all threads. */
  reset(since: number): void {
    this.#all.set(this.#sums(), 0);
    this.#all[SINCE] = since;
  }

  /** All threads' counts since the last reset; `removed` are those that only the table knows of. */
  report(
    removed: { readonly expired: number; readonly evicted: number } = { expired: 0, evicted: 0 },
  ): CacheStats {
    const total = new Row(this.#sums().map((sum, index) => sum - this.#all[index]));
    total.since = this.#all[SINCE];
    total.expired = removed.expired;
    total.evicted = removed.evicted;
    return reportOf(total);
  }

  #sums(): Float64Array {
    const sums = new Float64Array(SINCE);
    for (let at = ROW; at < this.#all.length; at += ROW) {
      for (let index = 0; index < SINCE; index++) sums[index] += this.#all[at + index];
    }
    return sums;
  }
}

function errorsOf(row: Float64Array): Record<ErrorSource["source"], number> {
  const errors = {} as Record<ErrorSource["source"], number>;
  for (const [index, source] of errorSources.entries()) {
    Object.defineProperty(errors, source, {
      enumerable: true,
      get: () => row[ERRORS + index],
      set: (count: number) => {
        row[ERRORS + index] = count;
      },
    });
  }
  return errors;
}
