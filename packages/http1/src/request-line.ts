/**
 * The request line: METHOD SP TARGET SP HTTP/1.1 (RFC 9112 3). What is refused and why; head-parser.ts says when.
 *
 * Method and target are scanned byte by byte there; here are the rules about what was found.
 */
import { HttpRequestError } from "./errors.js";
import type { Limits } from "./limits.js";
import { isKnownMethod } from "./methods.js";
import type { RequestHead } from "./request.js";
import { CR, LF, SP } from "./syntax.js";

/** ` HTTP/1.`, from the space behind the target on. */
const PROTOCOL = [SP, 0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e];
/** ` HTTP/1.1` and its line end. */
export const PROTOCOL_LENGTH = 11;
const MINOR = 8;
const ZERO = 0x30;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[^/?#@:[\]]+):\d+$/;
const ABSOLUTE = /^https?:\/\/[^/?#]/i;

/** What is there of the protocol so far has to be the beginning of one. `at` is the space behind the target. */
export function checkCutProtocol(bytes: Buffer, at: number, end: number): void {
  for (let index = 0; index < PROTOCOL.length && at + index < end; index++) {
    const byte = bytes[at + index];
    if (byte === PROTOCOL[index]) continue;
    throw new HttpRequestError(index === 6 && isDigit(byte) ? "VERSION" : "REQUEST_LINE");
  }
}

/** The minor version. All of the protocol is there. */
export function protocolOf(bytes: Buffer, at: number): number {
  checkCutProtocol(bytes, at, at + MINOR);
  const minor = bytes[at + MINOR] - ZERO;
  if (minor !== 0 && minor !== 1)
    throw new HttpRequestError(isDigit(bytes[at + MINOR]) ? "VERSION" : "REQUEST_LINE");
  const lineEnd = bytes[at + MINOR + 1];
  if (lineEnd === LF) throw new HttpRequestError("BARE_LF");
  if (lineEnd !== CR) throw new HttpRequestError("REQUEST_LINE");
  if (bytes[at + MINOR + 2] !== LF) throw new HttpRequestError("BARE_CR");
  return minor;
}

/** A byte that cannot stand in a target. */
export function targetRefusal(byte: number, empty: boolean): HttpRequestError {
  if (byte === LF) return new HttpRequestError("BARE_LF");
  if (byte === CR) return new HttpRequestError("REQUEST_LINE");
  return new HttpRequestError(empty && byte === SP ? "REQUEST_LINE" : "TARGET");
}

/**
 * Whether there is such a method, and whether it has such a target (RFC 9112 3.2): origin-form for most, absolute-form as
 * for proxies, authority-form for CONNECT alone, `*` for OPTIONS alone and for M-SEARCH, whose own definition says it (UPnP).
 */
export function checkMethodAndTarget(head: RequestHead): void {
  const { method } = head;
  if (!isKnownMethod(method)) throw new HttpRequestError("UNKNOWN_METHOD");
  const first = head.bytes[head.base + head.targetStart];
  if (method === "CONNECT") {
    if (!AUTHORITY.test(head.target)) throw new HttpRequestError("TARGET_FORM");
  } else if (first !== SLASH && !ABSOLUTE.test(head.target)) {
    const isAsterisk = first === ASTERISK && head.targetEnd - head.targetStart === 1;
    if (!isAsterisk || (method !== "OPTIONS" && method !== "M-SEARCH"))
      throw new HttpRequestError("TARGET_FORM");
  }
}

/** Beyond the limit nothing is said of what else is wrong: another cut of the same bytes would not have got that far. */
export function checkLineLength(length: number, { requestLine }: Limits): void {
  if (length > requestLine) throw new HttpRequestError("LINE_TOO_LONG");
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}
