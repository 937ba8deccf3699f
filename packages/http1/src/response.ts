/**
 * Response heads as strings: one string a response is what node:net sends fastest.
 *
 * Names and values are checked where a head is put together, not on each response: heads that do not change are made once
 * (`fixedHead`) and only Content-Length is added to them. A value with CR or LF would let whoever chose it write a
 * response of his own (response splitting), so it is refused here, always.
 */
import { STATUS_CODES } from "node:http";
import { classes, TOKEN, VALUE } from "./syntax.js";

export type Fields = Readonly<Record<string, string | number | readonly string[]>>;

/** `HTTP/1.1 200 OK` and its line end. */
const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw new RangeError(`a status is a whole number from 100 to 999, not ${status}`);
    }
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

/**
 * The beginning of a response: status line and fields, without the empty line that ends a head.
 *
 * @throws TypeError for a name that is no token, or a value with a control character or beyond Latin-1
 * @example const ok = fixedHead(200, { "content-type": "application/json" });
 *          connection.write(responseOf(ok, '{"success":true}'));
 */
export function fixedHead(status: number, fields: Fields = {}): string {
  let head = statusLine(status);
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const each of value) head += fieldLine(name, each);
    else head += fieldLine(name, String(value));
  }
  return head;
}

/** One field line, checked. */
export function fieldLine(name: string, value: string): string {
  if (!isEvery(name, TOKEN) || name === "") throw new TypeError(`"${name}" is no name of a header field`);
  if (!isEvery(value, VALUE)) {
    throw new TypeError(
      `the header field ${name} holds a character that must not stand there: ${JSON.stringify(value)}`,
    );
  }
  return `${name}: ${value}\r\n`;
}

/** A whole response. `body` is ASCII or Latin-1: each character is one byte. */
export function responseOf(head: string, body: string): string {
  return `${head}content-length: ${body.length}\r\n\r\n${body}`;
}

/** The head of a response whose body is sent apart, or left out (HEAD, 304). */
export function headOf(head: string, contentLength: number): string {
  return `${head}content-length: ${contentLength}\r\n\r\n`;
}

/** A head without content and without a length: 1xx, 204, 304 (RFC 9110 8.6). */
export function bareHead(head: string): string {
  return `${head}\r\n`;
}

/**
 * The UTF-8 bytes of a text, a character each: what `send` takes.
 *
 * @example connection.send(responseOf(ok, utf8Bytes(JSON.stringify({ city: "Zürich" }))));
 */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, "utf8").latin1Slice();
}

function isEvery(text: string, kind: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 255 || (classes[code] & kind) === 0) return false;
  }
  return true;
}

let date = "";
let dateSecond = -1;

/** The Date field's line (RFC 9110 6.6.1), made once a second. */
export function dateLine(nowMs: number): string {
  const second = Math.floor(nowMs / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = `date: ${new Date(second * 1_000).toUTCString()}\r\n`;
  }
  return date;
}
