/**
 * Where the file is. One that is not flushed is right for as long as the system runs, whatever becomes of processes; after a crash of
 * the system it may be damaged in a way that nobody can see. So it stands in a folder named by the start of the system, and those of
 * earlier starts are removed.
 */
import { nodeBuiltin } from "../../base/node.js";

export interface Place {
  readonly folder: string;
  readonly isFlushed: boolean;
}

/** Linux: a new one at each start. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const NAME = "boot-";

/** Makes the folder where it is not there. */
export function placeOf(path: string, flush: boolean): Place {
  const { mkdirSync, realpathSync, readdirSync, rmSync } = nodeBuiltin("node:fs", "LmdbStore");
  const { join } = nodeBuiltin("node:path", "LmdbStore");
  const boot = flush ? undefined : bootId();
  const own = boot === undefined ? undefined : `${NAME}${boot}`;
  mkdirSync(own === undefined ? path : join(path, own), { recursive: true });
  const folder = realpathSync(path);
  if (own === undefined) return { folder, isFlushed: true };
  for (const name of readdirSync(folder))
    if (name.startsWith(NAME) && name !== own) rmSync(join(folder, name), { recursive: true, force: true });
  return { folder: join(folder, own), isFlushed: false };
}

function bootId(): string | undefined {
  try {
    return nodeBuiltin("node:fs", "LmdbStore").readFileSync(BOOT_ID, "utf8").trim();
  } catch {
    return undefined;
  }
}
