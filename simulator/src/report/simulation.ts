/** One trace's simulation as text: heading, table, plot. */
import type { Line, Simulation } from "../simulation.js";
import { median } from "../simulation.js";
import { bar } from "./bars.js";
import { lineChart } from "./chart.js";
import { count, millions, percent } from "./numbers.js";
import type { Paint } from "./paint.js";
import { table } from "./table.js";

const WIDTH = 80;

export function simulationReport(simulation: Simulation, paint: Paint, plot: boolean): string {
  const { trace, capacities, lines } = simulation;
  const heading = `${paint.bold(trace.name)}: ${count(trace.requests)} requests of ${count(trace.keys)} keys (${trace.format})`;
  const heads = ["hit ratio, % at", ...capacities.map(count), "Mreq/s"];
  const rows = lines.map((line) => [
    line.policy,
    ...line.points.map(({ hitRatio }) => percent(hitRatio)),
    speedOf(line),
  ]);
  const parts = [heading, "", ...table(heads, rows, paint)];
  if (plot) parts.push("", ...plotOf(simulation, paint));
  return parts.join("\n");
}

/** Requests a second in millions, the median over the capacities. */
function speedOf({ points }: Line): string {
  const speeds = points.flatMap(({ requestsPerSecond }) => requestsPerSecond ?? []);
  return speeds.length === 0 ? "–" : millions(median(speeds));
}

/** Lines over several capacities; bars at a single one. */
function plotOf({ capacities, lines }: Simulation, paint: Paint): string[] {
  if (capacities.length > 1) {
    const series = lines.map(({ policy, points }) => ({
      label: policy,
      values: points.map(({ hitRatio }) => hitRatio),
    }));
    return lineChart(capacities, series, WIDTH, paint);
  }
  const nameWidth = Math.max(...lines.map(({ policy }) => policy.length));
  const scale = Math.max(...lines.map(({ points }) => points[0].hitRatio), Number.MIN_VALUE);
  return lines.map(({ policy, points }, index) => {
    const [{ hitRatio }] = points;
    const drawn = bar(hitRatio / scale, WIDTH - nameWidth - 9);
    return `${policy.padEnd(nameWidth)}  ${paint.line(index, drawn)} ${percent(hitRatio)}`;
  });
}
