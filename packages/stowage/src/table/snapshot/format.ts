/**
 * The snapshot format, version 1. Numbers of heads are little-endian, records as they stand in memory.
 *
 *     header   0  8  magic 89 "STOT" 0D 0A 1A
 *              8  2  version                      } these two and the magic stay where they are in every version,
 *             10  2  length of the header, 64     } and the header ends with its checksum
 *             12  4  01020304 in the order of bytes of the machine that wrote it
 *             16  8  id: random
 *             24  8  when it was begun, milliseconds since 1970 (double)
 *             60  4  checksum of the 60 bytes before
 *
 *     block    0  4  "BLCK"                       as many as it takes; each a multiple of 8 bytes long
 *              4  4  kind: 1 first pass, 2 second pass, 3 end
 *              8  8  id of the file
 *             16  4  its number, from 0
 *             20  4  bytes of records
 *             24  4  records
 *             28  4  checksum of the records
 *             36  4  checksum of the 36 bytes before
 *             40     records
 *
 *     end      a block of kind 3, whose 24 bytes are three doubles: entries, blocks, where the second pass begins
 *
 *     record   an item as log/items.ts draws it, but: deadlines are milliseconds since 1970, the sequence of its tags and
 *              its version are 0, of word 3 only the user's flags are there, and it is neither DEAD nor JUMBO
 *
 * Every block can be found and judged by itself, so damage costs the blocks that it hits. Where a head is damaged, the
 * next one is looked for by marker and id; a value cannot pretend to be a block, since no value knows the id of a file
 * that it is yet to be written to. A change of the layout of items is a change of this version.
 */
import { crc32 } from "../../cache/persist/crc32.js";

export const formatVersion = 1;
export const headerBytes = 64;
export const blockHeadBytes = 40;
export const endBytes = 24;
/** A block is closed when the next record does not fit; a longer record has a block to itself. */
export const blockBytes = 256 * 1024;
/** A value of 1 GiB, the longest key, most tags; more is a lie. */
export const recordBytesMax = 2 ** 30 + 2 ** 17;

export const blockKind = { first: 1, second: 2, end: 3 } as const;
export const marker = Buffer.from("BLCK");

const magic = Uint8Array.of(0x89, 0x53, 0x54, 0x4f, 0x54, 0x0d, 0x0a, 0x1a);
const byteOrder = 0x01020304;
const at = { version: 8, length: 10, byteOrder: 12, id: 16, begun: 24, crc: headerBytes - 4 } as const;
const inHead = {
  kind: 4,
  id: 8,
  number: 16,
  bytes: 20,
  records: 24,
  crc: 28,
  headCrc: blockHeadBytes - 4,
} as const;

export interface BlockHead {
  readonly kind: number;
  readonly number: number;
  /** Of its records. */
  readonly bytes: number;
  readonly records: number;
  readonly crc: number;
}

export interface End {
  readonly entries: number;
  readonly blocks: number;
  /** Where the blocks of the second pass begin in the file. */
  readonly secondAt: number;
}

export function writeHeader(id: Uint8Array, begunWallMs: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.set(magic);
  header.writeUInt16LE(formatVersion, at.version);
  header.writeUInt16LE(headerBytes, at.length);
  new Int32Array(header.buffer, header.byteOffset + at.byteOrder, 1)[0] = byteOrder;
  header.set(id, at.id);
  header.writeDoubleLE(begunWallMs, at.begun);
  header.writeUInt32LE(crc32(header.subarray(0, at.crc)), at.crc);
  return header;
}

export interface Header {
  readonly id: Buffer;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** The header, or what is wrong with it. */
export function readHeader(header: Buffer): Header | { fault: string } {
  if (!magic.every((byte, index) => header[index] === byte)) return { fault: "it is no snapshot of a table" };
  const version = header.readUInt16LE(at.version);
  // A header of another version may be longer; of this one, the checksum says whether the number can be believed.
  if (version > formatVersion && header.readUInt16LE(at.length) > headerBytes)
    return { fault: newer(version) };
  if (header.readUInt32LE(at.crc) !== crc32(header.subarray(0, at.crc)))
    return { fault: "its header is damaged" };
  if (version !== formatVersion) return { fault: newer(version) };
  if (new Int32Array(Uint8Array.from(header).buffer, at.byteOrder, 1)[0] !== byteOrder)
    return { fault: "it was written on a machine with another order of bytes" };
  return { id: Buffer.from(header.subarray(at.id, at.id + 8)), begunAt: header.readDoubleLE(at.begun) };
}

/** Writes the head before the records that stand behind it. */
export function writeBlockHead(block: Buffer, id: Uint8Array, head: BlockHead): void {
  block.fill(0, 0, blockHeadBytes);
  block.set(marker);
  block.writeUInt32LE(head.kind, inHead.kind);
  block.set(id, inHead.id);
  block.writeUInt32LE(head.number, inHead.number);
  block.writeUInt32LE(head.bytes, inHead.bytes);
  block.writeUInt32LE(head.records, inHead.records);
  block.writeUInt32LE(head.crc, inHead.crc);
  block.writeUInt32LE(crc32(block.subarray(0, inHead.headCrc)), inHead.headCrc);
}

/** The head that begins here, or undefined if none of this file does. */
export function readBlockHead(bytes: Buffer, id: Buffer): BlockHead | undefined {
  if (bytes.length < blockHeadBytes || marker.compare(bytes, 0, marker.length) !== 0) return undefined;
  if (id.compare(bytes, inHead.id, inHead.id + id.length) !== 0) return undefined;
  if (bytes.readUInt32LE(inHead.headCrc) !== crc32(bytes.subarray(0, inHead.headCrc))) return undefined;
  return {
    kind: bytes.readUInt32LE(inHead.kind),
    number: bytes.readUInt32LE(inHead.number),
    bytes: bytes.readUInt32LE(inHead.bytes),
    records: bytes.readUInt32LE(inHead.records),
    crc: bytes.readUInt32LE(inHead.crc),
  };
}

export function writeEnd(target: Buffer, end: End): void {
  target.writeDoubleLE(end.entries, 0);
  target.writeDoubleLE(end.blocks, 8);
  target.writeDoubleLE(end.secondAt, 16);
}

export function readEnd(bytes: Buffer): End {
  return { entries: bytes.readDoubleLE(0), blocks: bytes.readDoubleLE(8), secondAt: bytes.readDoubleLE(16) };
}

function newer(version: number): string {
  return `it is of format version ${version}, and this Stowage reads version ${formatVersion}`;
}
