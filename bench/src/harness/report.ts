/** The result as text: figures, ratios, bars, noise. Pure: from the result to a string. */
import type { Verdict } from "./bars.js";
import type { BenchResult } from "./result.js";
import type { Suite } from "./suite.js";
import type { Cell, RowResult, Unit } from "./types.js";

type CellText = (cell: Cell, row: RowResult) => string;
type Texts = Pick<Suite<object>, "contenders" | "comparisons" | "text">;

export function report(suite: Texts, result: BenchResult): string {
  const { units, marks, remarks } = suite.text;
  const parts = [
    heading(result),
    table(suite, result, units, figureText, (row) => row.unit !== "pass"),
    marks,
    ...suite.comparisons.map(({ to, title }) => ratioTable(suite, result, title, to)),
    table(suite, result, "probes", passText, (row) => row.unit === "pass"),
    remarks(result.rows),
    leftOut(result),
    barLines(result.bars),
    noise(result),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function heading({ node, machine, versions, date, rounds, elapsedSeconds, quick }: BenchResult): string {
  const pinned = machine.pinnedToCore === null ? "not pinned" : `pinned to core ${machine.pinnedToCore}`;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${pinned}, ${date}`,
    `${rounds} round(s) in ${elapsedSeconds} s; ${peers.join(", ")}`,
    ...(quick ? ["QUICK RUN: smaller than the row names say, one round; not for quoting"] : []),
  ].join("\n");
}

/** Empty where there are no such rows. */
function table(
  { contenders }: Texts,
  result: BenchResult,
  title: string,
  text: CellText,
  isWanted: (row: RowResult) => boolean,
): string {
  const rowResults = Object.values(result.rows).filter(isWanted);
  if (rowResults.length === 0) return "";
  const names = Object.keys(result.versions);
  const lines = [
    [title, ...names.map((name) => contenders[name].heading)],
    ...rowResults.map((row) => [
      row.unit === "pass" ? row.title : `${row.title} (${row.unit})`,
      ...names.map((name) => {
        const cell = row.contenders[name];
        return cell === undefined ? "" : text(cell, row);
      }),
    ]),
  ];
  return aligned(lines);
}

/** Lines of a table under its headings. First column to the left under its title, the others to the right. */
export function aligned([[title, ...headings], ...body]: string[][]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...body.map((line) => line[column + 1].length)),
  );
  const labelWidth = Math.max(...body.map((line) => line[0].length));
  const format = ([label, ...cells]: string[]) =>
    [label.padEnd(labelWidth), ...cells.map((cell, column) => cell.padStart(widths[column]))].join("  ");
  return [title, format(["", ...headings]), ...body.map(format)].join("\n");
}

const fractionDigits: Record<Unit, number> = {
  ns: 1,
  bytes: 1,
  ms: 2,
  MB: 1,
  "MB/s": 0,
  "ops/s": 0,
  pass: 0,
};

const figureText: CellText = (cell, row) => {
  if ("cannot" in cell) return "–";
  if ("tooSlow" in cell) return "too slow";
  if ("leftOut" in cell) return "left out";
  if ("failed" in cell) return "failed";
  return threeDigits(cell.median, fractionDigits[row.unit]) + (cell.reduced ? "*" : "");
};

const passText: CellText = (cell, row) => {
  if (!("median" in cell)) return figureText(cell, row);
  return cell.median === 1 ? "pass" : "FAIL";
};

/** Without the rows that have nothing to compare with. */
function ratioTable(suite: Texts, result: BenchResult, title: string, to: string): string {
  const isCompared = (row: RowResult) =>
    row.unit !== "pass" &&
    Object.values(row.contenders).some((cell) => "median" in cell && to in cell.ratioTo);
  const text: CellText = (cell) =>
    "median" in cell && to in cell.ratioTo ? threeDigits(cell.ratioTo[to], 2) : "–";
  return table(suite, result, title, text, isCompared);
}

/** 9.53 and 95.3 and 953: more digits would be noise. */
function threeDigits(value: number, fractionDigitsMax: number): string {
  const integerDigits = Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1;
  return value.toFixed(Math.min(fractionDigitsMax, Math.max(0, 3 - integerDigits)));
}

/** Each reason once, with the contenders that it keeps out. */
function leftOut({ rows }: BenchResult): string {
  const reasons = new Map<string, Set<string>>();
  for (const { contenders } of Object.values(rows)) {
    for (const [name, cell] of Object.entries(contenders)) {
      if (!("leftOut" in cell)) continue;
      reasons.set(cell.leftOut, (reasons.get(cell.leftOut) ?? new Set()).add(name));
    }
  }
  return [...reasons].map(([reason, names]) => `left out: ${[...names].join(", ")}: ${reason}`).join("\n");
}

const testSigns: Record<Verdict["test"], string> = { below: "<", atMost: "<=", atLeast: ">=" };

function barLines(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter((verdict) => verdict.passed !== null);
  const missed = judged.filter((verdict) => !verdict.passed);
  const lines = judged.map(({ passed, what, row, value, test, limit }) => {
    const number = (value ?? 0).toFixed(Math.abs(value ?? 0) < 10 ? 3 : 1);
    return `${passed ? "pass" : "MISS"}  ${row.padEnd(22)} ${what}: ${number} (${testSigns[test]} ${limit})`;
  });
  const unjudged = verdicts.length - judged.length;
  const rest = unjudged === 0 ? "" : `; ${unjudged} had nothing to judge in this run`;
  return ["bars", ...lines, `${judged.length - missed.length} of ${judged.length} bars passed${rest}`].join(
    "\n",
  );
}

/** How far the rounds lie apart, and how much of the wall time went to other processes. */
function noise(result: BenchResult): string {
  const spreads: { where: string; spread: number }[] = [];
  const busy: number[] = [];
  for (const [row, { contenders: cells }] of Object.entries(result.rows)) {
    for (const [name, cell] of Object.entries(cells)) {
      if (!("median" in cell)) continue;
      // Where the figure is CPU time, the wall time beside it says how much was taken by others.
      if (cell.extra.cpuNs === cell.median) busy.push(cell.extra.wallNs / cell.median);
      if (cell.figures.length > 1) spreads.push({ where: `${name} on ${row}`, spread: cell.max / cell.min });
    }
  }
  const lines: string[] = [];
  if (spreads.length > 0) {
    spreads.sort((a, b) => a.spread - b.spread);
    const [typical, widest] = [spreads[spreads.length >> 1], spreads[spreads.length - 1]];
    const widestText = `${widest.spread.toFixed(2)} (${widest.where})`;
    lines.push(
      `noise: slowest to fastest round ${typical.spread.toFixed(2)} in the middle, ${widestText} at most`,
    );
  }
  if (busy.length > 0) {
    busy.sort((a, b) => a - b);
    lines.push(
      `wall time to CPU time: ${busy[busy.length >> 1].toFixed(2)} in the middle, ${busy[busy.length - 1].toFixed(2)} at most`,
    );
  }
  return lines.join("\n");
}
