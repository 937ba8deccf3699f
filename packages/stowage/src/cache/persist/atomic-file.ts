/**
 * Writes a file so that whoever looks sees the old one or the whole new one, whatever happens in between.
 *
 * The new content goes to a file of another name in the same folder, is brought to the disk, and only then takes the
 * old one's name. The folder itself is not synced: after a power failure one may find the old file again, but never a
 * broken one. A process that is killed leaves its unfinished `<name>.<random>.tmp` behind; any failure it lives to see
 * removes it.
 */
import { type FileSystem, failAfter, guarded, type OpenFile, writeAll } from "./files.js";

/** Calls `write` with a function that appends to the new file; the file is in place when this resolves. */
export async function replaceFile<Result>(
  files: FileSystem,
  path: string,
  write: (append: (bytes: Uint8Array) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const unfinished = `${path}.${randomName()}.tmp`;
  const old = await guarded("look for", path, () => files.stat(path));
  const file = await guarded("create", unfinished, () => files.open(unfinished, "create", old?.permissions));
  let open = true;
  try {
    const result = await write((bytes) => writeAll(file, unfinished, bytes));
    await guarded("sync", unfinished, () => file.sync());
    open = false;
    await guarded("close", unfinished, () => file.close());
    await guarded("replace", path, () => files.rename(unfinished, path));
    return result;
  } catch (failure) {
    const cleanUp = () => discard(files, unfinished, open ? file : undefined);
    return await failAfter(failure, "remove the unfinished", unfinished, cleanUp);
  }
}

async function discard(files: FileSystem, path: string, file: OpenFile | undefined): Promise<void> {
  try {
    await file?.close();
  } finally {
    await files.unlink(path);
  }
}

/** Two saves to one path at once must not write to the same file. */
function randomName(): string {
  return randomBytes(6).reduce((name, byte) => name + byte.toString(16).padStart(2, "0"), "");
}

export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
