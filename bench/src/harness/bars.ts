/**
 * Judges a result against the bars of its benchmark. A missed bar is printed, not thrown: a benchmark on a busy
 * machine must not fail a build.
 */
import type { Bar } from "./suite.js";
import type { RowResults } from "./types.js";

export interface Verdict {
  what: string;
  row: string;
  /** The judged number; null where it was not measured, or there is nothing to compare with. */
  value: number | null;
  test: Bar["test"];
  limit: number;
  passed: boolean | null;
}

export function judge(bars: readonly Bar[], subject: string, results: RowResults): Verdict[] {
  return bars.flatMap((bar) =>
    bar.rows.map((row) => {
      const value = judged(bar, row, subject, results);
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

function judged(bar: Bar, row: string, subject: string, results: RowResults): number | null {
  const own = measured(results, row, subject);
  if (own === undefined) return null;
  const extra = bar.extra ?? "";
  if (bar.of === "figure") return own.median;
  if (bar.of === "extra") return own.extra[extra] ?? null;
  const other = measured(results, row, bar.against ?? subject);
  if (other === undefined) return null;
  if (bar.of === "ratio") return own.median / other.median;
  if (bar.of === "excess") return own.median - other.median;
  return own.extra[extra] - other.extra[extra];
}

function measured(results: RowResults, row: string, name: string) {
  const cell = results[row]?.contenders[name];
  return cell !== undefined && "median" in cell ? cell : undefined;
}
