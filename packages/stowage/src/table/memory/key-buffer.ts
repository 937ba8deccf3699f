/**
 * A key as the table compares it: bytes in words, padded with zeros to whole words, with its hash. One buffer is used
 * again and again, so that a call allocates nothing.
 *
 * Short texts of plain ASCII, which is nearly all keys, are packed by a loop over their characters: for 20 characters
 * that is half the time of Buffer's own writing. Whatever else is in a text, a general encoder does it.
 *
 * The hash is MurmurHash3's (Appleby, public domain) over words, in two lanes with different salts. The first, of 31
 * bits, says the bucket and is kept in the slot; the second only makes the two together unmistakable (feed, leases),
 * and is reckoned when somebody asks.
 */
import { InvalidArgumentError, KeyTooLargeError } from "../../base/errors.js";
import type { Key, KeyRange } from "../types.js";
import { HASH_MASK, KEY_BYTES_MAX } from "./layout.js";

/** Longer texts are written by Buffer. */
const SHORT = 64;
/** Room for a text of 64 Ki characters at three bytes each, so that its length is known before it is refused. */
const BYTES = KEY_BYTES_MAX * 3 + 64;

export class KeyBuffer {
  readonly words: Int32Array;
  readonly bytes: Buffer;
  /** In bytes. */
  length = 0;
  /** 31 bits. */
  h1 = 0;
  readonly #seed: number;

  constructor(seed: number) {
    const memory = new ArrayBuffer(BYTES);
    this.words = new Int32Array(memory);
    this.bytes = Buffer.from(memory);
    this.#seed = seed;
  }

  /** Takes the key of a call and hashes it. `where` is for the error. */
  take(key: Key | KeyRange, where: string): void {
    if (typeof key === "string") {
      if (key.length > SHORT || !this.#packShort(key)) this.#encode(key, where);
    } else if (key instanceof Uint8Array) this.#copy(key, 0, key.length, where);
    else this.#copyRange(key, where);
    this.h1 = hashWords(this.words, 0, this.length, this.#seed);
  }

  /** Takes key bytes that stand in words, such as an item's. */
  takeWords(words: Int32Array, at: number, length: number): void {
    this.length = length;
    const count = (length + 3) >>> 2;
    for (let index = 0; index < count; index++) this.words[index] = words[at + index];
    this.h1 = hashWords(this.words, 0, length, this.#seed);
  }

  /** Makes a key whose bytes were put into `bytes` by the caller the current one. */
  adopt(length: number): void {
    this.length = length;
    this.#pad();
    this.h1 = hashWords(this.words, 0, length, this.#seed);
  }

  /** The second hash, 31 bits. */
  h2(): number {
    return hashWords(this.words, 0, this.length, ~this.#seed);
  }

  /** The bytes as a Buffer of the caller's own. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  #packShort(key: string): boolean {
    const { words } = this;
    const length = key.length;
    let all = 0;
    let index = 0;
    let word = 0;
    for (; index + 4 <= length; index += 4) {
      const a = key.charCodeAt(index);
      const b = key.charCodeAt(index + 1);
      const c = key.charCodeAt(index + 2);
      const d = key.charCodeAt(index + 3);
      all |= a | b | c | d;
      words[word++] = a | (b << 8) | (c << 16) | (d << 24);
    }
    if (index < length) {
      let last = 0;
      for (let shift = 0; index < length; index++, shift += 8) {
        const code = key.charCodeAt(index);
        all |= code;
        last |= code << shift;
      }
      words[word] = last;
    }
    this.length = length;
    return all < 0x80;
  }

  #encode(key: string, where: string): void {
    if (key.length > KEY_BYTES_MAX) throw new KeyTooLargeError(where, Buffer.byteLength(key), KEY_BYTES_MAX);
    const wellFormed = (key as { isWellFormed?: () => boolean }).isWellFormed?.() ?? false;
    this.length = wellFormed ? this.bytes.write(key, 0, "utf8") : writeWtf8(key, this.bytes);
    if (this.length > KEY_BYTES_MAX) throw new KeyTooLargeError(where, this.length, KEY_BYTES_MAX);
    this.#pad();
  }

  #copyRange(key: KeyRange, where: string): void {
    const { bytes, start, end } = key ?? {};
    const fits = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end;
    if (!(bytes instanceof Uint8Array) || !fits || end > bytes.length) {
      const right = "a text, a Uint8Array, or a range {bytes, start, end} of one";
      throw new InvalidArgumentError(where, "the key", key, right);
    }
    this.#copy(bytes, start, end, where);
  }

  #copy(bytes: Uint8Array, start: number, end: number, where: string): void {
    const length = end - start;
    if (length > KEY_BYTES_MAX) throw new KeyTooLargeError(where, length, KEY_BYTES_MAX);
    this.length = length;
    if (length <= SHORT) this.#copyShort(bytes, start, end);
    else {
      this.bytes.set(length === bytes.length ? bytes : bytes.subarray(start, end));
      this.#pad();
    }
  }

  #copyShort(bytes: Uint8Array, start: number, end: number): void {
    const { words } = this;
    let index = start;
    let word = 0;
    for (; index + 4 <= end; index += 4) {
      words[word++] =
        bytes[index] | (bytes[index + 1] << 8) | (bytes[index + 2] << 16) | (bytes[index + 3] << 24);
    }
    if (index === end) return;
    let last = 0;
    for (let shift = 0; index < end; index++, shift += 8) last |= bytes[index] << shift;
    words[word] = last;
  }

  /** Zeros up to the next whole word. */
  #pad(): void {
    const { bytes, length } = this;
    bytes[length] = 0;
    bytes[length + 1] = 0;
    bytes[length + 2] = 0;
  }
}

/** MurmurHash3's rounds over the words of `length` bytes, the last one padded with zeros; 31 bits. */
export function hashWords(words: Int32Array, at: number, length: number, seed: number): number {
  let hash = seed ^ length;
  const end = at + ((length + 3) >>> 2);
  for (let index = at; index < end; index++) {
    let word = Math.imul(words[index], 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & HASH_MASK;
}

/** UTF-8, but a surrogate without its other half is written as its own three bytes. Returns the length. */
function writeWtf8(text: string, bytes: Uint8Array): number {
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.codePointAt(index) as number;
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      index++;
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  return at;
}
