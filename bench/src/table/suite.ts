/** The benchmark of the shared table, for the harness: who does which row how, and what to say of the result. */
import { freemem } from "node:os";
import { inChildren } from "../harness/children.js";
import { findRedis, redisProgram, startRedis } from "../harness/redis-server.js";
import type { Part, Suite } from "../harness/suite.js";
import type { Missing, RowResults } from "../harness/types.js";
import { bars } from "./bars.js";
import { type ContenderEntry, type ContenderName, contenders } from "./contenders/index.js";
import { type Row, type RowName, rows } from "./rows.js";
import { fullSettings, keyBytes, quickSettings, type Settings, sequencesOf } from "./settings.js";

export const tableSuite: Suite<Settings> = {
  name: "table",
  rows,
  contenders,
  subject: "table",
  comparisons: [{ to: "map", title: "ratio to a Map<string, Buffer> (below 1: faster or smaller)" }],
  bars,
  settings: { full: fullSettings, quick: quickSettings },
  open: inChildren({
    child: {
      entry: new URL("./child/main.ts", import.meta.url),
      stowage: [".", "table"],
      // A Map of five million Buffers does not fit in the heap that V8 allows itself by default.
      flags: ["--max-old-space-size=16384"],
      limitMs: 90_000,
    },
    sequences: sequencesOf,
    pinned: (row) => rowNamed(row).threads === 1,
  }),
  repeats: {
    always: ["table", "map"],
    othersUpToMs: 2_500,
    once: (row) => rowNamed(row).once === true,
  },
  part,
  text: {
    quick: "a tenth of the large sizes, in a minute or two: for a first look, not for quoting",
    units:
      "less is better: ns an operation, bytes an item, ms of stall; more is better: MB/s. ns are CPU time in one thread\n" +
      "and wall time with threads and with Redis",
    marks: "–: the library does not do that",
    remarks,
  },
};

const rowNamed = (name: string): Row => rows[name as RowName];

/** What any of the contenders needs an item, at most, beside key and value; and how much of what is free to take. */
const overheadBytesMax = 250;
const freeShareMax = 0.6;

function part(rowName: string, name: string, settings: Settings): Part<Settings> | Missing {
  const row = rowNamed(rowName);
  const contender: ContenderEntry = contenders[name as ContenderName];
  if (name === "redis" && findRedis() === undefined) return { leftOut: redisProgram.howToInstall };
  if (row.only?.includes(name) === false) return { leftOut: `${rowName} takes too much time and memory` };
  if (row.size === "huge" && contender.notHuge !== undefined) return { leftOut: contender.notHuge };
  const neededBytes = settings[row.size] * (keyBytes + row.valueBytes + overheadBytesMax);
  if (neededBytes > freemem() * freeShareMax) {
    return {
      leftOut: `${rowName} needs some ${(neededBytes / 2 ** 30).toFixed(1)} GiB, and too little is free`,
    };
  }
  return name === "redis" ? { settings, serve: () => startRedis() } : { settings };
}

/** What the second thread brings, for everybody who can share; and what else the rows tell. */
function remarks(results: RowResults): string {
  const lines = [
    extras(results, "speedup", "two threads to one, times as much", 2),
    extras(results, "stallMs", "longest stall while saving or loading, ms", 1),
    extras(results, "wholeBytes", "bytes an item over key and value when it is full, everything included", 1),
    extras(results, "worstSetMs", "slowest single set while filling, ms", 2),
  ];
  return lines.filter((line) => line !== "").join("\n\n");
}

function extras(results: RowResults, extra: string, title: string, digits: number): string {
  const lines = Object.entries(results).flatMap(([row, { contenders: cells }]) => {
    const told = Object.entries(cells).flatMap(([name, cell]) =>
      "median" in cell && extra in cell.extra ? [`${name} ${cell.extra[extra].toFixed(digits)}`] : [],
    );
    return told.length === 0 ? [] : [`  ${row.padEnd(22)} ${told.join(", ")}`];
  });
  return lines.length === 0 ? "" : [title, ...lines].join("\n");
}
