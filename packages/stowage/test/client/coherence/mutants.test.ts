/** The coherence test finds near caches that do not do what the bound rests on, with the same processes and network. */
import { describe, expect, it } from "vitest";
import type { Edit } from "../../../../../scripts/build/edited.js";
import { run } from "./run.js";

const BOUND_MS = 1_000;
const SECONDS = 6;
/** The network is as chance has it: now and then it does not come to what is broken. */
const RUNS_MAX = 4;

const near = "near-cache.ts";

const mutants: readonly [name: string, edits: readonly Edit[]][] = [
  ["keeps what an invalidation has overtaken", [{ file: near, find: "read.isOvertaken || ", replace: "" }]],
  [
    "does not listen to the feed",
    [
      { file: near, find: "keyChanged: (key) => this.#drop(key)", replace: "keyChanged: () => {}" },
      {
        file: near,
        find: "longKeyChanged: (start, length) => this.#dropLong(start, length)",
        replace: "longKeyChanged: () => {}",
      },
    ],
  ],
  [
    "does not mind the bound",
    [{ file: near, find: "nowMs - epoch.knownUntilMs <= this.#boundMs", replace: "epoch.knownUntilMs > 0" }],
  ],
  [
    "does not drop everything on a reset",
    [{ file: "feed.ts", find: "this.resets++;\n    this.dropAll();", replace: "this.resets++;" }],
  ],
];

describe("the coherence test finds a near cache that", {
  timeout: RUNS_MAX * (SECONDS * 4_000 + 20_000),
}, () => {
  for (const [name, edits] of mutants)
    it(name, async () => {
      let broken = 0;
      for (let runs = 0; runs < RUNS_MAX && broken === 0; runs++) {
        const restarts = name.includes("reset");
        const report = await run({
          seconds: SECONDS,
          boundMs: BOUND_MS,
          seed: 100 + runs,
          isStormy: true,
          restarts,
          edits,
        });
        broken = report.broken.length;
      }
      expect(broken).toBeGreaterThan(0);
    });
});
