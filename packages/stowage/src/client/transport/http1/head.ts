/**
 * The head of an answer, line by line. Pure: bytes in, a status and what says where the body ends out.
 *
 * Strict on purpose, as the server's reader is with requests: lines end with CR LF and nothing else, no folding, no white
 * space before a colon, one length, no coding but chunked. An answer in doubt is no answer: a cache that gives out the
 * wrong bytes is worse than one that is away.
 *
 * Resumable by line: only a line that was cut is read again.
 */
import { BadAnswer, COLON, CR, classes, HTAB, LF, SP, TOKEN, VALUE } from "./syntax.js";

/** Of status line and fields together. Node's own client takes 16 KiB; proxies may add to what the server says. */
export const HEAD_BYTES_MAX = 32 * 1024;
/** `HTTP/1.1 200` */
const STATUS_LENGTH = 12;
/** 999 TB; all of them are exact as numbers. */
const LENGTH_DIGITS_MAX = 15;

export class HeadParser {
  status = 0;
  /** -1: none was said. */
  contentLength = -1;
  isChunked = false;
  /** The other side keeps the connection. */
  keepAlive = false;
  /** For how long it does, if it says so; Infinity otherwise. */
  keepAliveMs = Number.POSITIVE_INFINITY;
  /** Where the field lines begin, from the start of the answer. */
  fieldsStart = 0;
  #line = 0;
  #isModern = false;

  begin(): void {
    this.#line = 0;
    this.contentLength = -1;
    this.isChunked = false;
    this.keepAliveMs = Number.POSITIVE_INFINITY;
  }

  /**
   * @param base where the answer begins
   * @returns where its head ends, or -1 when it does not end here
   * @throws BadAnswer
   */
  parse(bytes: Buffer, base: number, end: number): number {
    if (this.#line === 0 && !this.#statusLine(bytes, base, end)) return -1;
    for (;;) {
      const start = base + this.#line;
      if (this.#line > HEAD_BYTES_MAX) throw tooLong();
      if (start >= end) return -1;
      if (bytes[start] === CR) {
        if (start + 1 === end) return -1;
        if (bytes[start + 1] !== LF) throw new BadAnswer("a CR without LF in its head");
        this.#checkFraming();
        return start + 2;
      }
      if (!this.#fieldLine(bytes, base, end)) return -1;
    }
  }

  /** False when it does not end here. */
  #statusLine(bytes: Buffer, base: number, end: number): boolean {
    const known = Math.min(end - base, STATUS_LENGTH);
    for (let at = 0; at < known; at++) checkStatusByte(bytes[base + at], at);
    if (known < STATUS_LENGTH) return false;
    let at = base + STATUS_LENGTH;
    if (at === end) return false;
    if (bytes[at] !== SP && bytes[at] !== CR) throw new BadAnswer("a status line that is none");
    while (at < end && (classes[bytes[at]] & VALUE) !== 0) at++;
    if (!lineEnds(bytes, at, end, base)) return false;
    this.#isModern = bytes[base + 7] === 0x31;
    this.keepAlive = this.#isModern;
    this.status = digit(bytes[base + 9]) * 100 + digit(bytes[base + 10]) * 10 + digit(bytes[base + 11]);
    this.#line = at + 2 - base;
    this.fieldsStart = this.#line;
    return true;
  }

  #fieldLine(bytes: Buffer, base: number, end: number): boolean {
    const start = base + this.#line;
    let at = start;
    while (at < end && (classes[bytes[at]] & TOKEN) !== 0) at++;
    if (at === end) return within(at, base);
    if (bytes[at] !== COLON || at === start) throw new BadAnswer("a field without a name that is one");
    const nameEnd = at++;
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at++;
    const valueStart = at;
    while (at < end && (classes[bytes[at]] & VALUE) !== 0) at++;
    if (!lineEnds(bytes, at, end, base)) return false;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--;
    this.#line = at + 2 - base;
    this.#note(bytes, start, nameEnd, valueStart, valueEnd);
    return true;
  }

  /** What frames the body. Told by length first: most fields are passed over with one comparison. */
  #note(bytes: Buffer, start: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    switch (nameEnd - start) {
      case 10:
        if (isName(bytes, start, "connection")) this.#connection(text(bytes, valueStart, valueEnd));
        else if (isName(bytes, start, "keep-alive")) this.#keepAlive(text(bytes, valueStart, valueEnd));
        break;
      case 14:
        if (isName(bytes, start, "content-length")) this.#length(bytes, valueStart, valueEnd);
        break;
      case 16:
        if (isName(bytes, start, "content-encoding") && text(bytes, valueStart, valueEnd) !== "identity")
          throw new BadAnswer("a coding of its content that was not asked for");
        break;
      case 17:
        if (isName(bytes, start, "transfer-encoding")) this.#coding(text(bytes, valueStart, valueEnd));
        break;
    }
  }

  #connection(value: string): void {
    if (value.split(",").some((option) => option.trim() === "close")) this.keepAlive = false;
  }

  #keepAlive(value: string): void {
    const seconds = /(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])/.exec(value)?.[1];
    if (seconds !== undefined) this.keepAliveMs = Number(seconds) * 1_000;
  }

  #length(bytes: Buffer, start: number, end: number): void {
    if (this.contentLength >= 0 || start === end || end - start > LENGTH_DIGITS_MAX)
      throw new BadAnswer("a length that is none, or two of them");
    let length = 0;
    for (let at = start; at < end; at++) {
      if (bytes[at] < 0x30 || bytes[at] > 0x39) throw new BadAnswer("a length that is no number");
      length = length * 10 + digit(bytes[at]);
    }
    this.contentLength = length;
  }

  #coding(value: string): void {
    if (value !== "chunked" || this.isChunked) throw new BadAnswer("a transfer coding other than chunked");
    this.isChunked = true;
  }

  /** RFC 9112 6.1: both of them, or chunks from a server of HTTP/1.0, are an attack or a mistake. */
  #checkFraming(): void {
    if (this.isChunked && (this.contentLength >= 0 || !this.#isModern))
      throw new BadAnswer("chunks beside a length, or over HTTP/1.0");
  }
}

const STATUS_PATTERN = "HTTP/1.x nnn";

function checkStatusByte(byte: number, at: number): void {
  const wanted = STATUS_PATTERN[at];
  const isRight =
    wanted === "x"
      ? byte === 0x30 || byte === 0x31
      : wanted === "n"
        ? byte >= (at === 9 ? 0x31 : 0x30) && byte <= (at === 9 ? 0x35 : 0x39)
        : byte === wanted.charCodeAt(0);
  if (!isRight) throw new BadAnswer("a status line that is none");
}

/** Whether the line that got as far as `at` ends there; false: the bytes end before that can be said. */
function lineEnds(bytes: Buffer, at: number, end: number, base: number): boolean {
  if (at >= end) return within(at, base);
  if (bytes[at] !== CR) throw new BadAnswer("a character in its head that may not be there");
  if (at + 1 === end) return within(at, base);
  if (bytes[at + 1] !== LF) throw new BadAnswer("a CR without LF in its head");
  return true;
}

/** A line that goes on and on is refused before it ends. */
function within(at: number, base: number): false {
  if (at - base > HEAD_BYTES_MAX) throw tooLong();
  return false;
}

function tooLong(): BadAnswer {
  return new BadAnswer(`a head of more than ${HEAD_BYTES_MAX} bytes`);
}

/** `name` is as long as what is there. */
function isName(bytes: Buffer, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++)
    if ((bytes[start + at] | 0x20) !== name.charCodeAt(at)) return false;
  return true;
}

function text(bytes: Buffer, start: number, end: number): string {
  return bytes.latin1Slice(start, end).toLowerCase();
}

function digit(byte: number): number {
  return byte - 0x30;
}
