/**
 * Loads what an earlier run left, before the port is opened.
 *
 * A damaged snapshot gives what is sound in it; a cache can do without the rest. It is kept under another name for whoever
 * wants to know what happened to it, since the next snapshot takes its place. What keeps the file from being read at all,
 * such as its permissions, is a mistake that can be put right: that is refused, rather than begun empty and overwritten.
 */
import { SnapshotError } from "stowage";
import type { LoadReport, SharedTable } from "stowage/table";
import type { Log } from "../observe/types.js";
import { StoreError } from "./errors.js";
import { codeOf, messageOf, type StoreFiles } from "./files.js";

/** More places than this are counted, but not logged. */
const damageLogged = 10;

/** The report; null: there was nothing to load, or nothing that could be used. */
export async function warmStart(
  table: SharedTable,
  path: string,
  files: StoreFiles,
  log: Log,
): Promise<LoadReport | null> {
  try {
    const report = await table.load(path);
    if (report.corruptBlocks > 0 || !report.complete) await reportDamage(report, files, log);
    else log.info(summary(report), "warm start");
    if (report.refused > 0)
      log.warn({ path, refused: report.refused }, "entries of the snapshot do not fit this table's memory");
    return report;
  } catch (error) {
    if (codeOf((error as { cause?: unknown }).cause ?? {}) === "ENOENT") {
      log.info({ path }, "no snapshot to start from: the cache begins empty");
      return null;
    }
    if (error instanceof SnapshotError) {
      const keptAs = await setAside(path, files, log);
      log.error({ err: error, path, keptAs }, "the snapshot cannot be used: the cache begins empty");
      return null;
    }
    throw new StoreError("unreadable", `${messageOf(error)}; put it right, or move the file away`, {
      cause: error,
    });
  }
}

async function reportDamage(report: LoadReport, files: StoreFiles, log: Log): Promise<void> {
  const keptAs = await setAside(report.path, files, log);
  const { corruptBlocks, complete } = report;
  const damage = report.damage.slice(0, damageLogged);
  log.error(
    { ...summary(report), damagedBlocks: corruptBlocks, complete, damage, keptAs },
    "the snapshot is damaged: what is sound of it was loaded",
  );
}

function summary({ path, entries, bytes, durationMs, expired, begunAt }: LoadReport) {
  return {
    path,
    entries,
    bytes,
    expired,
    ms: Math.round(durationMs),
    takenAt: new Date(begunAt).toISOString(),
  };
}

/** Gives the file a second name, which costs nothing; null where the file system cannot. */
async function setAside(path: string, files: StoreFiles, log: Log): Promise<string | null> {
  const keptAs = `${path}.damaged`;
  try {
    await files.unlink(keptAs).catch(() => {}); // of an earlier time, or none
    await files.link(path, keptAs);
    return keptAs;
  } catch (error) {
    log.warn({ err: error, path }, "the damaged snapshot could not be kept: the next one takes its place");
    return null;
  }
}
