/** Files of lmdb for tests. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "stowage-lmdb-"));
}

/** For tests that need no promise over a crash of the machine. */
export function openQuickly(path: string): RootDatabase {
  return open({ path, noSubdir: false, maxDbs: 16, noSync: true, overlappingSync: false });
}
