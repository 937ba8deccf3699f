/**
 * What stands behind an entry in the table of a server that is one of a fleet: its version in L2 and the end of its life, since the
 * table's own version and time to live are those of the copy.
 *
 *     value, and what /v1 put behind it | version (double) | end, of the clock that all workers share (double)
 */

/** Beside the flags of stored/layout.ts. What has not got it was put there by the program that embeds the server. */
export const TAIL_FLAG = 0x20;
export const TAIL_BYTES = 16;
/** Plain JSON: what GET /cache/get sends as it stands. */
export const PLAIN = TAIL_FLAG;

const VERSION_BYTES = 8;

export function withTail(bytes: Buffer, version: number, endsAt: number): Buffer {
  const whole = Buffer.allocUnsafe(bytes.length + TAIL_BYTES);
  bytes.copy(whole);
  whole.writeDoubleLE(version, bytes.length);
  whole.writeDoubleLE(endsAt, bytes.length + VERSION_BYTES);
  return whole;
}

/** Of an item that ends at `end`. */
export function versionAt(bytes: Buffer, end: number): number {
  return bytes.readDoubleLE(end - TAIL_BYTES);
}

export function endAt(bytes: Buffer, end: number): number {
  return bytes.readDoubleLE(end - VERSION_BYTES);
}

/** The flags that the entry has without its tail. */
export function flagsBelow(flags: number): number {
  return flags & ~TAIL_FLAG;
}

export function hasTail(flags: number): boolean {
  return (flags & TAIL_FLAG) !== 0;
}
