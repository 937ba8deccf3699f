/**
 * The head of a request, line by line, into a RequestHead. Pure: bytes in, offsets and refusals out.
 *
 * Strict on purpose. Two programs that read the same bytes differently are how requests are smuggled (RFC 9112 11.2), so
 * where a rule lets a server be lenient, this one is not: lines end with CR LF and nothing else, there is one space where
 * one is said, no folding, no white space before a colon, one length.
 *
 * Resumable by line: what was parsed stays parsed when the next bytes come, and only the line that was cut is read again.
 *
 * A client that keeps its connection says the same of itself in each request. So the bytes from the target's end to the
 * head's end are kept, and where the next request has the very same ones, all that was found in them still stands in the
 * RequestHead: nothing is read again but method and target.
 */
import { HttpRequestError } from "./errors.js";
import { FieldNotes, framingOf, noteField } from "./framing.js";
import { KeptBytes } from "./kept-bytes.js";
import type { Limits } from "./limits.js";
import { methodOf } from "./methods.js";
import type { RequestHead } from "./request.js";
import {
  checkCutProtocol,
  checkLineLength,
  checkMethodAndTarget,
  PROTOCOL_LENGTH,
  protocolOf,
  targetRefusal,
} from "./request-line.js";
import { COLON, CR, classes, HTAB, LF, SP, TARGET, TOKEN, VALUE } from "./syntax.js";

export class HeadParser {
  readonly #head: RequestHead;
  readonly #limits: Limits;
  readonly #notes = new FieldNotes();
  /** Where the line starts that is to be read next, from the head's base; 0 until the request line is read. */
  #line = 0;
  #fieldsStart = 0;
  /** The bytes that the RequestHead's fields were read from, from the space behind the target on. */
  readonly #kept = new KeptBytes();

  constructor(head: RequestHead, limits: Limits) {
    this.#head = head;
    this.#limits = limits;
  }

  /** A new request begins at `base` of the head's bytes. */
  begin(): void {
    this.#line = 0;
    this.#head.method = "";
  }

  /**
   * Reads up to `end`. Returns where the head ends (what follows is content, or the next request), or -1 when it does not
   * end here.
   *
   * @throws HttpRequestError
   */
  parse(end: number): number {
    const { bytes, base } = this.#head;
    if (this.#line === 0) {
      const at = this.#methodAndTarget(bytes, base, end);
      if (at < 0) return -1;
      if (this.#isAsBefore(bytes, at, end)) {
        checkMethodAndTarget(this.#head);
        this.#head.fieldsBase = at - base;
        this.#head.sameFields = true;
        return at + this.#kept.length;
      }
      if (!this.#protocol(bytes, at, end)) return -1;
    }
    return this.#fieldLines(bytes, end);
  }

  /** The place of the space behind the target; -1 when that is not there yet. */
  #methodAndTarget(bytes: Buffer, start: number, end: number): number {
    const head = this.#head;
    let at = start;
    while (at < end && (classes[bytes[at]] & TOKEN) !== 0) at++;
    checkLineLength(at - start, this.#limits);
    if (at === end) return -1;
    if (bytes[at] !== SP || at === start) throw new HttpRequestError("METHOD");
    head.method = methodOf(bytes, start, at);
    const target = ++at;
    while (at < end && (classes[bytes[at]] & TARGET) !== 0) at++;
    checkLineLength(at - start, this.#limits);
    if (at === end) return -1;
    if (bytes[at] !== SP || at === target) throw targetRefusal(bytes[at], at === target);
    head.targetStart = target - start;
    head.targetEnd = at - start;
    return at;
  }

  #isAsBefore(bytes: Buffer, at: number, end: number): boolean {
    // CONNECT takes the same fields otherwise: framing.ts.
    return this.#head.method !== "CONNECT" && this.#kept.areAt(bytes, at, end);
  }

  /** False when it does not end here. */
  #protocol(bytes: Buffer, at: number, end: number): boolean {
    const head = this.#head;
    if (end - at < PROTOCOL_LENGTH) {
      checkCutProtocol(bytes, at, end);
      return false;
    }
    head.minorVersion = protocolOf(bytes, at);
    checkMethodAndTarget(head);
    head.fieldsBase = at - head.base;
    head.fieldCount = 0;
    head.sameFields = false;
    this.#kept.forget();
    this.#notes.begin();
    this.#line = at + PROTOCOL_LENGTH - head.base;
    this.#fieldsStart = this.#line;
    return true;
  }

  #fieldLines(bytes: Buffer, end: number): number {
    const head = this.#head;
    const { base } = head;
    const limitAt = base + this.#fieldsStart + this.#limits.head;
    for (;;) {
      const start = base + this.#line;
      if (start > limitAt) throw new HttpRequestError("HEAD_TOO_LARGE");
      if (start >= end) return -1;
      if (bytes[start] === CR) {
        if (start + 1 === end) return -1;
        if (bytes[start + 1] !== LF) throw new HttpRequestError("BARE_CR");
        framingOf(head, this.#notes);
        this.#kept.keep(bytes, base + head.fieldsBase, start + 2);
        return start + 2;
      }
      if (!this.#fieldLine(bytes, start, end, limitAt)) return -1;
    }
  }

  /**
   * False when the line does not end here. Beyond the limit, nothing but that is said: another cut of the same bytes would
   * not have got further.
   */
  #fieldLine(bytes: Buffer, start: number, end: number, limitAt: number): boolean {
    let at = start;
    while (at < end && (classes[bytes[at]] & TOKEN) !== 0) at++;
    if (at > limitAt) throw new HttpRequestError("HEAD_TOO_LARGE");
    if (at === end) return false;
    if (bytes[at] !== COLON || at === start) throw nameRefusal(bytes[at], at === start);
    const nameEnd = at++;
    while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at++;
    const valueStart = at;
    while (at < end && (classes[bytes[at]] & VALUE) !== 0) at++;
    if (at > limitAt) throw new HttpRequestError("HEAD_TOO_LARGE");
    if (at === end) return false;
    if (bytes[at] !== CR) throw new HttpRequestError(bytes[at] === LF ? "BARE_LF" : "FIELD_VALUE");
    if (at + 1 > limitAt) throw new HttpRequestError("HEAD_TOO_LARGE");
    if (at + 1 === end) return false;
    if (bytes[at + 1] !== LF) throw new HttpRequestError("BARE_CR");
    this.#addField(bytes, start, nameEnd, valueStart, at);
    return true;
  }

  #addField(bytes: Buffer, start: number, nameEnd: number, valueStart: number, lineEnd: number): void {
    const head = this.#head;
    this.#line = lineEnd + 2 - head.base;
    if (this.#line > this.#fieldsStart + this.#limits.head) throw new HttpRequestError("HEAD_TOO_LARGE");
    if (head.fieldCount === this.#limits.fields) throw new HttpRequestError("TOO_MANY_FIELDS");
    let valueEnd = lineEnd;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === HTAB)) valueEnd--;
    head.addField(start, nameEnd, valueStart, valueEnd);
    noteField(this.#notes, bytes, start, nameEnd, valueStart, valueEnd);
  }
}

/** What stands where a name should, or go on. */
function nameRefusal(byte: number, first: boolean): HttpRequestError {
  if (first && (byte === SP || byte === HTAB)) return new HttpRequestError("FOLDING");
  if (byte === LF) return new HttpRequestError("BARE_LF");
  return new HttpRequestError("FIELD_NAME");
}
