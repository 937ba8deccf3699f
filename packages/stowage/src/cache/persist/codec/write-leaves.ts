/**
 * The encoder's leaves: values without other values in them. Layouts: tags.ts. The way back: read-leaves.ts.
 */
import type { ByteWriter } from "./byte-writer.js";
import { tag } from "./tags.js";
import { refuseProperties, Unsavable } from "./unsavable.js";

export function writeNumber(out: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    out.u8(tag.int);
    out.varint(value < 0 ? -value * 2 - 1 : value * 2);
  } else {
    out.u8(tag.float);
    out.f64(value);
  }
}

export function writeBigint(out: ByteWriter, value: bigint): void {
  const digits = (value < 0n ? -value : value).toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  out.u8(value < 0n ? tag.bigintNeg : tag.bigintPos);
  out.varint(hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) out.u8(Number.parseInt(hex.slice(i, i + 2), 16));
}

export function writeText(out: ByteWriter, value: string): void {
  out.u8(tag.text);
  out.text(value);
}

export function writeDate(out: ByteWriter, date: Date): void {
  refuseProperties(date);
  out.u8(tag.date);
  out.f64(date.getTime());
}

export function writeRegExp(out: ByteWriter, regexp: RegExp): void {
  refuseProperties(regexp);
  if (!Number.isSafeInteger(regexp.lastIndex) || regexp.lastIndex < 0) {
    throw new Unsavable(regexp, "its lastIndex is not a whole number");
  }
  out.u8(tag.regexp);
  out.text(regexp.source);
  out.text(regexp.flags);
  out.varint(regexp.lastIndex);
}

export function writeUrl(out: ByteWriter, url: URL): void {
  refuseProperties(url);
  out.u8(tag.url);
  out.text(url.href);
}

/** Only the bytes that a view shows: the rest of its buffer may be a pool, full of other people's data. */
export function writeBinary(out: ByteWriter, kind: number, value: ArrayBuffer | ArrayBufferView): void {
  out.u8(tag.bytes);
  out.u8(kind);
  out.varint(value.byteLength);
  const view = ArrayBuffer.isView(value);
  out.bytes(view ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value));
}
