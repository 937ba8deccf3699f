/**
 * What the tests of dumps share.
 */
import type { Clock } from "../../src/base/clock.js";
import { StowageError } from "../../src/base/errors.js";
import { openDump } from "../../src/cache/persist/restore.js";
import { saveDump } from "../../src/cache/persist/save.js";
import type { DumpEntry, RestoreOptions, SaveOptions } from "../../src/cache/persist/types.js";
import type { MemoryFiles } from "./memory-files.js";

export const path = "users.dump";

/** The whole dump of these entries, as bytes. */
export async function dumpOf(
  files: MemoryFiles,
  entries: Iterable<DumpEntry>,
  options: SaveOptions = {},
): Promise<Uint8Array> {
  await saveDump(path, entries, { files, ...options });
  return files.files.get(path) as Uint8Array;
}

/** All entries of a dump; opened, read to its end and closed. */
export async function readAll(options: RestoreOptions, from = path): Promise<DumpEntry[]> {
  const dump = await openDump(from, options);
  const all: DumpEntry[] = [];
  for await (const batch of dump.entries()) all.push(...batch);
  return all;
}

export function entry(key: unknown, value: unknown, rest: Partial<DumpEntry> = {}): DumpEntry {
  return { key, value, expiresAt: null, ...rest };
}

export function entriesOf(count: number, value: unknown = "value"): DumpEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`key${index}`, value));
}

/** A clock on whose calendar it is always `wallMs`, until the test says otherwise. */
export function clockAt(wallMs: number): Clock & { wallMs: number } {
  return {
    wallMs,
    now: () => 0,
    wall() {
      return this.wallMs;
    },
    setTimer: () => ({}),
    clearTimer: () => {},
  };
}

/** The typed error that it rejects with. */
export async function failureOf(run: Promise<unknown>): Promise<StowageError> {
  const failure = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof StowageError) return failure;
  throw new Error(`no typed error, but ${String(failure)}`, { cause: failure });
}
