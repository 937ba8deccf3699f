/**
 * Threads killed in the middle of what others do: at chosen statements of a schedule, and at any moment of full speed. What the
 * survivors saw, before and after, must be linearizable, and nobody waits for the dead for long.
 */
import { SharedTable, type TableOptions } from "stowage/table";
import { describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import type { HistorySetting } from "../threads/histories.js";
import { killedHistories, suddenKills } from "./killed-histories.js";

const worker = new URL("../threads/history.worker.ts", import.meta.url);
const tiny: TableOptions = { memory: "1mb", segmentSize: "16kb", janitor: false };
const seed = Number(process.env.STOWAGE_SEED ?? Date.now() % 1_000_000);

async function run(
  suite: (setting: HistorySetting) => Promise<number>,
  setting: Omit<HistorySetting, "table" | "script" | "seed">,
  options: TableOptions = tiny,
): Promise<number> {
  const table = SharedTable.create(options);
  try {
    const script = await bundle(worker, { steps: suite === killedHistories });
    return await suite({ table, script, seed, ...setting, rounds: setting.rounds * soak });
  } finally {
    table.close();
  }
}

describe(`killed amid others (STOWAGE_SEED=${seed})`, () => {
  it("at chosen statements", { timeout: 60_000 * soak }, async () => {
    const style = { kind: "text" } as const;
    const kills = await run(killedHistories, { threads: 3, rounds: 40, operations: 6, keys: 2, style });
    expect(kills).toBeGreaterThan(10);
  });

  it("at chosen statements, while memory is given back", { timeout: 60_000 * soak }, async () => {
    const style = { kind: "stamped", bytes: [60, 3_500, 9_000] } as const;
    const churn = { keys: 60, bytes: 3_900 };
    const setting = { threads: 3, rounds: 25, operations: 40, keys: 2, style, churn, evicts: true };
    expect(await run(killedHistories, setting)).toBeGreaterThan(5);
  });

  it("at full speed", { timeout: 60_000 * soak }, async () => {
    const style = { kind: "stamped", bytes: [60, 3_500, 30_000] } as const;
    await run(suddenKills, { threads: 3, rounds: 8, operations: 3_000, keys: 4, style, evicts: true });
  });
});
