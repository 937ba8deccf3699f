/** The rows of the table, in order: what a row is called, what it says, its unit, and how a child measures it. */
import type { RowInfo } from "../harness/suite.js";
import type { Measurement } from "./child/context.js";
import { bytesOverEachItem } from "./child/memory.js";
import type { Operation } from "./child/operations.js";
import { savingOf } from "./child/saving.js";
import { single } from "./child/single.js";
import { stalling } from "./child/stall.js";
import { threaded } from "./child/threads.js";
import type { Size } from "./settings.js";

export interface Row extends RowInfo {
  /** For memory that has to be free, and for who takes part. */
  size: Size | "saved";
  valueBytes: number;
  threads: number;
  /** No matter of time, or so long that it is done in one round only. */
  once?: true;
  /** Who takes part; absent: all. */
  only?: readonly string[];
  measure: Measurement;
}

const [bytes100, kib1, kib10] = [100, 1024, 10_240];

const sizeNames: Record<Size, string> = { small: "100 k", large: "1 M", huge: "5 M" };
const valueNames: Record<number, string> = { [bytes100]: "100 B", [kib1]: "1 KiB", [kib10]: "10 KiB" };
const titles: Record<Operation, string> = {
  get: "get",
  "get-buffer": "get, a Buffer handed out",
  "get-text": "get, strings in and out",
  set: "set, overwriting",
  mixed: "95 % get, 5 % set",
  incr: "increment",
};

function timing(operation: Operation, size: Size, valueBytes: number, threads = 1): Row {
  const value = operation === "incr" ? "" : `, ${valueNames[valueBytes]}`;
  return {
    title: `${titles[operation]}${value}, ${sizeNames[size]}${threads > 1 ? `, ${threads} threads` : ""}`,
    unit: "ns",
    size,
    valueBytes,
    threads,
    ...(size === "huge" ? { once: true } : {}),
    measure:
      threads > 1
        ? threaded({ operation, size, valueBytes, threads })
        : single({ operation, size, valueBytes }),
  };
}

/** So much time or memory that it is done by these alone. */
function only(contenders: readonly string[], row: Row): Row {
  return { ...row, only: contenders };
}

const barred = ["table", "map"];
/** lmdb would fill and count for a minute. */
const inMemory = ["table", "shared-cache", "map", "cache"];

function other(
  unit: Row["unit"],
  title: string,
  size: Row["size"],
  valueBytes: number,
  measure: Measurement,
): Row {
  return { title, unit, size, valueBytes, threads: 1, ...(unit === "bytes" ? { once: true } : {}), measure };
}

export const rows = {
  "get-100b-100k": timing("get", "small", bytes100),
  "get-1k-100k": timing("get", "small", kib1),
  "get-10k-100k": timing("get", "small", kib10),
  "get-100b-1m": timing("get", "large", bytes100),
  "get-buffer-100b-1m": timing("get-buffer", "large", bytes100),
  "get-text-100b-1m": timing("get-text", "large", bytes100),
  "get-100b-5m": timing("get", "huge", bytes100),
  "get-1k-5m": only(barred, timing("get", "huge", kib1)),
  "set-100b-100k": timing("set", "small", bytes100),
  "set-1k-100k": timing("set", "small", kib1),
  "set-10k-100k": timing("set", "small", kib10),
  "set-100b-5m": timing("set", "huge", bytes100),
  "mixed-100b-100k": timing("mixed", "small", bytes100),
  "mixed-1k-100k": timing("mixed", "small", kib1),
  "mixed-10k-100k": timing("mixed", "small", kib10),
  "mixed-100b-5m": only(inMemory, timing("mixed", "huge", bytes100)),
  "incr-100k": timing("incr", "small", bytes100),
  "incr-5m": only(inMemory, timing("incr", "huge", bytes100)),
  "get-100b-100k-2t": timing("get", "small", bytes100, 2),
  "get-1k-100k-2t": timing("get", "small", kib1, 2),
  "get-10k-100k-2t": timing("get", "small", kib10, 2),
  "get-100b-1m-2t": timing("get", "large", bytes100, 2),
  "get-100b-5m-2t": timing("get", "huge", bytes100, 2),
  "set-100b-100k-2t": timing("set", "small", bytes100, 2),
  "set-1k-100k-2t": timing("set", "small", kib1, 2),
  "set-10k-100k-2t": timing("set", "small", kib10, 2),
  "mixed-100b-100k-2t": timing("mixed", "small", bytes100, 2),
  "mixed-1k-100k-2t": timing("mixed", "small", kib1, 2),
  "mixed-10k-100k-2t": timing("mixed", "small", kib10, 2),
  "incr-100k-2t": timing("incr", "small", bytes100, 2),
  "memory-1m": other(
    "bytes",
    "over key and value, 100 B, 1 M",
    "large",
    bytes100,
    bytesOverEachItem("large", bytes100),
  ),
  "stall-5m": other("ms", "longest stall, 5 M sets, 100 B", "huge", bytes100, stalling("huge", bytes100)),
  "stall-5m-evicting": other(
    "ms",
    "the same, with room for half of them",
    "huge",
    bytes100,
    stalling("huge", bytes100, { evicting: true }),
  ),
  "save-1g": other("MB/s", "save 1 GiB, 1 M values of 1 KiB", "saved", kib1, savingOf("save", kib1)),
  "load-1g": other("MB/s", "load 1 GiB, 1 M values of 1 KiB", "saved", kib1, savingOf("load", kib1)),
} satisfies Record<string, Row>;

export type RowName = keyof typeof rows;

export const rowNames = Object.keys(rows) as RowName[];
