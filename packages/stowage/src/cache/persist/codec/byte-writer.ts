/**
 * A growing buffer to write numbers, texts and bytes into: the ground of the codec and of the format.
 *
 * All numbers are little-endian. Lengths and counts are varints: seven bits a byte, lowest first, the eighth bit says
 * that more follow. A text is a varint of twice its length, plus one when it is wide, then one byte a character (all
 * below 256) or two (UTF-16 code units): exact for every JavaScript string, lone surrogates included, and quick.
 */
import { SerializationError } from "../../../base/errors.js";
import { fastText } from "./fast-text.js";

/** A scratch buffer that grew beyond this is let go when it is emptied. */
const scratchBytesMax = 1 << 20;
/** The most that one buffer may grow to; beyond, a single value would hardly be a cache entry. */
const writerBytesMax = 2 ** 30;
/** Below this, a loop over characters is faster than a call into Buffer. */
const shortText = 32;

export class ByteWriter {
  length = 0;
  #bytes = new Uint8Array(4_096);
  #view = new DataView(this.#bytes.buffer);
  #text = fastText(this.#bytes);

  /** What was written; valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    if (this.#bytes.length > scratchBytesMax) this.#adopt(new Uint8Array(4_096));
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= 0x80) {
      bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[this.length++] = rest;
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.length);
    this.length += source.length;
  }

  text(text: string): void {
    const wide = isWide(text);
    this.varint(text.length * 2 + (wide ? 1 : 0));
    const size = wide ? text.length * 2 : text.length;
    this.#reserve(size);
    if (wide) this.#wide(text);
    else this.#narrow(text);
    this.length += size;
  }

  #narrow(text: string): void {
    if (this.#text !== undefined && text.length >= shortText) {
      this.#text.write(text, this.length, text.length, "latin1");
      return;
    }
    for (let i = 0; i < text.length; i++) this.#bytes[this.length + i] = text.charCodeAt(i);
  }

  #wide(text: string): void {
    if (this.#text !== undefined && text.length >= shortText) {
      this.#text.write(text, this.length, text.length * 2, "utf16le");
      return;
    }
    for (let i = 0; i < text.length; i++) this.#view.setUint16(this.length + 2 * i, text.charCodeAt(i), true);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > writerBytesMax) throw new SerializationError(`it takes more than ${writerBytesMax} bytes`);
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.written());
    this.#adopt(grown);
  }

  #adopt(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#text = fastText(bytes);
  }
}

function isWide(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}
