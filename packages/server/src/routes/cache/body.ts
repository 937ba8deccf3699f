/**
 * Bodies of the routes below /cache: JSON objects, read in place. What is wrong with one is said so that the client's
 * programmer finds it: the field's name and what it must be, or the byte at which it stops being JSON.
 */
import { isUtf8 } from "node:buffer";
import type { KeyRange } from "stowage/table";
import { noBytes } from "stowage-http1";
import type { Exchange } from "../../http/exchange.js";
import { Fault } from "../../http/fault.js";
import { hasEscape, kindAt, type Members, stringAt } from "../../json/members.js";
import { JsonError, JsonScanner, OPEN_OBJECT, QUOTE } from "../../json/scan.js";

/** One a thread: bodies are read at one go. */
const scanner = new JsonScanner();
/** One of the thread: it is used during a call. */
const range = { bytes: noBytes, start: 0, end: 0 };

/**
 * Reads the body's object.
 *
 * @throws Fault 415 for a body that is not said to be JSON, 400 for one that is none, or no object
 */
export function readBody(exchange: Exchange, members: Members): void {
  readJson(exchange, (content) => {
    if (scanner.next() !== OPEN_OBJECT) throw notObject(content);
    members.read(scanner);
  });
}

/**
 * The body, if it is JSON and nothing but: what the routes do that need not be fast.
 *
 * @throws Fault 415, 400
 */
export function parseBody(exchange: Exchange): unknown {
  readJson(exchange, () => scanner.value());
  const { content } = exchange;
  return JSON.parse(content.utf8Slice(0, content.length));
}

/** @param read passes the body's one value */
function readJson(exchange: Exchange, read: (content: Buffer) => void): void {
  const { content } = exchange;
  if (!exchange.isJson) throw notJsonType(exchange.head.header("content-type"));
  scanner.begin(content);
  try {
    read(content);
    scanner.finish();
    if (scanner.wide && !isUtf8(content)) throw notUtf8(content);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw isUtf8(content) ? notJson(error) : notUtf8(content);
  } finally {
    scanner.begin(noBytes);
  }
}

/**
 * The key of a body, where its bytes stand if it can be. The range is only lent.
 *
 * @throws Fault 400, or 403 for a key that the token does not reach
 */
export function keyOf(exchange: Exchange, start: number, end: number): string | KeyRange {
  const { content, principal } = exchange;
  checkKeyKind(content, start, "key");
  if (principal.prefixes !== null || hasEscape(content, start, end)) return keyTextOf(exchange, start, end);
  range.bytes = content;
  range.start = start + 1;
  range.end = end - 1;
  return range;
}

/** The same as a text. */
export function keyTextOf(exchange: Exchange, start: number, end: number): string {
  const { content } = exchange;
  checkKeyKind(content, start, "key");
  const key = stringAt(content, start, end);
  checkKeyText(key, "key");
  exchange.checkKey(key);
  return key;
}

/** @param where what to call it: `key`, `operations[3].key` */
export function checkKeyKind(bytes: Buffer, start: number, where: string): void {
  if (start < 0) throw new Fault(400, "missing_key", `${where} is missing; it must be a string`);
  if (bytes[start] !== QUOTE)
    throw new Fault(400, "invalid_key", `${where} must be a string, not ${kindAt(bytes, start)}`);
}

export function checkKeyText(key: string, where: string): void {
  // What has no UTF-8 could never be asked for in a URL.
  if (!isWellFormed(key))
    throw new Fault(400, "invalid_key", `${where} must be Unicode; it has half of a surrogate pair`);
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function notJsonType(type: string | undefined): Fault {
  const found = type === undefined ? "it is missing" : `not ${type}`;
  return new Fault(415, "unsupported_media_type", `content-type must be application/json, ${found}`);
}

function notObject(content: Buffer): Fault | JsonError {
  scanner.begin(content);
  scanner.value();
  scanner.begin(content);
  scanner.next();
  return new Fault(400, "invalid_body", `the body must be a JSON object, not ${kindAt(content, scanner.at)}`);
}

function notJson(error: JsonError): Fault {
  return new Fault(400, "invalid_json", `the body is not JSON: ${error.message}`, {
    more: { position: error.position },
  });
}

/** Where its text, made into bytes again, is another one. */
function notUtf8(content: Buffer): Fault {
  const again = Buffer.from(content.toString("utf8"));
  let position = 0;
  while (content[position] === again[position]) position++;
  return new Fault(400, "invalid_json", `the body is not JSON: it is not UTF-8 at byte ${position}`, {
    more: { position },
  });
}
