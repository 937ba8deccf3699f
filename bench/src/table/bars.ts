/** What the shared table has to reach, as one table. */
import type { Bar } from "../harness/suite.js";
import type { ContenderName } from "./contenders/index.js";
import type { RowName } from "./rows.js";

export const bars: readonly Bar<RowName, ContenderName>[] = [
  {
    what: "at least twice as fast as Map<string, Buffer>",
    rows: ["get-100b-1m"],
    of: "ratio",
    against: "map",
    test: "atMost",
    limit: 0.5,
  },
  {
    what: "two threads do at least 1.8 times as much as one",
    rows: ["get-100b-1m-2t"],
    of: "extra",
    extra: "speedup",
    test: "atLeast",
    limit: 1.8,
  },
  {
    what: "at most 32 bytes an item over key and value",
    rows: ["memory-1m"],
    of: "figure",
    test: "atMost",
    limit: 32,
  },
  { what: "no stall of 10 ms while it fills", rows: ["stall-5m"], of: "figure", test: "below", limit: 10 },
  {
    what: "no stall of 10 ms while it evicts",
    rows: ["stall-5m-evicting"],
    of: "figure",
    test: "below",
    limit: 10,
  },
  {
    what: "no stall of 10 ms while it is saved",
    rows: ["save-1g"],
    of: "extra",
    extra: "stallMs",
    test: "below",
    limit: 10,
  },
];
