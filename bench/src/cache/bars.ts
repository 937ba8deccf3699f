/**
 * What Stowage has to reach, as one table, and the judging of a result against it. A missed bar is printed, not
 * thrown: a benchmark on a busy machine must not fail a build.
 */
import type { ContenderName } from "./contenders/index.js";
import type { BenchResult } from "./result.js";
import { type RowName, rowNames, rows } from "./rows.js";

export interface Bar {
  what: string;
  rows: readonly RowName[];
  /** What is judged: the figure itself, its ratio to another contender's, or how far it (or the hit ratio) is above. */
  of: "figure" | "ratio" | "excess" | "hitRatioExcess";
  against?: ContenderName;
  /** Passed where the judged number is below (or at most, or at least) that. */
  test: "below" | "atMost" | "atLeast";
  limit: number;
}

const timeRows = rowNames.filter((row) => rows[row].unit === "ns");

export const bars: readonly Bar[] = [
  {
    what: "faster than lru-cache",
    rows: timeRows,
    of: "ratio",
    against: "lru-cache",
    test: "below",
    limit: 1,
  },
  {
    what: "at least twice as fast as lru-cache",
    rows: ["get-or-set-1m", "get-or-set-1m-fresh"],
    of: "ratio",
    against: "lru-cache",
    test: "atMost",
    limit: 0.5,
  },
  {
    what: "a hit ratio above lru-cache's",
    rows: ["get-or-set-1m"],
    of: "hitRatioExcess",
    against: "lru-cache",
    test: "atLeast",
    limit: 0,
  },
  {
    what: "within 1.3x of a bare Map",
    rows: ["get-hit-10k", "get-hit-10k-fresh", "get-hit-1m", "get-hit-1m-fresh"],
    of: "ratio",
    against: "map",
    test: "atMost",
    limit: 1.3,
  },
  {
    what: "less heap than lru-cache",
    rows: ["heap-1m", "heap-1m-ttl"],
    of: "ratio",
    against: "lru-cache",
    test: "below",
    limit: 1,
  },
  { what: "below 58 bytes an entry", rows: ["heap-1m"], of: "figure", test: "below", limit: 58 },
  { what: "below 74 bytes an entry", rows: ["heap-1m-ttl"], of: "figure", test: "below", limit: 74 },
  {
    what: "no stall over 5 ms",
    rows: ["stall-2m", "stall-2m-bounded"],
    of: "figure",
    test: "atMost",
    limit: 5,
  },
  {
    // V8 stops the world to move the new strings that are kept, whatever keeps them.
    what: "no stall over 5 ms beyond that of bare arrays",
    rows: ["stall-2m-fresh", "stall-2m-bounded-fresh"],
    of: "excess",
    against: "arrays",
    test: "atMost",
    limit: 5,
  },
];

export interface Verdict {
  what: string;
  row: RowName;
  /** The judged number; null where it was not measured, or there is nothing to compare with. */
  value: number | null;
  test: Bar["test"];
  limit: number;
  passed: boolean | null;
}

export function judge(results: BenchResult["rows"]): Verdict[] {
  return bars.flatMap((bar) =>
    bar.rows.map((row) => {
      const value = judged(bar, row, results);
      const passed = value === null ? null : passes[bar.test](value, bar.limit);
      return { what: bar.what, row, value, test: bar.test, limit: bar.limit, passed };
    }),
  );
}

const passes: Record<Bar["test"], (value: number, limit: number) => boolean> = {
  below: (value, limit) => value < limit,
  atMost: (value, limit) => value <= limit,
  atLeast: (value, limit) => value >= limit,
};

function judged(bar: Bar, row: RowName, results: BenchResult["rows"]): number | null {
  const own = measured(results, row, "stowage");
  if (own === undefined) return null;
  if (bar.of === "figure") return own.median;
  const other = measured(results, row, bar.against ?? "stowage");
  if (other === undefined) return null;
  if (bar.of === "ratio") return own.median / other.median;
  if (bar.of === "excess") return own.median - other.median;
  return own.extra.hitRatio - other.extra.hitRatio;
}

function measured(results: BenchResult["rows"], row: RowName, name: ContenderName) {
  const cell = results[row]?.contenders[name];
  return cell !== undefined && "median" in cell ? cell : undefined;
}
