/**
 * Keys as bytes, for stores whose keys have an order and a greatest length: databases.
 *
 *     id = 'k' | key                                  for keys of up to 1,900 bytes
 *     id = 'k' | the first 1,900 bytes | SHA-256      for longer ones, whose whole key stands beside the value
 *
 * The two never meet, since the second has a length that the first cannot have. What begins with the same text stands together, so
 * that a prefix is a range. The letter makes room for the empty key. Texts are UTF-8, half a surrogate pair has three bytes of its own.
 */
import { nodeBuiltin } from "../base/node.js";
import { textOf } from "../table/shared-cache/wtf8.js";

export interface KeyBytes {
  readonly id: Buffer;
  /** The whole key; null: the id tells it. */
  readonly whole: Buffer | null;
}

/** Ids from `from` up to but not `to`; with `whole`, only those whose whole key is in that range. */
export interface KeyRange {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly whole: { readonly from: Buffer; readonly to: Buffer } | null;
}

/** Fits into an entry of a PostgreSQL index (2,704 bytes) and, with eight bytes before it, into a key of lmdb (1,978). */
const PLAIN_BYTES_MAX = 1_900;
const LETTER = Buffer.from("k");

export function keyBytes(key: string): KeyBytes {
  const bytes = wtf8(key);
  if (bytes.length <= PLAIN_BYTES_MAX) return { id: Buffer.concat([LETTER, bytes]), whole: null };
  const hash = nodeBuiltin("node:crypto", "A long key").createHash("sha256").update(bytes).digest();
  return { id: Buffer.concat([LETTER, bytes.subarray(0, PLAIN_BYTES_MAX), hash]), whole: bytes };
}

export function keyOf(id: Buffer, whole: Buffer | null): string {
  return textOf(whole ?? id.subarray(LETTER.length));
}

/**
 * Where everything stands that begins so: one range, or two where the prefix ends with the first half of a surrogate pair, since
 * whole pairs have other bytes than halves. In their order.
 */
export function rangesOf(prefix: string): readonly KeyRange[] {
  const bytes = wtf8(prefix);
  const last = prefix.charCodeAt(prefix.length - 1);
  const ranges = [rangeFrom(bytes, after(bytes))];
  if (last >= 0xd800 && last < 0xdc00) {
    const head = wtf8(prefix.slice(0, -1));
    const first = 0x10000 + (last - 0xd800) * 0x400;
    const pair = (code: number) => Buffer.concat([head, Buffer.from(String.fromCodePoint(code))]);
    ranges.push(rangeFrom(pair(first), after(pair(first + 0x3ff))));
  }
  return ranges;
}

/** The ranges that are left from an id on, cut to what is left of them. */
export function rangesAfter(prefix: string, id: Buffer | undefined): readonly KeyRange[] {
  const ranges = rangesOf(prefix);
  if (id === undefined) return ranges;
  const left = ranges.filter(({ to }) => Buffer.compare(id, to) < 0);
  return left.map((range) => (Buffer.compare(id, range.from) > 0 ? { ...range, from: id } : range));
}

/** The id that comes next, whatever the ids are. */
export function nextId(id: Buffer): Buffer {
  return Buffer.concat([id, Buffer.alloc(1)]);
}

function rangeFrom(from: Buffer, to: Buffer): KeyRange {
  const idOf = (bytes: Buffer) => Buffer.concat([LETTER, bytes]);
  if (from.length === 0) return { from: LETTER, to: after(LETTER), whole: null };
  if (from.length <= PLAIN_BYTES_MAX) return { from: idOf(from), to: idOf(to), whole: null };
  const begin = idOf(from.subarray(0, PLAIN_BYTES_MAX));
  return { from: begin, to: after(begin), whole: { from, to } };
}

/** The first bytes that do not begin so any more. No text has a byte of 255. */
function after(bytes: Buffer): Buffer {
  const next = Buffer.from(bytes);
  if (next.length > 0) next[next.length - 1]++;
  return next;
}

function wtf8(text: string): Buffer {
  if ((text as string & { isWellFormed(): boolean }).isWellFormed()) return Buffer.from(text);
  return Buffer.concat(Array.from(text, bytesOf));
}

function bytesOf(character: string): Buffer {
  const code = character.charCodeAt(0);
  if (character.length > 1 || code < 0xd800 || code > 0xdfff) return Buffer.from(character);
  return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
}
