/** What tiers have to reach, as one table. */
import type { Bar } from "../harness/suite.js";
import { type ContenderName, contenderNames } from "./contenders/index.js";
import { probeNames, type RowName } from "./rows.js";

type TieredBar = Bar<RowName, ContenderName>;

const faster = (against: ContenderName, limit: number): TieredBar => ({
  what:
    limit === 1
      ? `an L1 hit is faster than ${against}'s`
      : `an L1 hit is ${limit} times as fast as ${against}'s`,
  rows: ["l1-hit"],
  of: "ratio",
  against,
  test: "atLeast",
  limit,
});

/** A plain client has no first tier. */
const withL1 = contenderNames.filter((name) => name !== "stowage" && name !== "ioredis");

export const bars: readonly TieredBar[] = [
  ...withL1.map((name) => faster(name, 1)),
  faster("bentocache", 3),
  faster("cacheable", 3),
  {
    what: "an L2 hit takes at most 1.2 times as long as a plain client's get",
    rows: ["l2-hit"],
    of: "ratio",
    against: "ioredis",
    test: "atLeast",
    limit: 1 / 1.2,
  },
  { what: "the probe is passed", rows: probeNames, of: "figure", test: "atLeast", limit: 1 },
];
