/**
 * The pages of a file of lmdb that something refers to: for a file that is shorter than its count of pages says. lmdb leaves that so
 * where the last pages came and went within one transaction; but a file that was cut is shorter as well, and reading beyond the end
 * of what is mapped ends the process.
 *
 *     page:  number (8) | transaction (8) | 2 | flags (2) | length of the list of nodes (2) | 2 | places of nodes (2 each) ...
 *     node:  low (2) | high (2) | flags (2) | length of the key (2) | key | data         places count from the end of the head
 *
 * A branch's node has the number of a page in low, high and flags; a leaf's has data, or where it lies: the first of pages of its own,
 * or a tree of its own.
 */

/** The bytes of a page; undefined: the file ends before its end. */
export type ReadPage = (page: number) => Buffer | undefined;

const HEAD_BYTES = 24;
const AT_FLAGS = 18;
const AT_LOWER = 20;
const NODE_BYTES = 8;
const BRANCH = 1;
const LEAF = 2;
const BIG = 1;
const TREE = 2;
/** In the description of a tree (48 bytes), and in that of pages of its own (24 bytes). */
const AT_ROOT = 40;
const AT_PAGES = 16;
const NONE = 2n ** 64n - 1n;
/** Deeper than any tree: one that leads back to itself is damaged. */
const DEPTH_MAX = 60;

/** Whether everything that the tree refers to is there. @param root 2^64-1: it is empty */
export function isWhole(read: ReadPage, root: bigint, depth = 0): boolean {
  if (root === NONE) return true;
  const page = depth > DEPTH_MAX ? undefined : read(Number(root));
  if (page === undefined) return false;
  const kind = page.readUInt16LE(AT_FLAGS) & (BRANCH | LEAF);
  if (kind !== BRANCH && kind !== LEAF) return false;
  for (const node of nodesOf(page)) {
    const isThere =
      kind === BRANCH ? isWhole(read, childOf(node), depth + 1) : isLeafWhole(read, node, depth);
    if (!isThere) return false;
  }
  return true;
}

function* nodesOf(page: Buffer): Generator<Buffer> {
  const count = page.readUInt16LE(AT_LOWER) / 2;
  for (let index = 0; index < count; index++)
    yield page.subarray(HEAD_BYTES + page.readUInt16LE(HEAD_BYTES + index * 2));
}

function childOf(node: Buffer): bigint {
  return BigInt(node.readUInt32LE(0)) | (BigInt(node.readUInt16LE(4)) << 32n);
}

function isLeafWhole(read: ReadPage, node: Buffer, depth: number): boolean {
  const flags = node.readUInt16LE(4);
  const data = node.subarray(NODE_BYTES + node.readUInt16LE(6));
  if ((flags & BIG) !== 0) {
    const last = data.readBigUInt64LE(0) + data.readBigUInt64LE(AT_PAGES) - 1n;
    return read(Number(last)) !== undefined;
  }
  return (flags & TREE) === 0 || isWhole(read, data.readBigUInt64LE(AT_ROOT), depth + 1);
}
