/** The benchmark of the server, for the harness: who does which row, and what to say of the result. */
import { availableParallelism } from "node:os";
import type { Part, Suite } from "../harness/suite.js";
import type { Missing } from "../harness/types.js";
import { bars } from "./bars.js";
import type { Contender } from "./contenders/contender.js";
import { type ContenderName, contenderNames, contenders } from "./contenders/index.js";
import { openServers } from "./measurer.js";
import { remarks } from "./remarks.js";
import { type LoadRow, type MemoryRow, type Row, type RowName, rows } from "./rows.js";
import { fullSettings, lasting, quickSettings, type Settings } from "./settings.js";

export const serverSuite: Suite<Settings> = {
  name: "server",
  packages: ["stowage", "http1", "server"],
  rows,
  contenders,
  subject: "stowage",
  comparisons: [
    { to: "redis", title: "ratio to Redis (above 1: faster; of memory: larger)" },
    { to: "node-http", title: "ratio to node:http" },
  ],
  bars,
  settings: { full: fullSettings, quick: quickSettings },
  lasting,
  open: openServers,
  repeats: {
    always: contenderNames,
    othersUpToMs: 0,
    once: (row) => rowNamed(row).kind === "memory",
  },
  part,
  text: {
    quick: "0.3 s a figure, fewer items, once: some two minutes, for a first look and not for quoting",
    seconds:
      "how long each figure is measured (default 1; three rounds of all rows then take some ten minutes)",
    units: "more is better: operations a second (a batch of 10 gets is 10); less is better: MB resident",
    marks: "–: it cannot do that",
    remarks,
  },
};

const rowNamed = (name: string): Row => rows[name as RowName];

function part(rowName: string, name: string, settings: Settings): Part<Settings> | Missing {
  const row = rowNamed(rowName);
  const contender: Contender = contenders[name as ContenderName];
  const missing = contender.missing();
  if (missing !== undefined) return { leftOut: missing };
  if (row.workers > availableParallelism()) return { leftOut: `${rowName} needs two cores` };
  const can = row.kind === "load" ? canBeAsked(row, contender) : hasMemory(row, contender);
  return can ? { settings } : { cannot: true };
}

function canBeAsked(row: LoadRow, { exchange, generator, oneAtATime }: Contender): boolean {
  if (row.depth > 1 && oneAtATime) return false;
  const operations = row.operations.map(({ operation }) => operation);
  if (generator === undefined) return operations.every((operation) => exchange(operation) !== undefined);
  const isPlain = row.depth === 1 && row.workers === 1 && operations.length === 1;
  return isPlain && operations.every(generator.canAsk);
}

function hasMemory(row: MemoryRow, { keeps, generator, oneThread }: Contender): boolean {
  return keeps === undefined && generator === undefined && !(row.workers > 1 && oneThread);
}
