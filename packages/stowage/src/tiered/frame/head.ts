/**
 * A record of the second tier: a head, and the value behind it.
 *
 *      0  magic         4 bytes, F5 53 54 57: no UTF-8 text begins with F5, so nothing that others wrote is taken for ours
 *      4  version       1 byte, of this layout
 *      5  flags         1 byte: bit 0: it is known that there is no value
 *      6  serializer    1 byte: its id
 *      7  compression   1 byte: its id; 0: none
 *      8  crc32         4 bytes, of all other bytes, those before it too
 *     12  epoch         8 bytes, a double: what its writer knew before it began
 *     20  created       8 bytes, a double: milliseconds since 1970
 *     28  expires       8 bytes, the same; 0: never
 *     36  load          4 bytes: milliseconds that the loader took
 *     40  raw length    4 bytes: of the value before it was compressed
 *     44  retry         8 bytes, a double: its load failed, and is not to be tried again before this time; 0: it did not
 *     52  failures      2 bytes: so many times in a row
 *     54  tags          2 bytes: how many; then each: 2 bytes of length, of which the highest bit says UTF-16, and its text
 *         payload       to the end
 *
 * Numbers are little-endian. What is damaged, cut short, of another layout or of another program gives no head and never an
 * error: to the reader it is a miss. Not here: leases, which stand in whatever a store wraps its values in.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { crc32 } from "./crc32.js";

export const FRAME_VERSION = 1;

const MAGIC = 0x575453f5;
const AT_VERSION = 4;
const AT_FLAGS = 5;
const AT_SERIALIZER = 6;
const AT_COMPRESSION = 7;
const AT_CRC = 8;
const AT_EPOCH = 12;
const AT_CREATED = 20;
const AT_EXPIRES = 28;
const AT_LOAD = 36;
const AT_RAW_LENGTH = 40;
const AT_RETRY = 44;
const AT_FAILURES = 52;
const AT_TAGS = 54;
const AT_FIRST_TAG = 56;
const FLAG_NEGATIVE = 1;
const UTF_16 = 0x8000;
const TAG_BYTES_MAX = 0x7fff;
const TAGS_MAX = 0xffff;
const UINT_16_MAX = 2 ** 16 - 1;
const UINT_32_MAX = 2 ** 32 - 1;

/** What tiers know of a value. */
export interface FrameHead {
  /** It is known that there is no value; there is no payload then. */
  readonly isNegative: boolean;
  /** What the writer knew of the namespace's epoch before its load began. */
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  /** From when on it is stale, in milliseconds since 1970; null: never. */
  readonly expiresMs: number | null;
  /** How long the loader took, for early refreshes. */
  readonly loadMs: number;
  readonly tags: readonly string[];
  /**
   * Of an old value that could not be renewed: a load is not tried again before this time, in milliseconds since 1970, by
   * whichever process. 0, or left out: it may be tried at any time.
   */
  readonly retryMs?: number;
  /** How often in a row it could not be renewed. */
  readonly failures?: number;
}

/** How the payload was made. */
export interface FrameCoding {
  readonly serializer: number;
  readonly compression: number;
  readonly rawLength: number;
}

export interface Frame extends FrameHead, FrameCoding {
  readonly payload: Uint8Array;
}

/** Why bytes are no frame: of another program, of another version of this layout, or not as they were written. */
export type FrameFault = "foreign" | "version" | "damaged";

/** @throws InvalidArgumentError for too many tags, or one that is too long */
export function encodeFrame(head: FrameHead, coding: FrameCoding, payload: Uint8Array): Uint8Array {
  const tags = encodeTags(head.tags);
  const bytes = Buffer.allocUnsafe(AT_TAGS + tags.length + payload.length);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes[AT_VERSION] = FRAME_VERSION;
  bytes[AT_FLAGS] = head.isNegative ? FLAG_NEGATIVE : 0;
  bytes[AT_SERIALIZER] = coding.serializer;
  bytes[AT_COMPRESSION] = coding.compression;
  bytes.writeDoubleLE(head.epoch, AT_EPOCH);
  bytes.writeDoubleLE(head.createdMs, AT_CREATED);
  bytes.writeDoubleLE(head.expiresMs ?? 0, AT_EXPIRES);
  bytes.writeUInt32LE(Math.min(UINT_32_MAX, Math.max(0, Math.round(head.loadMs))), AT_LOAD);
  bytes.writeUInt32LE(coding.rawLength, AT_RAW_LENGTH);
  bytes.writeDoubleLE(head.retryMs ?? 0, AT_RETRY);
  bytes.writeUInt16LE(Math.min(UINT_16_MAX, head.failures ?? 0), AT_FAILURES);
  bytes.set(tags, AT_TAGS);
  bytes.set(payload, AT_TAGS + tags.length);
  bytes.writeUInt32LE(checksum(bytes), AT_CRC);
  return bytes;
}

/** The payload is a view of the bytes. */
export function decodeFrame(given: Uint8Array): Frame | FrameFault {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length < AT_FIRST_TAG || bytes.readUInt32LE(0) !== MAGIC) return "foreign";
  if (bytes[AT_VERSION] !== FRAME_VERSION) return "version";
  if (bytes.readUInt32LE(AT_CRC) !== checksum(bytes)) return "damaged";
  const tags = decodeTags(bytes);
  if (tags === undefined || bytes[AT_FLAGS] > FLAG_NEGATIVE) return "damaged";
  const expiresMs = bytes.readDoubleLE(AT_EXPIRES);
  return {
    isNegative: bytes[AT_FLAGS] === FLAG_NEGATIVE,
    epoch: bytes.readDoubleLE(AT_EPOCH),
    createdMs: bytes.readDoubleLE(AT_CREATED),
    expiresMs: expiresMs === 0 ? null : expiresMs,
    loadMs: bytes.readUInt32LE(AT_LOAD),
    tags: tags.texts,
    retryMs: bytes.readDoubleLE(AT_RETRY),
    failures: bytes.readUInt16LE(AT_FAILURES),
    serializer: bytes[AT_SERIALIZER],
    compression: bytes[AT_COMPRESSION],
    rawLength: bytes.readUInt32LE(AT_RAW_LENGTH),
    payload: bytes.subarray(tags.end),
  };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(AT_EPOCH), crc32(bytes.subarray(0, AT_CRC)));
}

const NO_TAGS = new Uint8Array(2);

function encodeTags(tags: readonly string[]): Uint8Array {
  if (tags.length === 0) return NO_TAGS;
  if (tags.length > TAGS_MAX)
    throw new InvalidArgumentError("tags", "the number of tags", tags.length, `at most ${TAGS_MAX}`);
  const count = Buffer.allocUnsafe(2);
  count.writeUInt16LE(tags.length);
  return Buffer.concat([count, ...tags.flatMap(encodeTag)]);
}

/** In UTF-8; where that would lose half a surrogate pair, so that two tags became one, in UTF-16. */
function encodeTag(tag: string): Uint8Array[] {
  const utf8 = Buffer.from(tag, "utf8");
  const isLossless = utf8.toString("utf8") === tag;
  const text = isLossless ? utf8 : Buffer.from(tag, "utf16le");
  if (text.length > TAG_BYTES_MAX)
    throw new InvalidArgumentError("tags", "a tag", tag, `at most ${TAG_BYTES_MAX} bytes long`);
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16LE(isLossless ? text.length : text.length | UTF_16);
  return [length, text];
}

const NONE = Object.freeze({ texts: Object.freeze([]) as readonly string[], end: AT_FIRST_TAG });

function decodeTags(bytes: Buffer): { readonly texts: readonly string[]; readonly end: number } | undefined {
  const count = bytes.readUInt16LE(AT_TAGS);
  if (count === 0) return NONE;
  const texts: string[] = [];
  let at = AT_FIRST_TAG;
  for (let index = 0; index < count; index++) {
    if (at + 2 > bytes.length) return undefined;
    const word = bytes.readUInt16LE(at);
    const end = at + 2 + (word & TAG_BYTES_MAX);
    if (end > bytes.length) return undefined;
    texts.push(bytes.toString((word & UTF_16) === 0 ? "utf8" : "utf16le", at + 2, end));
    at = end;
  }
  return { texts, end: at };
}
