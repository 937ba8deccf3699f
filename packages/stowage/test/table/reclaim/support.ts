/** What the tests of reclaim have in common: small tables on a clock that only moves when it is told to. */
import { SharedTable, type TableOptions } from "stowage/table";
import { FakeClock } from "../../../src/testing/fake-clock.js";

export const SEGMENT_BYTES = 16_384;

export interface Stage {
  readonly table: SharedTable;
  readonly clock: FakeClock;
}

/** 1 MiB in segments of 16 KiB, no janitor unless asked for. */
export function stage(options: Partial<TableOptions> = {}): Stage {
  const clock = new FakeClock();
  const table = SharedTable.create({
    memory: "1mb",
    segmentSize: "16kb",
    threads: 4,
    janitor: false,
    clock,
    ...options,
  });
  return { table, clock };
}
