/**
 * What stands under a key, always one string of Redis, so that one plain GET or MGET reads it:
 *
 *     = hash value                  a value
 *     L token due = hash value      a value, and a lease over it
 *     L token due                   a lease over nothing
 *     -123                          a counter, so that whoever looks sees a number
 *
 * `hash` are four bytes of the key's FNV-1a: an answer that belongs to another question, since a proxy or a library lost one in
 * between, is not taken for this one's. The token has 24 characters; `due` are 13 digits, the time in milliseconds by the server's
 * clock at which the lease ends. A lease over nothing also has that as the lifetime of its key; one over a value leaves the lifetime as it
 * is. What a lease stood over is there again when it is given back: it is what stands behind it.
 *
 * Whatever else stands under a key, somebody else wrote: it is not there, and the next one who writes overwrites it.
 */

const VALUE = 0x3d;
const LEASE = 0x4c;
const MINUS = 0x2d;

export const TOKEN_CHARACTERS = 24;
const DUE_DIGITS = 13;
/** Of a lease, in bytes: its letter, its token, its end. */
export const LEASE_BYTES = 1 + TOKEN_CHARACTERS + DUE_DIGITS;

/** Of a value, in bytes: its sign, its hash. */
export const VALUE_BYTES = 5;

/** A copy, so that what the caller does with his bytes does no harm. */
export function sealed(key: string, bytes: Uint8Array): Buffer {
  const all = Buffer.allocUnsafe(bytes.length + VALUE_BYTES);
  all[0] = VALUE;
  all.writeInt32BE(hashOf(key), 1);
  all.set(bytes, VALUE_BYTES);
  return all;
}

/** The value that stands there; undefined: none, but perhaps a lease, somebody else's bytes, or the answer to another question. */
export function opened(key: string, reply: Uint8Array): Uint8Array | undefined {
  const start = reply[0] === LEASE && reply.length >= LEASE_BYTES ? LEASE_BYTES : 0;
  if (reply[start] === VALUE) {
    const isOurs = reply.length >= start + VALUE_BYTES && isOf(key, reply, start + 1);
    return isOurs ? part(reply, start + VALUE_BYTES) : undefined;
  }
  return isDigit(reply[reply[start] === MINUS ? start + 1 : start]) ? part(reply, start) : undefined;
}

/** What stands before every value of this key. */
export function headOf(key: string): Buffer {
  return sealed(key, new Uint8Array());
}

export function isLeaseOnly(reply: unknown): boolean {
  return reply instanceof Uint8Array && reply.length === LEASE_BYTES && reply[0] === LEASE;
}

/** Not a Buffer: the slice of one is no copy. */
function part(bytes: Uint8Array, from: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isOf(key: string, bytes: Uint8Array, at: number): boolean {
  const found = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  return found === hashOf(key);
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Of its characters. */
function hashOf(key: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), FNV_PRIME);
  return hash | 0;
}
