/** The benchmark of the in-process cache, for the harness: who does which row how, and what to say of the result. */
import { inChildren } from "../harness/children.js";
import type { Part, Suite } from "../harness/suite.js";
import type { Missing, RowResults } from "../harness/types.js";
import { bars } from "./bars.js";
import { type ContenderEntry, type ContenderName, contenders } from "./contenders/index.js";
import { type Row, type RowName, rows } from "./rows.js";
import { fullSettings, quickSettings, reduced, type Settings, sequencesOf } from "./settings.js";

export const cacheSuite: Suite<Settings> = {
  name: "cache",
  rows,
  contenders,
  subject: "stowage",
  comparisons: [
    { to: "lru-cache", title: "ratio to lru-cache (below 1: faster or smaller)" },
    { to: "map", title: "ratio to a bare Map" },
  ],
  bars,
  settings: { full: fullSettings, quick: quickSettings },
  open: inChildren({
    child: {
      entry: new URL("./child/main.ts", import.meta.url),
      stowage: ["."],
      flags: [],
      // Others than the very slow take a few seconds at most.
      limitMs: 15_000,
    },
    sequences: sequencesOf,
    pinned: () => true,
  }),
  repeats: {
    always: ["stowage", "map", "lru-cache", "arrays"],
    othersUpToMs: 1_500,
    once: (row) => rows[row as RowName].unit === "bytes",
  },
  part,
  text: {
    quick: "a tenth of the large sizes, in about a minute: for a first look, not for quoting",
    units: "less is better: ns of CPU time an operation, bytes an entry, ms of stall",
    marks: "–: the library does not do that; *: with a fifth of the entries, the library being so slow",
    remarks: hitRatios,
  },
};

function part(rowName: string, name: string, settings: Settings): Part<Settings> | Missing {
  const row: Row = rows[rowName as RowName];
  const contender: ContenderEntry = contenders[name as ContenderName];
  if (contender.floorOfStalls && row.unit !== "ms") return { cannot: true };
  if (!contender.slow) return { settings };
  return { settings: reduced(settings), reduced: row.reducible === true };
}

function hitRatios(results: RowResults): string {
  const cells = Object.entries(results["get-or-set-1m"]?.contenders ?? {});
  const ratios = cells.flatMap(([name, cell]) =>
    "median" in cell ? [`${name} ${(100 * cell.extra.hitRatio).toFixed(1)}`] : [],
  );
  return ratios.length === 0 ? "" : `hit ratio, %, on get or set: ${ratios.join(", ")}`;
}
