/** The summary over all traces as text: a row per trace, a column per policy. */
import { shortName } from "../corpus.js";
import type { Summary } from "../summary.js";
import { count, percent } from "./numbers.js";
import type { Paint } from "./paint.js";
import { table } from "./table.js";

export function summaryReport({ traces, policies }: Summary, paint: Paint): string {
  const heads = ["hits, % of optimum", ...policies.map(({ policy }) => policy)];
  const rows = traces.map(({ name }, index) => [
    shortName(name),
    ...policies.map(({ ofOptimum }) => percent(ofOptimum[index])),
  ]);
  const means = ["mean", ...policies.map(({ meanOfOptimum }) => percent(meanOfOptimum))];
  const sizes = traces.reduce((sum, { capacities }) => sum + capacities.length, 0);
  return [
    ...table(heads, [...rows, means], paint),
    "",
    paint.bold(`Furthest below LRU, in points of hit ratio, of ${sizes} sizes`),
    ...policies.map(({ policy, worstAgainstLru: { trace, capacity, points } }) => {
      const where = `${shortName(trace)} at ${count(capacity)}`;
      return `  ${policy.padEnd(10)}${points < 0 ? `${points.toFixed(2).padStart(7)}  ${where}` : "  never"}`;
    }),
  ].join("\n");
}
