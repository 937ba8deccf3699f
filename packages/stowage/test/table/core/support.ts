/** Small tables for the core's tests, verified when the test ends. */
import { afterEach } from "vitest";
import { SharedTable } from "../../../src/table/table.js";
import type { TableOptions } from "../../../src/table/types.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";

const open: SharedTable[] = [];

afterEach(() => {
  for (const table of open.splice(0)) {
    if (table.closed) continue;
    table.verify();
    table.close();
  }
});

export function tableOf(options: Partial<TableOptions> = {}): SharedTable {
  const table = SharedTable.create({ memory: "2mb", janitor: false, ...options });
  open.push(table);
  return table;
}

export function timed(options: Partial<TableOptions> = {}): { table: SharedTable; clock: FakeClock } {
  const clock = new FakeClock();
  return { table: tableOf({ clock, ...options }), clock };
}
