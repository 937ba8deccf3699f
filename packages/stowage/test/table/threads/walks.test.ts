/** Walks while others write: into a growing index, and in a small table whose items are moved about. */
import { SharedTable, type TableOptions } from "stowage/table";
import { describe, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import { type WalkSetting, walkAmidWrites } from "./walks.js";

async function run(
  options: TableOptions,
  setting: Omit<WalkSetting, "table" | "script" | "seed">,
): Promise<void> {
  const script = await bundle(new URL("./walks.worker.ts", import.meta.url));
  for (let round = 0; round < soak; round += 1) {
    const table = SharedTable.create({ janitor: false, ...options });
    try {
      await walkAmidWrites({ table, script, seed: 1 + round, ...setting });
    } finally {
      table.close();
    }
  }
}

describe("a walk meets every key that is there all the time", () => {
  it("while the index grows", async () => {
    await run(
      { memory: "32mb" },
      { threads: 3, stable: 300, churning: 60_000, bytesMax: 60, walks: 30, operations: 60_000 },
    );
  });

  it("while items are moved for room", async () => {
    await run(
      { memory: "1mb", segmentSize: "16kb", evict: false },
      { threads: 3, stable: 200, churning: 100, bytesMax: 3_000, walks: 100, operations: 10_000 },
    );
  });
});
