/**
 * JSON text (RFC 8259) as bytes: checked to the letter, and cut where its parts begin and end, without being parsed into
 * values. What a client stores is what is sent back, byte for byte: numbers of any size, spaces, the order of members.
 *
 * That the bytes are UTF-8 is the caller's to make sure (`isUtf8` of node:buffer; needed only where `wide` says so), so
 * strings are checked for quotes, escapes and control characters only. Not recursive: a text of a million brackets is refused, not a stack overflow.
 */

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
/** From here on bytes are parts of characters beyond ASCII. */
const WIDE = 0x80;
/** Arrays and objects in each other. */
export const DEPTH_MAX = 512;

/** What a byte may be: white space, a digit, of a plain string, an escape's letter, the beginning of an exponent. */
const SPACE = 1;
const DIGIT = 2;
const PLAIN = 4;
const ESCAPE = 8;
const HEX = 16;
const EXPONENT = 32;
const classes = new Uint8Array(256);
for (let byte = 0x20; byte < WIDE; byte++) if (byte !== QUOTE && byte !== BACKSLASH) classes[byte] = PLAIN;
for (const char of " \t\n\r") classes[char.charCodeAt(0)] |= SPACE;
for (const char of "0123456789") classes[char.charCodeAt(0)] |= DIGIT | HEX;
for (const char of "abcdefABCDEF") classes[char.charCodeAt(0)] |= HEX;
for (const char of '"\\/bfnrt') classes[char.charCodeAt(0)] |= ESCAPE;
for (const char of "eE") classes[char.charCodeAt(0)] |= EXPONENT;

const literals = new Map([
  [0x74, Buffer.from("true")],
  [0x66, Buffer.from("false")],
  [0x6e, Buffer.from("null")],
]);

/** The text is not JSON. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  /** The byte at which it stops being JSON, from 0. */
  readonly position: number;

  constructor(what: string, position: number) {
    super(`${what} at byte ${position}`);
    this.position = position;
  }
}

/** Bytes with a place in them. One is made once and used for text after text. */
export class JsonScanner {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  /** Whether the string that was last passed has an escape in it. */
  escaped = false;
  /** Whether any string since `begin` has bytes beyond ASCII: whoever has not made sure of it has to ask for UTF-8 then. */
  wide = false;
  readonly #nested = new Uint8Array(DEPTH_MAX);

  begin(bytes: Buffer, start = 0, end = bytes.length): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.wide = false;
  }

  /** Passes white space; returns the byte after it, or -1 at the end. */
  next(): number {
    const { bytes, end } = this;
    let { at } = this;
    while (at < end && (classes[bytes[at]] & SPACE) !== 0) at++;
    this.at = at;
    return at < end ? bytes[at] : -1;
  }

  /** White space and one byte that has to be there. */
  take(byte: number): void {
    if (this.next() !== byte) throw this.#unexpected(`"${String.fromCharCode(byte)}" is missing`);
    this.at++;
  }

  /** White space, and then the same byte or not; passes it if it is. */
  takeIf(byte: number): boolean {
    if (this.next() !== byte) return false;
    this.at++;
    return true;
  }

  /** Nothing but white space may follow. */
  finish(): void {
    if (this.next() !== -1) throw this.#unexpected("something follows the value");
  }

  /** A string, `at` at its quote. */
  string(): void {
    const { bytes, end } = this;
    if (this.next() !== QUOTE) throw this.#unexpected("a string is missing");
    let at = this.at + 1;
    this.escaped = false;
    for (;;) {
      while (at < end && (classes[bytes[at]] & PLAIN) !== 0) at++;
      if (at < end && bytes[at] === QUOTE) break;
      if (at < end && bytes[at] >= WIDE) at = this.#passWide(at);
      else at = this.#escape(at);
    }
    this.at = at + 1;
  }

  /** Any value, whole. Afterwards `at` is behind it. */
  value(): void {
    let depth = 0;
    do {
      depth = this.#begin(depth);
      while (depth < 0) depth = this.#goOn(-depth);
    } while (depth > 0);
  }

  /** Positive or 0: what `#begin` left open; negative: a value just ended inside so many. */
  #begin(depth: number): number {
    const byte = this.next();
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return this.#open(depth, byte);
    if (byte === QUOTE) this.string();
    else if (byte === MINUS || (byte !== -1 && (classes[byte] & DIGIT) !== 0)) this.#number();
    else this.#literal(byte);
    return depth === 0 ? 0 : -depth;
  }

  #open(depth: number, byte: number): number {
    if (depth === DEPTH_MAX) throw this.#unexpected(`it is nested more than ${DEPTH_MAX} deep`);
    this.#nested[depth] = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
    this.at++;
    if (this.takeIf(this.#nested[depth])) return depth === 0 ? 0 : -depth;
    if (byte === OPEN_OBJECT) this.#name();
    return depth + 1;
  }

  /** After a value inside `depth` arrays and objects: what comes next, as `#begin` returns it. */
  #goOn(depth: number): number {
    const close = this.#nested[depth - 1];
    const byte = this.next();
    if (byte === COMMA) {
      this.at++;
      if (close === CLOSE_OBJECT) this.#name();
      return depth;
    }
    if (byte !== close) throw this.#unexpected(`"," or "${String.fromCharCode(close)}" is missing`);
    this.at++;
    return depth === 1 ? 0 : -(depth - 1);
  }

  #name(): void {
    this.string();
    this.take(COLON);
  }

  #passWide(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && bytes[at] >= WIDE) at++;
    this.wide = true;
    return at;
  }

  #escape(at: number): number {
    const { bytes, end } = this;
    this.at = at;
    if (at >= end) throw this.#unexpected("");
    if (bytes[at] !== BACKSLASH)
      throw this.#unexpected("a control character stands in a string, where it has to be escaped");
    this.escaped = true;
    const letter = at + 1 < end ? bytes[at + 1] : 0;
    if ((classes[letter] & ESCAPE) !== 0) return at + 2;
    if (letter !== 0x75 || at + 6 > end) throw this.#unexpected("an escape is malformed");
    for (let digit = at + 2; digit < at + 6; digit++) {
      if ((classes[bytes[digit]] & HEX) === 0) throw this.#unexpected("an escape is malformed");
    }
    return at + 6;
  }

  #number(): void {
    const { bytes } = this;
    if (bytes[this.at] === MINUS) this.at++;
    if (this.at < this.end && bytes[this.at] === ZERO) this.at++;
    else this.#digits();
    if (this.at < this.end && bytes[this.at] === POINT) {
      this.at++;
      this.#digits();
    }
    if (this.at < this.end && (classes[bytes[this.at]] & EXPONENT) !== 0) {
      this.at++;
      if (this.at < this.end && (bytes[this.at] === PLUS || bytes[this.at] === MINUS)) this.at++;
      this.#digits();
    }
  }

  #digits(): void {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && (classes[bytes[at]] & DIGIT) !== 0) at++;
    if (at === start) throw this.#unexpected("a digit is missing");
    this.at = at;
  }

  #literal(first: number): void {
    const literal = literals.get(first);
    if (literal === undefined) throw this.#unexpected("a value is missing");
    if (
      this.bytes.compare(
        literal,
        0,
        literal.length,
        this.at,
        Math.min(this.end, this.at + literal.length),
      ) !== 0
    ) {
      throw this.#unexpected("a value is missing");
    }
    this.at += literal.length;
  }

  #unexpected(what: string): JsonError {
    return new JsonError(this.at < this.end ? what : "the text ends too soon", this.at);
  }
}
