/** Walks over a table that others write to: every key that is there all the time is met. Throws when the table is wrong. */
import type { SharedTable } from "stowage/table";
import { Crew } from "../support/crew.js";
import { stamped } from "../support/values.js";
import type { WalkJob } from "./walks.worker.js";

export interface WalkSetting extends WalkJob {
  readonly table: SharedTable;
  /** walks.worker.ts, bundled. */
  readonly script: string;
  readonly threads: number;
}

export async function walkAmidWrites({ table, script, threads, ...job }: WalkSetting): Promise<void> {
  table.clear();
  for (let n = 0; n < job.stable; n += 1) table.set(`stable:${n}`, stamped(n, 1, 12 + (n % 90)));
  const crew = await Crew.start({ script, count: threads, handle: table.handle, attach: { janitor: false } });
  try {
    await crew.all("work", job);
    table.verify();
  } finally {
    await crew.end();
  }
}
