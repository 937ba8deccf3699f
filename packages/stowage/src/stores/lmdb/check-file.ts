/**
 * Looks at a file before lmdb does: for something that is none of its files, or that ends too early, lmdb has no error but the end of
 * the process (a fault in memory that is mapped). What is damaged in between cannot be seen without reading all of it; values
 * have a checksum of their own (tiered/frame).
 *
 *     page 0 and page 1: head (24) | magic (4) | version (4) | 16 | page size (4) ... roots of the two trees (at 88 and 136)
 *                        | last page (8, at 144) | transaction (8)
 */
import { StoreDamagedError } from "../../base/errors.js";
import { nodeBuiltin } from "../../base/node.js";
import { isWhole } from "./tree.js";

const MAGIC = 0xbeefc0de;
const AT_MAGIC = 24;
const AT_PAGE_SIZE = 48;
const AT_ROOTS = [88, 136];
const AT_LAST_PAGE = 144;
const AT_TRANSACTION = 152;
const META_BYTES = 160;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/** While others write, pages that are looked at may be written anew: then there is a newer beginning to look from. */
const TRIES_MAX = 5;

/** @throws StoreDamagedError where lmdb must not open it. A file that is not there, or empty, is a new one. */
export function checkFile(path: string): void {
  const fs = nodeBuiltin("node:fs", "LmdbStore");
  if (!fs.existsSync(path)) return;
  const file = fs.openSync(path, "r");
  const read: Read = (bytes, at) => fs.readSync(file, bytes, 0, bytes.length, at);
  try {
    for (let attempt = 1; ; attempt++) {
      const meta = newestMeta(path, read);
      if (meta === undefined) return;
      const needed = (meta.lastPage + 1n) * BigInt(meta.pageSize);
      const { size } = fs.fstatSync(file, { bigint: true });
      if (size >= needed || areWhole(meta, read)) return;
      if (attempt < TRIES_MAX && newestMeta(path, read)?.transaction !== meta.transaction) continue;
      throw new StoreDamagedError(path, `of ${needed} bytes only ${size} are there`);
    }
  } finally {
    fs.closeSync(file);
  }
}

function areWhole({ roots, pageSize }: Meta, read: Read): boolean {
  const readPage = (page: number) => {
    const bytes = Buffer.alloc(pageSize);
    return read(bytes, page * pageSize) === pageSize ? bytes : undefined;
  };
  try {
    return roots.every((root) => isWhole(readPage, root));
  } catch (error) {
    // Places that are outside of the page.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

type Read = (bytes: Buffer, at: number) => number;

function newestMeta(path: string, read: Read): Meta | undefined {
  const first = Buffer.alloc(META_BYTES);
  const length = read(first, 0);
  if (length === 0) return undefined;
  const one = length < META_BYTES ? undefined : metaIn(first);
  const second = Buffer.alloc(META_BYTES);
  const two = one && read(second, one.pageSize) === META_BYTES ? metaIn(second) : undefined;
  if (one === undefined || two === undefined)
    throw new StoreDamagedError(path, "it does not begin as a file of lmdb does");
  return one.transaction > two.transaction ? one : two;
}

function metaIn(bytes: Buffer): Meta | undefined {
  if (bytes.readUInt32LE(AT_MAGIC) !== MAGIC) return undefined;
  const pageSize = bytes.readUInt32LE(AT_PAGE_SIZE);
  if (pageSize < 256 || pageSize > 65_536) return undefined;
  return {
    pageSize,
    roots: AT_ROOTS.map((at) => bytes.readBigUInt64LE(at)),
    lastPage: bytes.readBigUInt64LE(AT_LAST_PAGE),
    transaction: bytes.readBigUInt64LE(AT_TRANSACTION),
  };
}
