/** Real threads that do everything at once on one table, and check all they see. Bounded by operations, not by time. */
import { SharedTable, type TableOptions } from "stowage/table";
import { describe, expect, it } from "vitest";
import { bundle } from "../support/bundle.js";
import { SharedClock } from "../support/shared-clock.js";
import { soak } from "../support/soak.js";
import { type StressSetting, stress } from "./stress.js";
import type { StressReport } from "./stress.worker.js";

type Given = Omit<StressSetting, "table" | "script" | "seed" | "clock">;

async function run(options: TableOptions, setting: Given): Promise<StressReport[]> {
  const script = await bundle(new URL("./stress.worker.ts", import.meta.url));
  const clock = options.clock as SharedClock | undefined;
  const table = SharedTable.create({ janitor: false, ...options });
  try {
    return await stress({ table, script, clock, seed: 1, ...setting, rounds: (setting.rounds ?? 1) * soak });
  } finally {
    table.close();
  }
}

const small = { memory: "1mb", segmentSize: "16kb" } as const;
const hitsOf = (reports: StressReport[]) => reports.reduce((sum, { hits }) => sum + hits, 0);
const missesOf = (reports: StressReport[]) => reports.reduce((sum, { misses }) => sum + misses, 0);

describe("threads that do everything at once see nothing wrong", () => {
  it("on few keys, with counters", async () => {
    const reports = await run(small, {
      threads: 4,
      operations: 30_000,
      keysPerThread: 2,
      bytes: [12, 60, 400],
      losesEntries: false,
      counters: 3,
    });
    expect(hitsOf(reports)).toBeGreaterThan(10_000);
  });

  it("while the index grows from nothing to many buckets", async () => {
    await run(
      { memory: "64mb" },
      {
        threads: 3,
        operations: 60_000,
        keysPerThread: 20_000,
        bytes: [12, 40, 200],
        losesEntries: false,
      },
    );
  });

  it("under eviction", async () => {
    const reports = await run(small, {
      threads: 3,
      operations: 30_000,
      keysPerThread: 400,
      bytes: [12, 300, 2_000, 3_900],
      losesEntries: true,
      rounds: 2,
      counters: 2,
    });
    expect(hitsOf(reports)).toBeGreaterThan(1_000);
    expect(missesOf(reports)).toBeGreaterThan(1_000);
  });

  it("with values over several segments", async () => {
    await run(
      { ...small, memory: "4mb" },
      {
        threads: 3,
        operations: 6_000,
        keysPerThread: 8,
        bytes: [100, 5_000, 17_000, 120_000],
        losesEntries: true,
      },
    );
  });

  it("with a bound on entries", async () => {
    await run(
      { ...small, max: 50 },
      {
        threads: 4,
        operations: 15_000,
        keysPerThread: 50,
        bytes: [12, 100],
        losesEntries: true,
        max: 50,
      },
    );
  });

  it("while the table is cleared", async () => {
    await run(small, {
      threads: 3,
      operations: 15_000,
      keysPerThread: 50,
      bytes: [12, 100, 2_000],
      losesEntries: true,
      clears: 4,
    });
  });

  it.each([false, true])("while entries expire (and little memory is free: %s)", async (isTight) => {
    const bytes = isTight ? [12, 100, 3_000] : [12, 100];
    await run(
      { ...small, clock: new SharedClock(), evict: false },
      {
        threads: 3,
        operations: 20_000,
        keysPerThread: 60,
        bytes,
        losesEntries: false,
        ticks: 30,
        ttlMs: 100,
      },
    );
  });
});
