/**
 * Linearizable for each key: histories of real threads, free-running and held up at chosen statements, explained by the
 * checker. STOWAGE_SOAK=20 makes all of it twenty times as long.
 */
import { SharedTable, type TableOptions } from "stowage/table";
import { describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { soak } from "../support/soak.js";
import { freeHistories, type HistorySetting, pacedHistories } from "./histories.js";

const worker = new URL("./history.worker.ts", import.meta.url);
const tiny = { memory: "1mb", segmentSize: "16kb", janitor: false } as const;

async function run(
  suite: (setting: HistorySetting) => Promise<number>,
  options: TableOptions,
  setting: Omit<HistorySetting, "table" | "script" | "seed">,
): Promise<void> {
  const table = SharedTable.create(options);
  try {
    const script = await bundle(worker, { steps: suite === pacedHistories });
    const done = await suite({ table, script, seed: 1, ...setting, rounds: setting.rounds * soak });
    expect(done).toBe(setting.threads * setting.operations * setting.rounds * soak);
  } finally {
    table.close();
  }
}

const text = { kind: "text" } as const;

describe("free-running threads are linearizable", () => {
  it.each([2, 3, 4])("%i threads on few keys, with counters", async (threads) => {
    await run(freeHistories, tiny, { threads, rounds: 6, operations: 3_000, keys: 3, style: text });
  });

  it("3 threads, values that fill and free segments all the time", async () => {
    const style = { kind: "stamped", bytes: [100, 3_000, 4_000, 9_000, 40_000] } as const;
    await run(freeHistories, tiny, {
      threads: 3,
      rounds: 5,
      operations: 1_500,
      keys: 4,
      style,
      evicts: true,
    });
  });

  it("4 threads, at most 8 entries", async () => {
    await run(
      freeHistories,
      { ...tiny, max: 8 },
      {
        threads: 4,
        rounds: 5,
        operations: 2_000,
        keys: 16,
        style: text,
        evicts: true,
      },
    );
  });
});

describe("threads beside which memory is given back are linearizable", () => {
  // Little that lives and much that dies: what lives, counters too, is moved again and again.
  const churn = { keys: 60, bytes: 3_900 };

  it("free-running", async () => {
    const setting = { threads: 3, rounds: 4, operations: 3_000, keys: 4, style: text, churn };
    await run(freeHistories, { ...tiny, evict: false }, setting);
  });

  it("held up anywhere", async () => {
    const setting = { threads: 2, rounds: 60, operations: 60, keys: 2, style: text, churn };
    await run(pacedHistories, { ...tiny, evict: false }, setting);
  });
});

describe("threads held up anywhere are linearizable", () => {
  it("two threads on one key", async () => {
    await run(pacedHistories, tiny, { threads: 2, rounds: 250, operations: 6, keys: 1, style: text });
  });

  it("three threads on two keys", async () => {
    await run(pacedHistories, tiny, { threads: 3, rounds: 150, operations: 6, keys: 2, style: text });
  });

  it.each([40, 6_000])("two threads that append values of %i bytes", async (bytes) => {
    const style = { kind: "list", bytes: [bytes] } as const;
    await run(pacedHistories, tiny, { threads: 2, rounds: 150, operations: 8, keys: 1, style, evicts: true });
  });

  it("two threads, values that fill and free segments", async () => {
    const style = { kind: "stamped", bytes: [3_500, 9_000, 60, 70_000] } as const;
    await run(pacedHistories, tiny, {
      threads: 2,
      rounds: 150,
      operations: 12,
      keys: 3,
      style,
      evicts: true,
    });
  });
});
