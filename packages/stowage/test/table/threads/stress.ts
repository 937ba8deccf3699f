/** The stress suite: one setting, all threads, then what must hold when they have come to rest. Throws when the table is wrong. */
import assert from "node:assert/strict";
import type { SharedTable } from "stowage/table";
import { Crew } from "../support/crew.js";
import type { SharedClock } from "../support/shared-clock.js";
import type { StressJob, StressReport } from "./stress.worker.js";

export interface StressSetting extends StressJob {
  readonly table: SharedTable;
  /** stress.worker.ts, bundled. */
  readonly script: string;
  readonly threads: number;
  /** The clock that the table was made with, if it is not the system's. */
  readonly clock?: SharedClock;
  /** Run so many times; verify() after each. */
  readonly rounds?: number;
}

export async function stress(setting: StressSetting): Promise<StressReport[]> {
  const { table, script, threads, clock, rounds = 1, ...job } = setting;
  const reports: StressReport[] = [];
  for (let round = 0; round < rounds; round += 1) {
    table.clear();
    const attach = { janitor: false };
    const crew = await Crew.start({
      script,
      count: threads,
      handle: table.handle,
      attach,
      time: clock?.buffer,
    });
    try {
      const done = await crew.all<StressReport>("stress", { ...job, seed: job.seed + round }, 120_000);
      table.verify();
      if (!job.losesEntries) checkCounters(table, done, job.counters ?? 0);
      reports.push(...done);
    } finally {
      await crew.end();
    }
    table.verify();
  }
  return reports;
}

function checkCounters(table: SharedTable, reports: readonly StressReport[], counters: number): void {
  for (let counter = 0; counter < counters; counter += 1) {
    const total = reports.reduce((sum, { counted }) => sum + counted[counter], 0);
    assert.equal(
      table.getString(`counter:${counter}`) ?? "0",
      String(total),
      `counter ${counter} lost counts`,
    );
  }
}
