/** The rows of the table, in order: what is asked, over how many connections, by how many workers served. */
import type { RowInfo } from "../harness/suite.js";
import { get, type Operation, set } from "./exchanges.js";
import type { Family } from "./items.js";
import type { Keys, Settings } from "./settings.js";

export interface LoadRow extends RowInfo {
  kind: "load";
  operations: readonly { weight: number; operation: Operation }[];
  keys: Keys;
  connections: number;
  depth: number;
  /** 1: the server on one core, the load on another. 2: both on all. */
  workers: 1 | 2;
}

export interface MemoryRow extends RowInfo {
  kind: "memory";
  size: "memorySmall" | "memoryLarge";
  workers: 1 | 2;
}

export type Row = LoadRow | MemoryRow;

const miss: Operation = { verb: "miss" };
const incr: Operation = { verb: "incr" };
const batch = (keys: number): Operation => ({ verb: "batch", keys });

interface LoadOptions {
  keys?: Keys;
  connections?: number;
  depth?: number;
  workers?: 1 | 2;
}

function load(what: string, operation: Operation, options: LoadOptions = {}): LoadRow {
  return weighted(what, [{ weight: 1, operation }], options);
}

/** Nineteen gets and a set, as Zipf's law has it. */
function mixed(what: string, family: Family, options: LoadOptions = {}): LoadRow {
  const operations = [
    { weight: 95, operation: get(family) },
    { weight: 5, operation: set(family) },
  ];
  return weighted(what, operations, { keys: "zipf", ...options });
}

function weighted(
  what: string,
  operations: LoadRow["operations"],
  { keys = "uniform", connections = 64, depth = 1, workers = 1 }: LoadOptions,
): LoadRow {
  const many = connections === 64 ? "" : ", 1,000 connections";
  const pipelined = depth === 1 ? "" : `, pipelined by ${depth}`;
  const cores = workers === 1 ? "" : ", 2 workers";
  const title = `${what}${pipelined}${many}${cores}`;
  return { kind: "load", title, unit: "ops/s", operations, keys, connections, depth, workers };
}

function memory(title: string, size: MemoryRow["size"], workers: 1 | 2 = 1): MemoryRow {
  return { kind: "memory", title, unit: "MB", size, workers };
}

const many: LoadOptions = { connections: 1_000 };
const two: LoadOptions = { workers: 2 };

export const rows = {
  "get-64": load("GET hit, 100 B", get("small")),
  "miss-64": load("GET miss", miss),
  "set-64": load("set, 100 B", set("small")),
  "incr-64": load("incr", incr),
  "batch10-64": load("gets in batches of 10", batch(10)),
  "batch100-64": load("gets in batches of 100", batch(100)),
  "mixed-64": mixed("95 % GET, 5 % set, 100 B", "small"),
  "get-1k-64": load("GET hit, 1 KiB", get("page")),
  "set-1k-64": load("set, 1 KiB", set("page")),
  "mixed-1k-64": mixed("95 % GET, 5 % set, 1 KiB", "page"),
  "get-10k-64": load("GET hit, 10 KiB", get("blob")),
  "set-10k-64": load("set, 10 KiB", set("blob")),
  "mixed-10k-64": mixed("95 % GET, 5 % set, 10 KiB", "blob"),
  "get-64-p16": load("GET hit, 100 B", get("small"), { depth: 16 }),
  "get-1000": load("GET hit, 100 B", get("small"), many),
  "miss-1000": load("GET miss", miss, many),
  "set-1000": load("set, 100 B", set("small"), many),
  "incr-1000": load("incr", incr, many),
  "batch10-1000": load("gets in batches of 10", batch(10), many),
  "batch100-1000": load("gets in batches of 100", batch(100), many),
  "mixed-1000": mixed("95 % GET, 5 % set, 100 B", "small", many),
  "get-64-2w": load("GET hit, 100 B", get("small"), two),
  "set-64-2w": load("set, 100 B", set("small"), two),
  "batch100-64-2w": load("gets in batches of 100", batch(100), two),
  "mixed-64-2w": mixed("95 % GET, 5 % set, 100 B", "small", two),
  "get-1000-2w": load("GET hit, 100 B", get("small"), { ...many, ...two }),
  "memory-100k": memory("resident, 100 k items of 100 B", "memorySmall"),
  "memory-1m": memory("resident, 1 M items of 100 B", "memoryLarge"),
  "memory-1m-2w": memory("resident, 1 M items of 100 B, 2 workers", "memoryLarge", 2),
} satisfies Record<string, Row>;

export type RowName = keyof typeof rows;

export const rowNames = Object.keys(rows) as RowName[];

/** What the requests of a row are about. */
export function familyOf(operation: Operation): Family {
  if ("family" in operation) return operation.family;
  if (operation.verb === "incr") return "counter";
  return operation.verb === "miss" ? "none" : "small";
}

export function itemsOf(family: Family, { items, blobs }: Settings): number {
  return family === "blob" ? blobs : items;
}

/** How many answers a request of that row is: a batch counts as its gets. */
export function operationsPerRequest({ operations }: LoadRow): number {
  const [{ operation }] = operations;
  return operation.verb === "batch" ? operation.keys : 1;
}
