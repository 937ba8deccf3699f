/**
 * What an entry of a shared cache has beyond what the table keeps: it stands behind the value, and bit 7 of the flags says
 * that it is there. Most entries have none.
 *
 *     value | tags as JSON | stale window (f64) | cost of loading (f64) | length of all this (u32)
 *
 * Behind and not before, so that whoever reads the table's bytes finds the value where it expects it. The stale window
 * is time that the table keeps an entry for after it has expired, for fetch: the table's own deadline includes it.
 */

export interface Trailer {
  /** Their names; the table itself keeps only hashes. */
  readonly tags: readonly string[];
  /** For how long after expiry the value is kept. */
  readonly keepMs: number;
  /** How long it took to load; 0: not known. */
  readonly costMs: number;
}

export const TRAILER_FLAG = 0x80;
const FIXED_BYTES = 20;
const NO_TAGS: readonly string[] = Object.freeze([]);
export const NO_TRAILER: Trailer = Object.freeze({ tags: NO_TAGS, keepMs: 0, costMs: 0 });

export function isNeeded({ tags, keepMs, costMs }: Trailer): boolean {
  return tags.length > 0 || keepMs > 0 || costMs > 0;
}

/** Value and trailer as one. */
export function withTrailer(value: Uint8Array | string, trailer: Trailer): Buffer {
  const tags = trailer.tags.length === 0 ? "" : JSON.stringify(trailer.tags);
  const valueLength = typeof value === "string" ? Buffer.byteLength(value) : value.length;
  const tagsLength = Buffer.byteLength(tags);
  const bytes = Buffer.allocUnsafe(valueLength + tagsLength + FIXED_BYTES);
  if (typeof value === "string") bytes.write(value, 0);
  else bytes.set(value, 0);
  bytes.write(tags, valueLength);
  const at = valueLength + tagsLength;
  bytes.writeDoubleLE(trailer.keepMs, at);
  bytes.writeDoubleLE(trailer.costMs, at + 8);
  bytes.writeUInt32LE(tagsLength + FIXED_BYTES, at + 16);
  return bytes;
}

/** Where the value ends, of bytes with a trailer. */
export function valueEnd(bytes: Buffer, length: number): number {
  return length - bytes.readUInt32LE(length - 4);
}

export function keepMsIn(bytes: Buffer, length: number): number {
  return bytes.readDoubleLE(length - FIXED_BYTES);
}

export function readTrailer(bytes: Buffer, length: number): Trailer {
  const from = valueEnd(bytes, length);
  const to = length - FIXED_BYTES;
  return {
    tags: to > from ? Object.freeze(JSON.parse(bytes.toString("utf8", from, to))) : NO_TAGS,
    keepMs: bytes.readDoubleLE(to),
    costMs: bytes.readDoubleLE(to + 8),
  };
}
