/**
 * What stands in the file under a key: the value, until when it lives, and who may fill it until when.
 *
 *     version 1 | flags | expires (8) | leased until (8) | token (16) | length of the whole key (4) | whole key | value
 *     1           1: there is a value          doubles, milliseconds since 1970; Infinity: for ever
 *
 * A lease over nothing is an envelope without a value; nobody sees it. Something of another version is nothing to us.
 */

export interface Envelope {
  /** Undefined: there is none. */
  readonly value: Uint8Array | undefined;
  readonly expires: number;
  /** 0: nobody has it. */
  readonly leasedUntil: number;
  readonly token: Buffer;
  /** Of long keys; empty: the id tells it. */
  readonly whole: Buffer;
}

const VERSION = 1;
const HAS_VALUE = 1;
const AT_EXPIRES = 2;
const AT_LEASED = 10;
const AT_TOKEN = 18;
const AT_LENGTH = 34;
const HEAD_BYTES = 38;
export const TOKEN_BYTES = 16;
export const NO_TOKEN = Buffer.alloc(TOKEN_BYTES);

export function seal({ value, expires, leasedUntil, token, whole }: Envelope): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + whole.length + (value?.length ?? 0));
  bytes[0] = VERSION;
  bytes[1] = value === undefined ? 0 : HAS_VALUE;
  bytes.writeDoubleBE(expires, AT_EXPIRES);
  bytes.writeDoubleBE(leasedUntil, AT_LEASED);
  token.copy(bytes, AT_TOKEN);
  bytes.writeUInt32BE(whole.length, AT_LENGTH);
  whole.copy(bytes, HEAD_BYTES);
  if (value !== undefined) bytes.set(value, HEAD_BYTES + whole.length);
  return bytes;
}

/** A copy: what lmdb gives is good until the next read only. */
export function unseal(bytes: Buffer | undefined): Envelope | undefined {
  if (bytes === undefined || bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return undefined;
  const valueAt = HEAD_BYTES + bytes.readUInt32BE(AT_LENGTH);
  if (valueAt > bytes.length) return undefined;
  return {
    value: (bytes[1] & HAS_VALUE) === 0 ? undefined : Uint8Array.from(bytes.subarray(valueAt)),
    expires: bytes.readDoubleBE(AT_EXPIRES),
    leasedUntil: bytes.readDoubleBE(AT_LEASED),
    token: Buffer.from(bytes.subarray(AT_TOKEN, AT_LENGTH)),
    whole: Buffer.from(bytes.subarray(HEAD_BYTES, valueAt)),
  };
}

export function valueAt(envelope: Envelope | undefined, now: number): Uint8Array | undefined {
  return envelope !== undefined && envelope.expires > now ? envelope.value : undefined;
}

/** When it is of no use any more. */
export function endOf({ value, expires, leasedUntil }: Envelope): number {
  return Math.max(value === undefined ? 0 : expires, leasedUntil);
}
