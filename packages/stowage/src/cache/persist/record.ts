/**
 * One entry of a dump as bytes.
 *
 *     1  flags: which of the following are there, in this order
 *     8  1: expiresAt     8  2: ttl     8  4: idle     8  8: weight     each a float
 *        16: tags: varint count, so many texts
 *        key: varint length, bytes of the serializer
 *        value: varint length, bytes of the serializer
 *
 * What stands before key and value belongs to the cache and is the same under every serializer.
 */
import { assert } from "../../base/assert.js";
import { describe, quote } from "../../base/describe.js";
import { SerializationError } from "../../base/errors.js";
import type { ByteReader } from "./codec/byte-reader.js";
import type { ByteWriter } from "./codec/byte-writer.js";
import { type Serializer, ValueSerializer } from "./codec/serializer.js";
import type { DumpEntry } from "./types.js";

const flag = { expiresAt: 1, ttl: 2, idle: 4, weight: 8, tags: 16 } as const;
const flagsAll = 31;

/** The least that each number may be. */
const least = {
  expiresAt: Number.NEGATIVE_INFINITY,
  ttl: Number.MIN_VALUE,
  idle: Number.MIN_VALUE,
  weight: 0,
} as const;

export function writeRecord(out: ByteWriter, entry: DumpEntry, serializer: Serializer): void {
  const { expiresAt, ttl, idle, weight, tags } = entry;
  const tagged = tags !== undefined && tags.length > 0;
  out.u8(
    (expiresAt === null ? 0 : flag.expiresAt) |
      (ttl === undefined ? 0 : flag.ttl) |
      (idle === undefined ? 0 : flag.idle) |
      (weight === undefined ? 0 : flag.weight) |
      (tagged ? flag.tags : 0),
  );
  if (expiresAt !== null) writeBounded(out, "expiresAt", expiresAt);
  if (ttl !== undefined) writeBounded(out, "ttl", ttl);
  if (idle !== undefined) writeBounded(out, "idle", idle);
  if (weight !== undefined) writeBounded(out, "weight", weight);
  if (tagged) writeTags(out, tags);
  writePart(out, "key", entry.key, entry, serializer);
  writePart(out, "value", entry.value, entry, serializer);
}

/** Throws `SerializationError` for whatever is not right; who knows the file says where. */
export function readRecord(reader: ByteReader, serializer: Serializer): DumpEntry {
  const flags = reader.u8();
  if (flags > flagsAll) reader.malformed(`there are no flags ${flags}`);
  const entry: DumpEntry = { key: undefined, value: undefined, expiresAt: null };
  if (flags & flag.expiresAt) entry.expiresAt = readBounded(reader, "expiresAt");
  if (flags & flag.ttl) entry.ttl = readBounded(reader, "ttl");
  if (flags & flag.idle) entry.idle = readBounded(reader, "idle");
  if (flags & flag.weight) entry.weight = readBounded(reader, "weight");
  if (flags & flag.tags) entry.tags = Array.from({ length: reader.count() }, () => reader.name());
  entry.key = readPart(reader, "key", serializer);
  entry.value = readPart(reader, "value", serializer);
  if (entry.value === undefined) throw new SerializationError("its value is undefined, which no cache holds");
  return entry;
}

function writeTags(out: ByteWriter, tags: readonly string[]): void {
  out.varint(tags.length);
  for (const tag of tags) out.text(tag);
}

function writePart(
  out: ByteWriter,
  part: "key" | "value",
  content: unknown,
  entry: DumpEntry,
  serializer: Serializer,
): void {
  const bytes = encodePart(part, content, entry, serializer);
  out.varint(bytes.length);
  out.bytes(bytes);
}

function encodePart(part: string, content: unknown, entry: DumpEntry, serializer: Serializer): Uint8Array {
  try {
    const bytes: unknown = serializer.encode(content);
    if (bytes instanceof Uint8Array) return bytes;
    throw new SerializationError(
      `the serializer ${quote(serializer.id)} gave ${describe(bytes)}, no Uint8Array`,
    );
  } catch (cause) {
    const whose =
      part === "key" ? `The key ${describe(entry.key)}` : `The value of key ${describe(entry.key)}`;
    throw new SerializationError(`${whose} cannot be saved: ${reasonOf(cause)}.`, {
      cause,
      className: classOf(cause),
    });
  }
}

function readPart(reader: ByteReader, part: "key" | "value", serializer: Serializer): unknown {
  const bytes = reader.bytes(reader.count());
  try {
    // The own serializer copies what it keeps; of any other that cannot be known.
    return serializer.decode(serializer instanceof ValueSerializer ? bytes : bytes.slice());
  } catch (cause) {
    const message = `its ${part} cannot be restored: ${reasonOf(cause)}`;
    throw new SerializationError(message, { cause, className: classOf(cause) });
  }
}

/** What is out of bounds is a mistake of the cache's when it is written, and damage when it is read. */
function writeBounded(out: ByteWriter, what: keyof typeof least, value: number): void {
  assert(isBounded(what, value), "an entry's times and weight are finite, its ttl and idle above zero");
  out.f64(value);
}

function readBounded(reader: ByteReader, what: keyof typeof least): number {
  const value = reader.f64();
  return isBounded(what, value) ? value : reader.malformed(`its ${what} is ${value}`);
}

function isBounded(what: keyof typeof least, value: number): boolean {
  return Number.isFinite(value) && value >= least[what];
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : describe(cause);
}

function classOf(cause: unknown): string | undefined {
  return cause instanceof SerializationError ? cause.className : undefined;
}
