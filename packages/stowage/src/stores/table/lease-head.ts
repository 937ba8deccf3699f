/**
 * How a lease stands in the table: before the value, whose entry it shares, so that whatever ends the entry ends the lease.
 * The entry's flags say which kind it is, and its version is the token: every write of the key makes another one.
 *
 *      0  due    8 bytes, a double: milliseconds since 1970
 *      8  ttl    8 bytes, a double: milliseconds that it was granted for
 *         value  to the end
 *
 * Time is the calendar's, since it has to mean something after a snapshot was loaded by another process. A lease that seems to
 * have longer to live than it was granted for is of a calendar that was set back: it is over.
 */

/** A value and nothing else. */
export const PLAIN = 0;
/** A lease, and the value behind it. */
export const LEASED = 1;
/** A lease, and no value: to all but leases, there is nothing. */
export const LEASE_ONLY = 2;

export const LEASE_BYTES = 16;
const AT_TTL = 8;

export interface LeaseHead {
  readonly dueMs: number;
  readonly ttlMs: number;
}

export function withLease({ dueMs, ttlMs }: LeaseHead, value: Uint8Array | undefined): Buffer {
  const bytes = Buffer.allocUnsafe(LEASE_BYTES + (value?.length ?? 0));
  bytes.writeDoubleLE(dueMs, 0);
  bytes.writeDoubleLE(ttlMs, AT_TTL);
  if (value !== undefined) bytes.set(value, LEASE_BYTES);
  return bytes;
}

/** How long the lease has left; 0: it is over, or there is none. */
export function leaseLeftMs(flags: number, bytes: Buffer, wallMs: number): number {
  if (!hasHead(flags, bytes)) return 0;
  const leftMs = bytes.readDoubleLE(0) - wallMs;
  return leftMs > 0 && leftMs <= bytes.readDoubleLE(AT_TTL) ? leftMs : 0;
}

/** The value without what stands before it; undefined: there is none. */
export function valueIn(flags: number, bytes: Buffer): Buffer | undefined {
  if (flags === LEASE_ONLY) return undefined;
  return hasHead(flags, bytes) ? bytes.subarray(LEASE_BYTES) : bytes;
}

/** What others wrote may bear any flags. */
function hasHead(flags: number, { length }: Buffer): boolean {
  return (flags === LEASED || flags === LEASE_ONLY) && length >= LEASE_BYTES;
}
