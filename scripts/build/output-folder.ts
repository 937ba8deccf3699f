/** Folders for what tests build. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Map<string, string>();

/** One for each prefix, made when it is first asked for, and removed when the process exits. */
export function outputFolder(prefix: string): string {
  const known = made.get(prefix);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  made.set(prefix, folder);
  return folder;
}
