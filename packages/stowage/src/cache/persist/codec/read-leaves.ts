/**
 * The decoder's leaves: values without other values in them. Layouts: tags.ts. The way there: write-leaves.ts.
 */
import type { ByteReader } from "./byte-reader.js";
import { bytesKinds } from "./tags.js";

export function readInt(reader: ByteReader): number {
  const code = reader.varint();
  return code % 2 === 1 ? -(code + 1) / 2 : code / 2;
}

/** Without its sign, which the tag has. */
export function readBigint(reader: ByteReader): bigint {
  let hex = "0x0";
  for (const byte of reader.bytes(reader.count())) hex += byte.toString(16).padStart(2, "0");
  return orMalformed(reader, () => BigInt(hex)); // engines have an upper bound
}

export function readRegExp(reader: ByteReader): RegExp {
  const source = reader.text();
  const flags = reader.text();
  const regexp = orMalformed(reader, () => new RegExp(source, flags));
  regexp.lastIndex = reader.varint();
  return regexp;
}

export function readUrl(reader: ByteReader): URL {
  const href = reader.text();
  return orMalformed(reader, () => new URL(href));
}

/** On memory of its own. */
export function readBinary(reader: ByteReader): object {
  const kind = bytesKinds[reader.u8()] ?? reader.malformed("there is no such kind of binary data");
  const length = reader.count();
  if (length % kind.unit !== 0) reader.malformed(`${length} bytes are no ${kind.name}`);
  return kind.make(reader.bytes(length).slice().buffer as ArrayBuffer);
}

function orMalformed<Made>(reader: ByteReader, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    return reader.malformed((error as Error).message);
  }
}
