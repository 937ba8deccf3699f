/**
 * How a value lies in the table: what its flags mean, and what stands behind it.
 *
 *     flags   bits 0-1  kind: 0 JSON, 1 text (UTF-8), 2 bytes
 *             bit 6     it has a grace: after its time to live it is kept a while longer, for leases
 *             bit 7     a trailer follows
 *
 *     value | content type, Latin-1 | grace in ms (48 bits) | length of the content type (8 bits)
 *
 * Flags of 0 are the common case: a JSON text and nothing else, what the routes under /cache store and read without ever
 * looking in here. Counters of the table have them too, and read as decimal texts, which are JSON.
 *
 * With a grace, the table's own time to live is that of the client and the grace together. So nothing is stored that
 * depends on a clock: a value is stale as soon as what it has left is no more than its grace.
 */
export const KIND_JSON = 0;
export const KIND_TEXT = 1;
export const KIND_BYTES = 2;
export type Kind = typeof KIND_JSON | typeof KIND_TEXT | typeof KIND_BYTES;

export const KIND_MASK = 0x03;
export const GRACE_FLAG = 0x40;
export const TRAILER_FLAG = 0x80;

/** Of the content type; one byte holds its length. */
export const TYPE_BYTES_MAX = 255;
/** Behind the content type: grace, length. */
export const TRAILER_FIXED_BYTES = 7;
const GRACE_BYTES = 6;

/** What an entry without a trailer is. */
export const kindTypes = [
  "application/json",
  "text/plain; charset=utf-8",
  "application/octet-stream",
] as const;

export interface Trailer {
  /** Where the value ends. */
  readonly valueEnd: number;
  /** Empty: that of its kind. */
  readonly type: string;
  readonly graceMs: number;
}

/** Value and trailer as one. */
export function withTrailer(value: Buffer, type: string, graceMs: number): Buffer {
  const whole = Buffer.allocUnsafe(value.length + type.length + TRAILER_FIXED_BYTES);
  value.copy(whole, 0);
  whole.latin1Write(type, value.length);
  const at = value.length + type.length;
  whole.writeUIntLE(graceMs, at, GRACE_BYTES);
  whole[at + GRACE_BYTES] = type.length;
  return whole;
}

/** Of bytes at [start, end). Undefined where none can be: somebody else wrote the entry, with flags of his own. */
export function readTrailer(bytes: Buffer, start: number, end: number): Trailer | undefined {
  const fixedAt = end - TRAILER_FIXED_BYTES;
  if (fixedAt < start) return undefined;
  const valueEnd = fixedAt - bytes[end - 1];
  if (valueEnd < start) return undefined;
  return {
    valueEnd,
    type: bytes.latin1Slice(valueEnd, fixedAt),
    graceMs: bytes.readUIntLE(fixedAt, GRACE_BYTES),
  };
}
