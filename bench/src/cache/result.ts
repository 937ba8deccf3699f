/** The result of a run, as the JSON file holds it: who, where, when, what was measured, and how much it varied. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, type as osType, release, totalmem } from "node:os";
import { join } from "node:path";
import { median, type Summary, summarize } from "../harness/summary.js";
import { judge, type Verdict } from "./bars.js";
import { type ContenderName, contenderNames, contenders } from "./contenders/index.js";
import type { Collected, CollectedTable, Missing } from "./rounds.js";
import { type Row, type RowName, rows } from "./rows.js";
import { type Settings, zipfSkew } from "./settings.js";

/** What one contender reached on one row: figures, or why there are none. */
export type Cell =
  | (Summary & {
      /** One for each round, in order. */
      figures: number[];
      /** Measured with a fifth of the entries. */
      reduced: boolean;
      ratioToLruCache: number | null;
      ratioToMap: number | null;
      /** Medians of what else the row tells: wallNs, ops, hitRatio, worstSetMs, ... */
      extra: Record<string, number>;
    })
  | Missing;

export interface RowResult {
  title: string;
  unit: Row["unit"];
  contenders: Partial<Record<ContenderName, Cell>>;
}

export interface BenchResult {
  benchmark: "cache";
  date: string;
  quick: boolean;
  node: string;
  machine: { cpu: string; cores: number; memoryBytes: number; system: string; pinnedToCore: number | null };
  versions: Partial<Record<ContenderName, string>>;
  rounds: number;
  elapsedSeconds: number;
  settings: Settings & { zipfSkew: number };
  rows: Partial<Record<RowName, RowResult>>;
  bars: Verdict[];
}

export interface ResultOptions {
  quick: boolean;
  node: string;
  core: number | null;
  rounds: number;
  elapsedSeconds: number;
  settings: Settings;
  table: CollectedTable;
}

export function assembleResult(options: ResultOptions): BenchResult {
  const names = contenderNames.filter((name) => [...options.table.values()].some((cells) => cells.has(name)));
  const rowResults = Object.fromEntries(
    [...options.table].map(([row, cells]) => [row, rowResult(row, cells)]),
  );
  return {
    benchmark: "cache",
    date: new Date().toISOString(),
    quick: options.quick,
    node: options.node,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${osType()} ${release()}`,
      pinnedToCore: options.core,
    },
    versions: Object.fromEntries(names.map((name) => [name, versionOf(name) ?? options.node])),
    rounds: options.rounds,
    elapsedSeconds: Math.round(options.elapsedSeconds),
    settings: { ...options.settings, zipfSkew },
    rows: rowResults,
    bars: judge(rowResults),
  };
}

function rowResult(row: RowName, cells: Map<ContenderName, Collected>): RowResult {
  const medianOf = (name: ContenderName) => {
    const figures = cells.get(name)?.outcomes.map(({ figure }) => figure) ?? [];
    return figures.length > 0 ? median(figures) : undefined;
  };
  const lruCache = medianOf("lru-cache");
  const map = medianOf("map");
  const toCell = (name: ContenderName, collected: Collected): Cell => {
    if (collected.missing !== undefined) return collected.missing;
    const figures = collected.outcomes.map(({ figure }) => figure);
    const summary = summarize(figures);
    return {
      ...summary,
      figures,
      reduced: "slow" in contenders[name] && "reducible" in rows[row],
      ratioToLruCache: lruCache === undefined ? null : summary.median / lruCache,
      ratioToMap: map === undefined ? null : summary.median / map,
      extra: medianExtras(collected),
    };
  };
  const { title, unit } = rows[row];
  const entries = [...cells].map(([name, collected]) => [name, toCell(name, collected)]);
  return { title, unit, contenders: Object.fromEntries(entries) };
}

function medianExtras({ outcomes }: Collected): Record<string, number> {
  const names = Object.keys(outcomes[0].extra ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(outcomes.map(({ extra }) => extra?.[name] ?? 0))]),
  );
}

/** undefined: built into Node. */
function versionOf(name: ContenderName): string | undefined {
  const wanted = contenders[name].package;
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
