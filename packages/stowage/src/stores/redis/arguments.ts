/**
 * Arguments as the libraries take them, which is texts and Buffers, and replies in the one form that everybody here knows.
 *
 * Keys and arguments are texts wherever UTF-8 can say them. Half a surrogate pair it cannot: it goes as its own three bytes (WTF-8,
 * Simon Sapin), so that two texts are never one key, and ordinary ones stay readable in redis-cli.
 */
import { textOf } from "../../table/shared-cache/wtf8.js";
import type { RedisArgument, RedisReply } from "./types.js";

/** What every library takes. */
export type Argument = string | Buffer;

const LONE_SURROGATE = /\p{Surrogate}/u;

export function toArgument(value: RedisArgument): Argument {
  if (typeof value === "string") return isWellFormed(value) ? value : encode(value);
  if (typeof value === "number") return `${value}`;
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

export function toBytes(value: RedisArgument): Buffer {
  const argument = toArgument(value);
  return typeof argument === "string" ? Buffer.from(argument) : argument;
}

/** The text whose bytes these are; undefined: of none, so that nobody here wrote them. */
export function toText(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const text = textOf(buffer);
    return toBytes(text).equals(buffer) ? text : undefined;
  } catch {
    // Bytes that are far from any text: a code point that does not exist.
    return undefined;
  }
}

/** Replies of texts that are known to be ASCII: OK, a cursor, an id. */
export function asciiOf(reply: RedisReply | undefined): string {
  return reply instanceof Uint8Array
    ? Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString("latin1")
    : String(reply);
}

/** What a library gave, in the normal form. */
export function toReply(raw: unknown): RedisReply {
  if (raw instanceof Uint8Array || typeof raw === "number") return raw;
  if (raw === null || raw === undefined) return null;
  if (Array.isArray(raw)) return raw.map(toReply);
  if (typeof raw === "string") return Buffer.from(raw);
  if (typeof raw === "boolean") return raw ? 1 : 0;
  if (typeof raw === "bigint") return Number(raw);
  if (raw instanceof Map) return [...raw].flat().map(toReply);
  if (raw instanceof Set) return [...raw].map(toReply);
  if (raw instanceof Error) throw raw;
  return Object.entries(raw as object)
    .flat()
    .map(toReply);
}

/** Halves of pairs that stand alone, as their own three bytes; all else as UTF-8. */
function encode(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    parts.push(
      isHalf
        ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
        : Buffer.from(character),
    );
  }
  return Buffer.concat(parts);
}

/** A method of texts from Node 20 on, which the compiler's library does not know yet. */
const native = (String.prototype as { isWellFormed?: (this: string) => boolean }).isWellFormed;

function isWellFormed(text: string): boolean {
  return native === undefined ? !LONE_SURROGATE.test(text) : native.call(text);
}
