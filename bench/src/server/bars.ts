/** What the server has to reach, as one table. */
import type { Bar } from "../harness/suite.js";
import type { ContenderName } from "./contenders/index.js";
import type { RowName } from "./rows.js";

/** What Lix Cache did on one core of the machine this was written on, where node:http did 90,000. */
const lixGets = 26_500;
const nodeHttpThen = 90_000;

export const bars: readonly Bar<RowName, ContenderName>[] = [
  {
    what: "at least 0.9 times Redis's",
    rows: ["get-64"],
    of: "ratio",
    against: "redis",
    test: "atLeast",
    limit: 0.9,
  },
  {
    what: "at least four times Lix Cache's 26,500",
    rows: ["get-64"],
    of: "figure",
    test: "atLeast",
    limit: 4 * lixGets,
  },
  {
    what: "the same on any machine: so many times node:http's, which did 90,000 beside it",
    rows: ["get-64"],
    of: "ratio",
    against: "node-http",
    test: "atLeast",
    limit: (4 * lixGets) / nodeHttpThen,
  },
  {
    what: "at least a million gets a second in batches of 100",
    rows: ["batch100-64"],
    of: "figure",
    test: "atLeast",
    limit: 1_000_000,
  },
  {
    what: "99 of 100 answers within 1.5 ms",
    rows: ["get-64", "miss-64", "set-64", "incr-64", "mixed-64"],
    of: "extra",
    extra: "p99Ms",
    test: "atMost",
    limit: 1.5,
  },
  { what: "at most 250 MB resident", rows: ["memory-1m"], of: "figure", test: "atMost", limit: 250 },
];
