/** What the client has to reach, as one table. */
import type { Bar } from "../harness/suite.js";
import type { ContenderName } from "./contenders/index.js";
import type { RowName } from "./rows.js";

export const bars: readonly Bar<RowName, ContenderName>[] = [
  {
    what: "at least as many concurrent gets as ioredis with auto-pipelining",
    rows: ["get-100"],
    of: "ratio",
    against: "ioredis-auto",
    test: "atLeast",
    limit: 1,
  },
  {
    what: "a near-cache hit within three times an in-process get",
    rows: ["near"],
    of: "ratio",
    against: "cache",
    test: "atLeast",
    limit: 1 / 3,
  },
];
