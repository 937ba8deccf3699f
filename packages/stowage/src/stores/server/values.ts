/**
 * Records as values of the server, which are JSON: bytes as base64, in a text. In batches of many keys that beats a request a
 * value, although it is a third longer. Counters are numbers. A lease stands beside the bytes, in the same entry, so that
 * whatever changes the entry ends it:
 *
 *     "AAEC"                                    a value
 *     {"lease": [due, ttl], "value": "AAEC"}    a value, and a lease: milliseconds since 1970, milliseconds granted
 *     {"lease": [due, ttl]}                     a lease and no value: to all but leases, there is nothing
 *
 * A lease that seems to have longer to live than it was granted for is of a calendar that was set back: it is over.
 */
const utf8 = new TextEncoder();
/** Another program's: to whoever reads records it is none. */
const FOREIGN = new Uint8Array(0);

export interface Stored {
  readonly bytes: Uint8Array | undefined;
  /** Undefined: there is none, running or over. */
  readonly lease: readonly [dueMs: number, ttlMs: number] | undefined;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

export function leased(lease: readonly [number, number], bytes: Uint8Array | undefined): object {
  return bytes === undefined ? { lease } : { lease, value: textOf(bytes) };
}

export function storedIn(value: unknown): Stored {
  const { lease, value: text } = (value ?? {}) as { lease?: unknown; value?: unknown };
  if (!isLease(lease)) return { bytes: bytesOf(value), lease: undefined };
  return { bytes: text === undefined ? undefined : bytesOf(text), lease };
}

/** How long the lease has left; 0: it is over, or there is none. */
export function leaseLeftMs({ lease }: Stored, wallMs: number): number {
  if (lease === undefined) return 0;
  const [dueMs, ttlMs] = lease;
  const leftMs = dueMs - wallMs;
  return leftMs > 0 && leftMs <= ttlMs ? leftMs : 0;
}

export function isSame(bytes: Uint8Array, seen: Uint8Array | undefined): boolean {
  return seen !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).equals(seen);
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, "base64");
  return typeof value === "number" ? utf8.encode(`${value}`) : FOREIGN;
}

function isLease(lease: unknown): lease is readonly [number, number] {
  return Array.isArray(lease) && lease.length === 2 && lease.every((each) => typeof each === "number");
}
