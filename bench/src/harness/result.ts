/** The result of a run, as the JSON file holds it: who, where, when, what was measured, and how much it varied. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, type as osType, release, totalmem } from "node:os";
import { join } from "node:path";
import { judge, type Verdict } from "./bars.js";
import { zipfSkew } from "./sequences.js";
import type { ContenderInfo, Suite } from "./suite.js";
import { median, summarize } from "./summary.js";
import type { Cell, Collected, CollectedTable, RowResult, RowResults } from "./types.js";

export interface BenchResult<Settings extends object = object> {
  benchmark: string;
  date: string;
  quick: boolean;
  node: string;
  machine: { cpu: string; cores: number; memoryBytes: number; system: string; pinnedToCore: number | null };
  versions: Record<string, string>;
  rounds: number;
  elapsedSeconds: number;
  settings: Settings & { zipfSkew: number };
  rows: RowResults;
  bars: Verdict[];
}

export interface ResultOptions<Settings extends object> {
  suite: Suite<Settings>;
  quick: boolean;
  node: string;
  core: number | null;
  rounds: number;
  elapsedSeconds: number;
  settings: Settings;
  table: CollectedTable;
}

export function assembleResult<Settings extends object>(
  options: ResultOptions<Settings>,
): BenchResult<Settings> {
  const { suite, settings, table, node } = options;
  const ran = [...table.values()];
  const names = Object.keys(suite.contenders).filter((name) => ran.some((cells) => cells.has(name)));
  const rows = Object.fromEntries(
    [...table].map(([row, cells]) => [row, rowResult(row, cells, suite, settings)]),
  );
  return {
    benchmark: suite.name,
    date: new Date().toISOString(),
    quick: options.quick,
    node,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${osType()} ${release()}`,
      pinnedToCore: options.core,
    },
    versions: Object.fromEntries(names.map((name) => [name, versionOf(suite.contenders[name]) ?? node])),
    rounds: options.rounds,
    elapsedSeconds: Math.round(options.elapsedSeconds),
    settings: { ...settings, zipfSkew },
    rows,
    bars: judge(suite.bars, suite.subject, rows),
  };
}

function rowResult<Settings extends object>(
  row: string,
  cells: Map<string, Collected>,
  suite: Suite<Settings>,
  settings: Settings,
): RowResult {
  const compared = suite.comparisons.flatMap(({ to }) => {
    const figures = cells.get(to)?.outcomes.map(({ figure }) => figure) ?? [];
    return figures.length > 0 ? [{ to, figure: median(figures) }] : [];
  });
  const toCell = (name: string, { missing, outcomes }: Collected): Cell => {
    if (missing !== undefined) return missing;
    const figures = outcomes.map(({ figure }) => figure);
    const summary = summarize(figures);
    const part = suite.part(row, name, settings);
    return {
      ...summary,
      figures,
      reduced: "reduced" in part && part.reduced === true,
      ratioTo: Object.fromEntries(compared.map(({ to, figure }) => [to, summary.median / figure])),
      extra: medianExtras(outcomes),
    };
  };
  const { title, unit } = suite.rows[row];
  const entries = [...cells].map(([name, collected]) => [name, toCell(name, collected)]);
  return { title, unit, contenders: Object.fromEntries(entries) };
}

function medianExtras(outcomes: Collected["outcomes"]): Record<string, number> {
  const names = Object.keys(outcomes[0].extra ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(outcomes.map(({ extra }) => extra?.[name] ?? 0))]),
  );
}

/** undefined: built into Node. */
function versionOf({ package: wanted, version }: ContenderInfo): string | undefined {
  if (version !== undefined) return version();
  if (wanted === null) return undefined;
  // Most packages do not export their package.json, so it is looked for where Node would look.
  for (const folder of createRequire(import.meta.url).resolve.paths(wanted) ?? []) {
    try {
      return JSON.parse(readFileSync(join(folder, wanted, "package.json"), "utf8")).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`${wanted} is not installed; run npm ci`);
}
