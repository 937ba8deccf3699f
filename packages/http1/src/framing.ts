/**
 * The fields that decide where a request ends and whether the connection lives on: Content-Length, Transfer-Encoding,
 * Connection, Expect, Host. Noted as their lines are read; judged together when the head is complete (RFC 9112 6).
 */
import { HttpRequestError } from "./errors.js";
import type { RequestHead } from "./request.js";
import { COLON, classes, DIGIT, equalsIgnoringCase, HOST } from "./syntax.js";

export class FieldNotes {
  /** -1: there is no Content-Length. */
  length = -1;
  chunked = false;
  hosts = 0;
  close = false;
  keep = false;
  expects = false;

  /** For another head. */
  begin(): void {
    this.length = -1;
    this.chunked = false;
    this.hosts = 0;
    this.close = false;
    this.keep = false;
    this.expects = false;
  }
}

/** 15 digits are always exact as a double. */
const LENGTH_DIGITS_MAX = 15;
const IPV6 = /^\[[0-9A-Fa-f:.]+\](?::[0-9]*)?$/;

/** The name's length tells most fields apart; five of all names need a comparison. */
export function noteField(
  notes: FieldNotes,
  bytes: Buffer,
  nameStart: number,
  nameEnd: number,
  start: number,
  end: number,
): void {
  switch (nameEnd - nameStart) {
    case 4:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, "host")) noteHost(notes, bytes, start, end);
      break;
    case 6:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, "expect")) noteExpect(notes, bytes, start, end);
      break;
    case 10:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, "connection"))
        noteConnection(notes, bytes, start, end);
      break;
    case 14:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, "content-length"))
        noteLength(notes, bytes, start, end);
      break;
    case 17:
      if (equalsIgnoringCase(bytes, nameStart, nameEnd, "transfer-encoding"))
        noteCoding(notes, bytes, start, end);
      break;
  }
}

/**
 * Fields that would change how the message was framed or where it went (RFC 9110 6.5.1). All other trailers are dropped, so
 * they need not be judged.
 */
export function isForbiddenInTrailer(bytes: Buffer, nameStart: number, nameEnd: number): boolean {
  return forbiddenInTrailer.has(bytes.latin1Slice(nameStart, nameEnd).toLowerCase());
}

const forbiddenInTrailer = new Set(["transfer-encoding", "content-length", "host", "connection", "expect"]);

/** The head is complete. */
export function framingOf(head: RequestHead, notes: FieldNotes): void {
  const modern = head.minorVersion === 1;
  if (notes.hosts > 1 || (modern && notes.hosts === 0)) throw new HttpRequestError("HOST");
  if (notes.chunked) {
    if (notes.length >= 0) throw new HttpRequestError("LENGTH_AND_CODING");
    if (!modern) throw new HttpRequestError("TRANSFER_CODING");
  }
  head.contentLength = notes.chunked ? -1 : Math.max(0, notes.length);
  head.keepAlive = !notes.close && (modern || notes.keep);
  // RFC 9110 10.1.1: an expectation in an HTTP/1.0 request is ignored, and one without content has nothing to wait for.
  head.expectsContinue = notes.expects && modern && head.contentLength !== 0;
  if (head.method === "CONNECT") unframe(head);
}

/** RFC 9110 9.3.6: CONNECT has no content; what follows belongs to a tunnel, which there is none of. It is not read. */
function unframe(head: RequestHead): void {
  head.contentLength = 0;
  head.keepAlive = false;
  head.expectsContinue = false;
}

function noteHost(notes: FieldNotes, bytes: Buffer, start: number, end: number): void {
  notes.hosts++;
  if (!isHost(bytes, start, end)) throw new HttpRequestError("HOST");
}

/** A host and perhaps a port: registered names, IPv4, IPv6 in brackets. Empty is allowed where the target has no authority. */
function isHost(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && (classes[bytes[at]] & HOST) !== 0) at++;
  if (at < end && bytes[at] === COLON) {
    at++;
    while (at < end && (classes[bytes[at]] & DIGIT) !== 0) at++;
  }
  return at === end || IPV6.test(bytes.latin1Slice(start, end));
}

function noteExpect(notes: FieldNotes, bytes: Buffer, start: number, end: number): void {
  if (!equalsIgnoringCase(bytes, start, end, "100-continue")) throw new HttpRequestError("EXPECTATION");
  notes.expects = true;
}

function noteConnection(notes: FieldNotes, bytes: Buffer, start: number, end: number): void {
  if (equalsIgnoringCase(bytes, start, end, "keep-alive")) notes.keep = true;
  else if (equalsIgnoringCase(bytes, start, end, "close")) notes.close = true;
  else {
    for (const option of bytes.latin1Slice(start, end).toLowerCase().split(",")) {
      if (option.trim() === "close") notes.close = true;
      else if (option.trim() === "keep-alive") notes.keep = true;
    }
  }
}

/** One line with one number. RFC 9112 6.3 lets a server take equal ones twice; nobody honest sends them. */
function noteLength(notes: FieldNotes, bytes: Buffer, start: number, end: number): void {
  if (notes.length >= 0 || start === end || end - start > LENGTH_DIGITS_MAX)
    throw new HttpRequestError("CONTENT_LENGTH");
  let length = 0;
  for (let at = start; at < end; at++) {
    if ((classes[bytes[at]] & DIGIT) === 0) throw new HttpRequestError("CONTENT_LENGTH");
    length = length * 10 + (bytes[at] - 0x30);
  }
  notes.length = length;
}

/** `chunked`, once and alone: other codings are for those who asked for them by TE, which this server never does. */
function noteCoding(notes: FieldNotes, bytes: Buffer, start: number, end: number): void {
  if (notes.chunked) throw new HttpRequestError("TRANSFER_CODING");
  if (!equalsIgnoringCase(bytes, start, end, "chunked")) {
    const last = bytes.latin1Slice(start, end).toLowerCase().split(",").at(-1)?.trim();
    throw new HttpRequestError(
      last === "chunked" && !hasTwice(bytes, start, end) ? "UNKNOWN_CODING" : "TRANSFER_CODING",
    );
  }
  notes.chunked = true;
}

function hasTwice(bytes: Buffer, start: number, end: number): boolean {
  return bytes.latin1Slice(start, end).toLowerCase().split("chunked").length > 2;
}
