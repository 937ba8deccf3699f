/** Tables, files and contents for the tests of snapshots. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SharedTable } from "../../../src/table/index.js";
import type { TableOptions } from "../../../src/table/types.js";
import { stamped, stampOf } from "../support/values.js";
import { indexOf, keyOf } from "./keys.js";

export { keyOf };

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stowage-snapshot-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function makeTable(options: Partial<TableOptions> = {}): SharedTable {
  return SharedTable.create({ memory: "16mb", janitor: false, ...options });
}

/** Entries whose values prove which key they are of. */
export function fill(table: SharedTable, count: number, bytes: number, write = 1): void {
  for (let index = 0; index < count; index++) table.set(keyOf(index), stamped(index, write, bytes));
}

/** The same with values of different lengths, so that one that is read from the wrong place shows. */
export function fillVaried(table: SharedTable, count: number): void {
  for (let index = 0; index < count; index++)
    table.set(keyOf(index), stamped(index, 1, 300 + ((index * 37) % 1_200)));
}

/** How many entries of `keyOf` there are; throws if any value is not one that was written under its key. */
export function countSound(table: SharedTable): number {
  let count = 0;
  for (const [key, value] of table.entries()) {
    if (!key.toString().startsWith("key:")) continue;
    const stamp = stampOf(value);
    if (stamp.key !== indexOf(key)) throw new Error(`${key} has the value of ${stamp.key}`);
    count++;
  }
  return count;
}
