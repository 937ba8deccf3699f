/**
 * A line chart for the terminal: hit ratio by capacity, a line per policy.
 *
 * Each line is named where it ends, at the right, and carries a letter at each capacity: readable without colours. Where
 * lines meet, the one given first is on top. Capacities stand at even distances, whatever their values.
 */
import { Canvas } from "./canvas.js";
import { count } from "./numbers.js";
import type { Paint } from "./paint.js";

export interface Series {
  readonly label: string;
  /** A ratio, 0 to 1, for each capacity. */
  readonly values: readonly number[];
}

const AXIS_WIDTH = 6;
const TICKS_MAX = 6;
const ROWS_ABOUT = 15;
/** Steps of the percent axis, of which the smallest that needs no more than TICKS_MAX is taken. */
const TICK_STEPS = [1, 2, 5, 10, 20];

/** The lines of the chart, none wider than `width`. */
export function lineChart(
  capacities: readonly number[],
  series: readonly Series[],
  width: number,
  paint: Paint,
): string[] {
  const marks = lettersFor(series.map(({ label }) => label));
  const labelWidth = 3 + Math.max(...series.map(({ label }) => label.length));
  const scale = scaleFor(
    series.flatMap(({ values }) => values),
    series.length,
  );
  const canvas = new Canvas(width - AXIS_WIDTH - labelWidth, scale.rows);
  const place = (index: number): number =>
    (index * (canvas.columns - 1)) / Math.max(1, capacities.length - 1) + 0.25;
  drawAll(canvas, series, marks, place, scale.rowOf);
  const names = namesByRow(series, marks, scale, paint);
  const rows = names.map((name, row) =>
    `${axisAt(scale, row, paint)}${canvas.row(row, paint)} ${name}`.trimEnd(),
  );
  return [paint.dim("hit ratio, %"), ...rows, ...capacityAxis(capacities, canvas.columns, place, paint)];
}

function drawAll(
  canvas: Canvas,
  series: readonly Series[],
  marks: readonly string[],
  place: (index: number) => number,
  rowOf: (value: number) => number,
): void {
  for (let line = series.length - 1; line >= 0; line--) {
    const rows = series[line].values.map(rowOf);
    for (let at = 1; at < rows.length; at++)
      canvas.line(line, place(at - 1), rows[at - 1], place(at), rows[at]);
  }
  for (let line = series.length - 1; line >= 0; line--) {
    for (const [at, value] of series[line].values.entries())
      canvas.mark(line, place(at), rowOf(value), marks[line]);
  }
}

interface Scale {
  readonly rows: number;
  readonly rowsPerTick: number;
  readonly topPercent: number;
  readonly stepPercent: number;
  /** The row of a ratio, with the fraction inside the row. */
  rowOf(value: number): number;
}

function scaleFor(values: readonly number[], labels: number): Scale {
  const [low, high] = [Math.min(...values) * 100, Math.max(...values) * 100];
  const ticksAt = (step: number): number => Math.max(1, Math.ceil(high / step) - Math.floor(low / step));
  const stepPercent = TICK_STEPS.find((step) => ticksAt(step) <= TICKS_MAX) ?? 20;
  const ticks = ticksAt(stepPercent);
  const rowsPerTick = Math.ceil(Math.max(ROWS_ABOUT, labels) / ticks);
  const topPercent = (Math.floor(low / stepPercent) + ticks) * stepPercent;
  const rows = ticks * rowsPerTick + 1;
  const rowOf = (value: number): number => ((topPercent - value * 100) / stepPercent) * rowsPerTick + 0.5;
  return { rows, rowsPerTick, topPercent, stepPercent, rowOf };
}

/** `100 ┤` at a tick, a bare axis elsewhere. */
function axisAt({ rowsPerTick, topPercent, stepPercent }: Scale, row: number, paint: Paint): string {
  const isTick = row % rowsPerTick === 0;
  const percent = topPercent - (row / rowsPerTick) * stepPercent;
  return paint.dim(isTick ? `${String(percent).padStart(AXIS_WIDTH - 2)} ┤` : "│".padStart(AXIS_WIDTH));
}

/** Each line's name beside its end; names that would share a row move down, and up again from the bottom. */
function namesByRow(
  series: readonly Series[],
  marks: readonly string[],
  { rows, rowOf }: Scale,
  paint: Paint,
): string[] {
  const ends = series.map(({ label, values }, line) => ({
    line,
    label,
    row: Math.floor(rowOf(values.at(-1) as number)),
  }));
  ends.sort((a, b) => a.row - b.row || a.line - b.line);
  ends.forEach((end, at) => {
    if (at > 0) end.row = Math.max(end.row, ends[at - 1].row + 1);
  });
  for (let at = ends.length - 1; at >= 0; at--) {
    ends[at].row = Math.min(ends[at].row, at === ends.length - 1 ? rows - 1 : ends[at + 1].row - 1);
  }
  const names = Array<string>(rows).fill("");
  for (const { line, label, row } of ends) names[row] = paint.line(line, `${marks[line]} ${label}`);
  return names;
}

function capacityAxis(
  capacities: readonly number[],
  columns: number,
  place: (index: number) => number,
  paint: Paint,
): string[] {
  const ticks = Array<string>(columns).fill("─");
  const text = Array<string>(columns).fill(" ");
  let free = 0;
  capacities.forEach((capacity, index) => {
    const label = count(capacity);
    const column = Math.floor(place(index));
    ticks[column] = "┬";
    const start = Math.max(0, Math.min(columns - label.length, column - Math.floor(label.length / 2)));
    if (start < free) return;
    text.splice(start, label.length, ...label);
    free = start + label.length + 1;
  });
  const indent = " ".repeat(AXIS_WIDTH);
  return [
    paint.dim(`${" ".repeat(AXIS_WIDTH - 1)}└${ticks.join("")}`),
    paint.dim(`${indent}${text.join("")} entries`.trimEnd()),
  ];
}

/** A letter for each label: the first of its own characters that no label before it took. */
function lettersFor(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    const own =
      [...label.toUpperCase()].find((letter) => /[A-Z0-9]/.test(letter) && !taken.has(letter)) ?? "•";
    taken.add(own);
    return own;
  });
}
