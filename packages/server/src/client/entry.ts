/**
 * Entries as /v1/keys gives and takes them, and as a line of JSON for files and scripts:
 *
 *     {"key": "a", "value": {"any": "JSON"}}                                    JSON, digit for digit as it was stored
 *     {"key": "b", "text": "Hi", "type": "text/plain; charset=utf-8"}           a text
 *     {"key": "c", "base64": "AP8=", "type": "image/png"}                       bytes
 *
 * with `"expiresAt"` (milliseconds since 1970) where it expires, and `"graceMs"` where it has a grace.
 */
import { isUtf8 } from "node:buffer";
import { kindAt, Members, stringAt } from "../json/members.js";
import { JsonScanner } from "../json/scan.js";
import type { Client, Reply, Request } from "./client.js";

export interface Entry {
  readonly key: string;
  readonly value: Buffer;
  readonly type: string;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
  readonly graceMs: number;
}

export const jsonType = "application/json";
export const textType = "text/plain; charset=utf-8";
export const bytesType = "application/octet-stream";

/** `.` and `..` would be taken for steps by whatever tidies paths on the way (RFC 3986 5.2.4). */
export function pathOfKey(key: string): string {
  return `/v1/keys/${/^\.{1,2}$/.test(key) ? key.replaceAll(".", "%2E") : encodeURIComponent(key)}`;
}

/** Undefined: there is none. */
export async function getEntry(client: Client, key: string, wall: () => number): Promise<Entry | undefined> {
  const reply = await client.expect({ method: "GET", path: pathOfKey(key) }, 404);
  return reply.status === 404 ? undefined : entryIn(key, reply, wall());
}

function entryIn(key: string, { headers, body }: Reply, wallMs: number): Entry {
  const ttl = headers["stowage-ttl"];
  return {
    key,
    value: body,
    type: headers["content-type"] ?? bytesType,
    expiresAt: ttl === undefined || ttl === "none" ? null : wallMs + Number(ttl),
    graceMs: Number(headers["stowage-grace"] ?? 0),
  };
}

export interface PutOptions {
  /** Milliseconds; null: for ever; undefined: as the server has it. */
  readonly ttlMs?: number | null;
  readonly graceMs?: number;
  readonly tags?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function putRequest(
  key: string,
  value: Buffer,
  type: string,
  { ttlMs, graceMs = 0, tags = [], headers = {} }: PutOptions,
): Request {
  const more: Record<string, string> = { "content-type": type, ...headers };
  if (ttlMs !== undefined) more["stowage-ttl"] = ttlMs === null ? "none" : String(ttlMs);
  if (graceMs > 0) more["stowage-grace"] = String(graceMs);
  if (tags.length > 0) more["stowage-tags"] = tags.map(encodeURIComponent).join(", ");
  return { method: "PUT", path: pathOfKey(key), headers: more, body: value };
}

/** One line, without its end. */
export function lineOf({ key, value, type, expiresAt, graceMs }: Entry): string {
  const times = `${expiresAt === null ? "" : `,"expiresAt":${expiresAt}`}${graceMs === 0 ? "" : `,"graceMs":${graceMs}`}`;
  return `{"key":${JSON.stringify(key)},${contentOf(value, type)}${times}}`;
}

function contentOf(value: Buffer, type: string): string {
  const typed = `,"type":${JSON.stringify(type)}`;
  if (isJsonType(type) && isUtf8(value))
    return `"value":${oneLine(value.toString("utf8"))}${type === jsonType ? "" : typed}`;
  if (/^text\//i.test(type) && isUtf8(value))
    return `"text":${JSON.stringify(value.toString("utf8"))}${typed}`;
  return `"base64":"${value.toString("base64")}"${typed}`;
}

/** Line breaks of a JSON text are white space between its parts: within strings they are escaped. */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, " ").trim();
}

export function isJsonType(type: string): boolean {
  return /^application\/(?:[^;]+\+)?json *(?:;|$)/i.test(type);
}

const names = ["key", "value", "text", "base64", "type", "expiresAt", "graceMs"] as const;
const members = new Members(names);
const scanner = new JsonScanner();

/**
 * The entry that a line says.
 *
 * @throws Error that says what is wrong
 */
export function entryOfLine(line: string): Entry {
  const bytes = Buffer.from(line);
  scanner.begin(bytes);
  members.read(scanner);
  scanner.finish();
  const member = (name: (typeof names)[number]): Member => {
    const index = names.indexOf(name);
    return new Member(bytes, name, members.starts[index], members.ends[index]);
  };
  const [value, text, base64] = [member("value"), member("text"), member("base64")];
  if ([value, text, base64].filter(({ isThere }) => isThere).length !== 1)
    throw new Error('it must have one of "value", "text", "base64"');
  const fallback = value.isThere ? jsonType : text.isThere ? textType : bytesType;
  const expiresAt = member("expiresAt");
  const graceMs = member("graceMs");
  return {
    key: member("key").text(),
    value: value.isThere ? value.raw() : text.isThere ? Buffer.from(text.text()) : base64.bytes(),
    type: member("type").isThere ? member("type").text() : fallback,
    expiresAt: expiresAt.isThere ? expiresAt.number() : null,
    graceMs: graceMs.isThere ? graceMs.number() : 0,
  };
}

/** A member of a line, checked when it is asked for. */
class Member {
  constructor(
    readonly line: Buffer,
    readonly name: string,
    readonly start: number,
    readonly end: number,
  ) {}

  get isThere(): boolean {
    return this.start >= 0;
  }

  raw(): Buffer {
    return this.line.subarray(this.start, this.end);
  }

  text(): string {
    this.#mustBe("a string");
    return stringAt(this.line, this.start, this.end);
  }

  number(): number {
    this.#mustBe("a number");
    const number = Number(this.raw().toString());
    if (!(number >= 0)) throw new Error(`"${this.name}" must not be below 0`);
    return number;
  }

  bytes(): Buffer {
    const text = this.text();
    const bytes = Buffer.from(text, "base64");
    if (bytes.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, ""))
      throw new Error(`"${this.name}" must be base64`);
    return bytes;
  }

  #mustBe(kind: string): void {
    const found = this.isThere ? kindAt(this.line, this.start) : "missing";
    if (found !== kind) throw new Error(`"${this.name}" must be ${kind}, not ${found}`);
  }
}
