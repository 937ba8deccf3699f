/**
 * The file of a store: opened with the first call, once in a process however many stores are in it, closed with the last of them.
 */
import { UnavailableError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import { checkFile } from "./check-file.js";
import { placeOf } from "./place.js";
import type { LmdbFile, LmdbRoot } from "./types.js";

interface OpenOptions {
  readonly path: string | undefined;
  readonly database: LmdbRoot | undefined;
  readonly flush: boolean;
  readonly name: string;
}

interface LmdbModule {
  open(options: object): LmdbRoot;
}

interface Shared {
  readonly root: Promise<LmdbRoot>;
  users: number;
}

/** By the path of the folder. */
const open = new Map<string, Shared>();
/** Where lmdb puts it in a folder. */
const FILE = "data.mdb";
/** Databases in the file, two for each name. */
const DATABASES_MAX = 64;

export async function openFile({ path, database, flush, name }: OpenOptions): Promise<LmdbFile> {
  if (database !== undefined) return fileIn(database, name, async () => undefined);
  const { folder, isFlushed } = placeOf(path as string, flush);
  const shared = open.get(folder) ?? { root: openRoot(folder, isFlushed), users: 0 };
  open.set(folder, shared);
  shared.users++;
  const leave = () => leaveFile(folder, shared);
  try {
    return fileIn(await shared.root, name, leave);
  } catch (error) {
    await leave();
    throw error;
  }
}

async function openRoot(folder: string, isFlushed: boolean): Promise<LmdbRoot> {
  const lmdb = await importLmdb();
  checkFile(nodeBuiltin("node:path", "LmdbStore").join(folder, FILE));
  const sync = isFlushed ? {} : { noSync: true, overlappingSync: false };
  return lmdb.open({ path: folder, noSubdir: false, maxDbs: DATABASES_MAX, cache: false, ...sync });
}

async function leaveFile(folder: string, shared: Shared): Promise<void> {
  if (--shared.users > 0) return;
  if (open.get(folder) === shared) open.delete(folder);
  const root = await shared.root.catch(() => undefined);
  await root?.close();
}

function fileIn(root: LmdbRoot, name: string, close: () => Promise<void>): LmdbFile {
  const openDb = (part: string) =>
    root.openDB({ name: `${name}:${part}`, encoding: "binary", keyEncoding: "binary", cache: false });
  root.readerCheck();
  return { root, records: openDb("records"), ends: openDb("ends"), close };
}

/** @throws UnavailableError where it is not installed */
async function importLmdb(): Promise<LmdbModule> {
  const name: string = "lmdb";
  try {
    // Not a text of its own, so that bundlers do not look for what is not there.
    return (await import(`${name}`)) as LmdbModule;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new UnavailableError("LmdbStore with a path", "the package lmdb to be installed");
  }
}
