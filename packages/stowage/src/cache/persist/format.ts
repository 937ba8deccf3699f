/**
 * The dump format, version 1. All numbers little-endian.
 *
 *     header   0  8  magic 89 "STOW" 0D 0A 1A: no text file, and shows when line ends were "corrected"
 *              8  2  version                         } these two and the magic stay where they are
 *             10  2  length n of the header          } in every version, and the header ends with its checksum
 *             12  1  compression: 0 none, 1 gzip, 2 brotli
 *             13  8  random: no two dumps have the same header
 *             21     serializer id: text (see codec/byte-writer.ts)
 *            n-4  4  checksum
 *
 *     block    0  1  "B" as it is, "C" compressed    as many blocks as it takes, none of them empty
 *              1  4  stored bytes s
 *              5  4  bytes when decompressed
 *              9  4  entries
 *             13  s  records (see record.ts)
 *           13+s  4  checksum
 *
 *     footer   0  1  "E"
 *              1  8  entries of the whole dump, as a float
 *              9  4  checksum                        the file ends here
 *
 * Every checksum is the CRC-32 of everything before it in the file but checksums. So each one vouches for the whole
 * file up to it: blocks cannot be missing, doubled, out of order or from another dump, and a file cut off between
 * blocks lacks its footer. All bytes are covered.
 */
import { ByteReader } from "./codec/byte-reader.js";
import { ByteWriter } from "./codec/byte-writer.js";
import { type Compression, compressions } from "./compress.js";

export const formatVersion = 1;

/** A block is closed when it has this many bytes of records: some 1 ms of work, and little memory. */
export const blockBytes = 64 * 1024;
/** ... or this many entries, which also is the most that a reader takes: a batch must not block the event loop. */
export const blockEntriesMax = 512;
/** The most bytes that a block may have: one of its entries may be large. Longer ones are refused on both sides. */
export const blockBytesMax = 2 ** 30;

export const headerStartBytes = 12;
export const checksumBytes = 4;
/** What follows the kind, which tells a block from the footer. */
export const blockHeadBytes = 12;
export const footerBytes = 8;

export const blockKind = { plain: 0x42, compressed: 0x43, end: 0x45 } as const;

const magic = Uint8Array.of(0x89, 0x53, 0x54, 0x4f, 0x57, 0x0d, 0x0a, 0x1a);
/** How many random bytes a header has. */
export const randomBytes = 8;

export interface Header {
  compression: Compression;
  serializerId: string;
}

export interface BlockHead {
  kind: number;
  storedBytes: number;
  rawBytes: number;
  entries: number;
}

/** The header without its checksum. */
export function writeHeader(header: Header, random: Uint8Array): Uint8Array {
  const out = new ByteWriter();
  out.bytes(magic);
  out.bytes(new Uint8Array(headerStartBytes - magic.length)); // filled in below, when the length is known
  out.u8(compressions.indexOf(header.compression));
  out.bytes(random.subarray(0, randomBytes));
  out.text(header.serializerId);
  const bytes = out.written().slice();
  viewOf(bytes).setUint16(8, formatVersion, true);
  viewOf(bytes).setUint16(10, bytes.length + checksumBytes, true);
  return bytes;
}

export function hasMagic(start: Uint8Array): boolean {
  return magic.every((byte, index) => start[index] === byte);
}

/** Version and length of the header, from its first `headerStartBytes`. */
export function readHeaderStart(start: Uint8Array): { version: number; length: number } {
  return { version: viewOf(start).getUint16(8, true), length: viewOf(start).getUint16(10, true) };
}

/** What follows the first `headerStartBytes` and comes before the checksum. Throws when it makes no sense. */
export function readHeaderRest(bytes: Uint8Array): Header {
  const reader = new ByteReader(bytes);
  const compression = compressions[reader.u8()] ?? reader.malformed("there is no such compression");
  reader.bytes(randomBytes);
  const serializerId = reader.text();
  if (reader.left > 0) reader.malformed(`${reader.left} bytes are left over`);
  return { compression, serializerId };
}

export function writeBlockHead(head: BlockHead): Uint8Array {
  const bytes = new Uint8Array(1 + blockHeadBytes);
  const view = viewOf(bytes);
  view.setUint8(0, head.kind);
  view.setUint32(1, head.storedBytes, true);
  view.setUint32(5, head.rawBytes, true);
  view.setUint32(9, head.entries, true);
  return bytes;
}

/** From the `blockHeadBytes` after the kind. */
export function readBlockHead(kind: number, bytes: Uint8Array): BlockHead {
  const view = viewOf(bytes);
  return {
    kind,
    storedBytes: view.getUint32(0, true),
    rawBytes: view.getUint32(4, true),
    entries: view.getUint32(8, true),
  };
}

/** The footer without its checksum. */
export function writeFooter(entries: number): Uint8Array {
  const bytes = new Uint8Array(1 + footerBytes);
  viewOf(bytes).setUint8(0, blockKind.end);
  viewOf(bytes).setFloat64(1, entries, true);
  return bytes;
}

/** From the `footerBytes` after the kind. */
export function readFooterEntries(bytes: Uint8Array): number {
  return viewOf(bytes).getFloat64(0, true);
}

export function writeChecksum(crc: number): Uint8Array {
  const bytes = new Uint8Array(checksumBytes);
  viewOf(bytes).setUint32(0, crc, true);
  return bytes;
}

export function readChecksum(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(0, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
