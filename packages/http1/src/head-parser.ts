/**
 * The head of a request, line by line, into a RequestHead. Pure: bytes in, offsets and refusals out.
 *
 * Strict on purpose. Two programs that read the same bytes differently are how requests are smuggled (RFC 9112 11.2), so
 * where a rule lets a server be lenient, this one is not: lines end with CR LF and nothing else, there is one space where
 * one is said, no folding, no white space before a colon, one length.
 *
 * Resumable by line: what was parsed stays parsed when the next bytes come, and only the line that was cut is read again.
 */
import { HttpRequestError } from "./errors.js";
import { type FieldNotes, framingOf, noteField } from "./framing.js";
import type { Limits } from "./limits.js";
import { methodOf } from "./methods.js";
import type { RequestHead } from "./request.js";
import { COLON, CR, classes, HTAB, LF, SP, TARGET, TOKEN, VALUE } from "./syntax.js";

/** HTTP/1. */
const PROTOCOL = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e];
const PROTOCOL_LENGTH = 8;
const ZERO = 0x30;
const ONE = 0x31;

export class HeadParser {
  readonly #head: RequestHead;
  readonly #limits: Limits;
  /** Where the line starts that is to be read next, from the head's base; 0 until the request line is read. */
  #line = 0;
  #fieldsStart = 0;
  readonly #notes: FieldNotes = {
    length: -1,
    chunked: false,
    hosts: 0,
    close: false,
    keep: false,
    expects: false,
  };

  constructor(head: RequestHead, limits: Limits) {
    this.#head = head;
    this.#limits = limits;
  }

  /** A new request begins at `base` of the head's bytes. */
  begin(): void {
    this.#line = 0;
    this.#head.fieldCount = 0;
    const notes = this.#notes;
    notes.length = -1;
    notes.chunked = false;
    notes.hosts = 0;
    notes.close = false;
    notes.keep = false;
    notes.expects = false;
  }

  /**
   * Reads up to `end`. Returns where the head ends (what follows is content, or the next request), or -1 when it does not
   * end here.
   *
   * @throws HttpRequestError
   */
  parse(end: number): number {
    const head = this.#head;
    const bytes = head.bytes;
    if (this.#line === 0 && !this.#requestLine(bytes, end)) return -1;
    for (;;) {
      const start = head.base + this.#line;
      if (start - head.base - this.#fieldsStart > this.#limits.head)
        throw new HttpRequestError("HEAD_TOO_LARGE");
      if (start >= end) return -1;
      if (bytes[start] === CR) {
        if (start + 1 === end) return -1;
        if (bytes[start + 1] !== LF) throw new HttpRequestError("BARE_CR");
        framingOf(head, this.#notes);
        return start + 2;
      }
      if (!this.#fieldLine(bytes, start, end)) return this.#cut(start, end);
    }
  }

  /** The line is not complete. It never will be, if it is too long already. */
  #cut(start: number, end: number): -1 {
    const length = end - start + (start - this.#head.base - this.#fieldsStart);
    if (length > this.#limits.head) throw new HttpRequestError("HEAD_TOO_LARGE");
    return -1;
  }

  #requestLine(bytes: Buffer, end: number): boolean {
    const head = this.#head;
    const start = head.base;
    let at = start;
    while (at < end && (classes[bytes[at]] & TOKEN) !== 0) at++;
    if (at === end) return this.#cutRequestLine(start, end);
    if (bytes[at] !== SP || at === start) throw new HttpRequestError("METHOD");
    head.method = methodOf(bytes, start, at);
    const target = ++at;
    while (at < end && (classes[bytes[at]] & TARGET) !== 0) at++;
    if (at === end) return this.#cutRequestLine(start, end);
    if (at - start > this.#limits.requestLine) throw new HttpRequestError("LINE_TOO_LONG");
    if (bytes[at] !== SP || at === target) throw refusalOf(bytes[at], at === target);
    head.targetStart = target - start;
    head.targetEnd = at - start;
    at++;
    if (end - at < PROTOCOL_LENGTH + 2) return checkCutProtocol(bytes, at, end);
    this.#protocol(bytes, at);
    checkTarget(head, bytes);
    this.#line = at + PROTOCOL_LENGTH + 2 - start;
    this.#fieldsStart = this.#line;
    return true;
  }

  #cutRequestLine(start: number, end: number): false {
    if (end - start > this.#limits.requestLine) throw new HttpRequestError("LINE_TOO_LONG");
    return false;
  }

  #protocol(bytes: Buffer, at: number): void {
    checkCutProtocol(bytes, at, at + PROTOCOL_LENGTH - 1);
    const minor = bytes[at + 7];
    if (minor !== ONE && minor !== ZERO)
      throw new HttpRequestError(isDigit(minor) ? "VERSION" : "REQUEST_LINE");
    if (bytes[at + 8] === LF) throw new HttpRequestError("BARE_LF");
    if (bytes[at + 8] !== CR) throw new HttpRequestError("REQUEST_LINE");
    if (bytes[at + 9] !== LF) throw new HttpRequestError("BARE_CR");
    this.#head.minorVersion = minor - ZERO;
  }

  /** False when the line does not end here. */
  #fieldLine(bytes: Buffer, start: number, end: number): boolean {
    let at = start;
    while (at < end && (classes[bytes[at]] & TOKEN) !== 0) at++;
    if (at === end) return false;
    if (bytes[at] !== COLON || at === start) throw fieldRefusal(bytes, start, at);
    const nameEnd = at++;
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at++;
    const valueStart = at;
    while (at < end && (classes[bytes[at]] & VALUE) !== 0) at++;
    if (at + 1 >= end) {
      if (at < end && bytes[at] !== CR)
        throw new HttpRequestError(bytes[at] === LF ? "BARE_LF" : "FIELD_VALUE");
      return false;
    }
    if (bytes[at] !== CR) throw new HttpRequestError(bytes[at] === LF ? "BARE_LF" : "FIELD_VALUE");
    if (bytes[at + 1] !== LF) throw new HttpRequestError("BARE_CR");
    this.#line = at + 2 - this.#head.base;
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--;
    this.#add(bytes, start, nameEnd, valueStart, valueEnd);
    return true;
  }

  #add(bytes: Buffer, start: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const head = this.#head;
    if (head.fieldCount === this.#limits.fields) throw new HttpRequestError("TOO_MANY_FIELDS");
    const { base } = head;
    head.addField(start - base, nameEnd - base, valueStart - base, valueEnd - base);
    noteField(this.#notes, bytes, start, nameEnd, valueStart, valueEnd);
  }
}

/** What is there of the protocol so far has to be the beginning of one. */
function checkCutProtocol(bytes: Buffer, at: number, end: number): false {
  for (let index = 0; index < PROTOCOL.length && at + index < end; index++) {
    const byte = bytes[at + index];
    if (byte === PROTOCOL[index]) continue;
    throw new HttpRequestError(index === 5 && isDigit(byte) ? "VERSION" : "REQUEST_LINE");
  }
  return false;
}

function refusalOf(byte: number, empty: boolean): HttpRequestError {
  if (byte === LF) return new HttpRequestError("BARE_LF");
  if (byte === CR) return new HttpRequestError("REQUEST_LINE");
  return new HttpRequestError(empty && byte === SP ? "REQUEST_LINE" : "TARGET");
}

function fieldRefusal(bytes: Buffer, start: number, at: number): HttpRequestError {
  const byte = bytes[at];
  if (at === start && (byte === SP || byte === HTAB)) return new HttpRequestError("FOLDING");
  if (byte === LF) return new HttpRequestError("BARE_LF");
  return new HttpRequestError("FIELD_NAME");
}

/** RFC 9112 3.2: origin-form for most; `*` for OPTIONS alone, authority-form for CONNECT alone, absolute-form for proxies. */
function checkTarget(head: RequestHead, bytes: Buffer): void {
  const start = head.base + head.targetStart;
  const first = bytes[start];
  if (head.method === "CONNECT") {
    if (first === 0x2f || first === 0x2a) throw new HttpRequestError("TARGET_FORM");
    return;
  }
  if (first === 0x2f) return;
  if (first === 0x2a && head.targetEnd - head.targetStart === 1 && head.method === "OPTIONS") return;
  if (!/^https?:\/\/[^/?#]/i.test(head.target)) throw new HttpRequestError("TARGET_FORM");
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}
