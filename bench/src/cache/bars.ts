/** What the in-process cache has to reach, as one table. */
import type { Bar } from "../harness/suite.js";
import type { ContenderName } from "./contenders/index.js";
import { type RowName, rowNames, rows } from "./rows.js";

const timeRows = rowNames.filter((row) => rows[row].unit === "ns");

export const bars: readonly Bar<RowName, ContenderName>[] = [
  {
    what: "faster than lru-cache",
    rows: timeRows,
    of: "ratio",
    against: "lru-cache",
    test: "below",
    limit: 1,
  },
  {
    what: "at least twice as fast as lru-cache",
    rows: ["get-or-set-1m", "get-or-set-1m-fresh"],
    of: "ratio",
    against: "lru-cache",
    test: "atMost",
    limit: 0.5,
  },
  {
    what: "a hit ratio above lru-cache's",
    rows: ["get-or-set-1m"],
    of: "extraExcess",
    extra: "hitRatio",
    against: "lru-cache",
    test: "atLeast",
    limit: 0,
  },
  {
    what: "within 1.3x of a bare Map",
    rows: ["get-hit-10k", "get-hit-10k-fresh", "get-hit-1m", "get-hit-1m-fresh"],
    of: "ratio",
    against: "map",
    test: "atMost",
    limit: 1.3,
  },
  {
    what: "less heap than lru-cache",
    rows: ["heap-1m", "heap-1m-ttl"],
    of: "ratio",
    against: "lru-cache",
    test: "below",
    limit: 1,
  },
  { what: "below 58 bytes an entry", rows: ["heap-1m"], of: "figure", test: "below", limit: 58 },
  { what: "below 74 bytes an entry", rows: ["heap-1m-ttl"], of: "figure", test: "below", limit: 74 },
  {
    what: "no stall over 5 ms",
    rows: ["stall-2m", "stall-2m-bounded"],
    of: "figure",
    test: "atMost",
    limit: 5,
  },
  {
    // V8 stops the world to move the new strings that are kept, whatever keeps them.
    what: "no stall over 5 ms beyond that of bare arrays",
    rows: ["stall-2m-fresh", "stall-2m-bounded-fresh"],
    of: "excess",
    against: "arrays",
    test: "atMost",
    limit: 5,
  },
];
