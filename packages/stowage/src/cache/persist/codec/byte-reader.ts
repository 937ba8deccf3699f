/**
 * Reads what `byte-writer.ts` wrote.
 *
 * It trusts nothing: whatever it is told to read must lie within its bytes, so that a hostile length costs nothing. It
 * throws `SerializationError`; who knows the file turns that into an error that says where.
 */
import { SerializationError } from "../../../base/errors.js";
import { type FastText, fastText } from "./fast-text.js";

/** Below this, a loop over characters is faster than a call into Buffer. */
const shortText = 12;
/** Property names recur from entry to entry; one that is found again need not be made and hashed again. */
const nameCacheSize = 512;
const nameLengthMax = 24;

export class ByteReader {
  // Positions are those in the whole buffer, of which the bytes may be a part.
  #start = 0;
  #at = 0;
  #end = 0;
  #whole: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#whole.buffer);
  #text: FastText | undefined = fastText(this.#whole);
  readonly #names: string[] = new Array(nameCacheSize).fill("");

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.open(bytes);
  }

  /** Begins anew with other bytes; cheap when they are of the same buffer as those before. */
  open(bytes: Uint8Array): void {
    if (bytes.buffer !== this.#whole.buffer) this.#adopt(bytes.buffer);
    this.#start = bytes.byteOffset;
    this.#at = bytes.byteOffset;
    this.#end = bytes.byteOffset + bytes.byteLength;
  }

  get position(): number {
    return this.#at - this.#start;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    this.#need(1);
    return this.#whole[this.#at++];
  }

  f64(): number {
    this.#need(8);
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  varint(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let scale = 0x80; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : this.malformed("a number is too large");
    }
    return this.malformed("a number does not end");
  }

  /** The number of things that follow, each of at least `bytesEach`: more than fit is a lie. */
  count(bytesEach = 1): number {
    const count = this.varint();
    if (count * bytesEach > this.left) this.malformed(`a count of ${count} does not fit`);
    return count;
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    this.#need(length);
    this.#at += length;
    return this.#whole.subarray(this.#at - length, this.#at);
  }

  text(): string {
    const code = this.varint();
    const length = Math.floor(code / 2);
    if (code % 2 === 1) return this.#wide(length);
    this.#need(length);
    return this.#narrow(length);
  }

  /** A text that has probably been read before. */
  name(): string {
    const code = this.varint();
    const length = Math.floor(code / 2);
    if (code % 2 === 1) return this.#wide(length);
    this.#need(length);
    if (length === 0 || length > nameLengthMax) return this.#narrow(length);
    const bytes = this.#whole;
    const mixed =
      bytes[this.#at] * 31 + bytes[this.#at + length - 1] * 7 + bytes[this.#at + (length >> 1)] + length;
    const cached = this.#names[mixed % nameCacheSize];
    if (this.#isNext(cached, length)) {
      this.#at += length;
      return cached;
    }
    const name = this.#narrow(length);
    this.#names[mixed % nameCacheSize] = name;
    return name;
  }

  malformed(reason: string): never {
    throw new SerializationError(`malformed at byte ${this.position}: ${reason}`);
  }

  #isNext(text: string, length: number): boolean {
    if (text.length !== length) return false;
    for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== this.#whole[this.#at + i]) return false;
    return true;
  }

  #narrow(length: number): string {
    const start = this.#at;
    this.#at += length;
    if (length < shortText || this.#text === undefined) return textOf(this.#whole, start, this.#at);
    return this.#text.toString("latin1", start, this.#at);
  }

  #wide(length: number): string {
    this.#need(length * 2);
    const start = this.#at;
    this.#at += length * 2;
    if (this.#text !== undefined) return this.#text.toString("utf16le", start, this.#at);
    let text = "";
    for (let at = start; at < this.#at; at += 2) text += String.fromCharCode(this.#view.getUint16(at, true));
    return text;
  }

  #need(length: number): void {
    if (length > this.#end - this.#at) this.malformed(`${length} bytes are needed, ${this.left} are left`);
  }

  #adopt(buffer: ArrayBufferLike): void {
    this.#whole = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#text = fastText(this.#whole);
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
