/**
 * One request and its answer. Each connection has one, used for request after request, since they are answered in turn:
 * what it says holds until the reply.
 *
 * Bodies are texts in which each character is a byte (Latin-1), as the table gives values and the socket takes them;
 * `utf8Bytes` of stowage-http1 makes one of a text with other characters.
 */
import type { Connection, Fields, RequestHead } from "stowage-http1";
import { fieldLine, noBytes, utf8Bytes } from "stowage-http1";
import { everybody, mayTouch, type Principal } from "../access/types.js";
import type { Cors } from "./cors.js";
import { Fault } from "./fault.js";
import { FixedAnswer, type Frame } from "./frame.js";
import { type Heads, JSON_TYPE, lengthLine } from "./heads.js";
import { isJsonType } from "./json-type.js";
import { ConnectionLostError, chunkOf, drained, LAST_CHUNK } from "./parts.js";
import { queryParam } from "./percent.js";
import { idOf } from "./request-id.js";
import { type Route, unrouted } from "./route.js";
import type { TargetParts } from "./router.js";

export { JSON_TYPE };

const NOT_FOUND = new FixedAnswer(404, '{"error":"not found"}');
/** So that pages from elsewhere can read `etag`, `stowage-ttl` and the like. */
const EXPOSED = "access-control-expose-headers: *\r\n";

export class Exchange implements TargetParts {
  readonly connection: Connection;
  readonly #heads: Heads;
  readonly #cors: Cors;
  head!: RequestHead;
  /** Only lent: copy what has to outlive a handler that returns a promise. */
  content: Buffer = noBytes;
  route: Route = unrouted;
  principal: Principal = everybody;
  /** Where the parts of the target stand, from the head's base. */
  pathStart = 0;
  pathEnd = 0;
  segmentStart = 0;
  segmentEnd = 0;
  status = 0;
  bytesOut = 0;
  #replied = false;
  #chunked = false;
  /** The client went away while an answer was sent in parts. */
  #gone = false;
  #block = "";
  #pair = 0;
  /** The client's own request id. */
  #givenId = "";
  #corsLines = "";
  /** Of the fields at hand; null: nobody has asked yet. */
  #isJson: boolean | null = null;

  constructor(connection: Connection, heads: Heads, cors: Cors) {
    this.connection = connection;
    this.#heads = heads;
    this.#cors = cors;
  }

  get replied(): boolean {
    return this.#replied;
  }

  /** Without the query, as it came. */
  get path(): string {
    return this.#slice(this.pathStart, this.pathEnd);
  }

  /** Behind the `?`, as it came. */
  get query(): string {
    return this.pathEnd < this.head.targetEnd ? this.#slice(this.pathEnd + 1, this.head.targetEnd) : "";
  }

  /** What stands in the open segment of the route's path, as it came. */
  get segment(): string {
    return this.#slice(this.segmentStart, this.segmentEnd);
  }

  get requestId(): string {
    return this.#givenId === "" ? this.#heads.idOf(this.#block, this.#pair) : this.#givenId;
  }

  /**
   * A parameter of the query, decoded; the last one, if it stands there several times; undefined: it is not there.
   *
   * @throws Fault 400 where it is malformed
   */
  param(name: string): string | undefined {
    const { query } = this;
    return query === "" ? undefined : queryParam(query, name);
  }

  /** Whether the content is said to be JSON. */
  get isJson(): boolean {
    this.#isJson ??= isJsonType(this.head);
    return this.#isJson;
  }

  /** A request came. */
  begin(head: RequestHead): void {
    this.head = head;
    this.content = noBytes;
    this.#replied = false;
    this.status = 0;
    this.bytesOut = 0;
    this.#pair = this.#heads.begin(this.connection.arrivedAt);
    this.#block = this.#heads.block;
    if (head.sameFields) return;
    this.#isJson = null;
    this.#givenId = idOf(head);
    if (!this.#cors.any) this.#corsLines = this.#cors.lines(head.header("origin"));
  }

  /** Answers with a text of bytes. To a HEAD request only its length is said. */
  reply(status: number, body: string, type: string = JSON_TYPE, fields?: Fields): void {
    const text =
      (type === JSON_TYPE && fields === undefined && this.#isOrdinary()
        ? this.#heads.json(status, this.#pair)
        : `${this.#lead(status, type, fields)}content-length: `) + lengthLine(body.length);
    this.#note(status, body.length);
    this.connection.send(this.head.method === "HEAD" ? text : text + body);
  }

  /** Answers 200 with what stands in a frame up to `end`. */
  replyFrame(frame: Frame, end: number): void {
    if (this.head.method === "HEAD" || !this.#isOrdinary()) this.reply(200, frame.body(end));
    else {
      this.#note(200, frame.lengthTo(end));
      this.connection.send(frame.answer(this.#heads.ready(200), this.#pair, end));
    }
  }

  /** Answers with what is always the same. */
  replyFixed({ status, body, tails }: FixedAnswer): void {
    if (this.head.method === "HEAD" || !this.#isOrdinary()) this.reply(status, body);
    else {
      this.#note(status, body.length);
      this.connection.send(this.#heads.ready(status) + tails[this.#pair]);
    }
  }

  /** Answers with bytes, which must not change until they are sent. */
  replyBytes(status: number, body: Buffer, type: string, fields?: Fields): void {
    const head = `${this.#lead(status, type, fields)}content-length: ${lengthLine(body.length)}`;
    this.#note(status, body.length);
    if (this.head.method === "HEAD") this.connection.send(head);
    else this.connection.sendBytes(head, body);
  }

  /** Answers with JSON. */
  json(status: number, value: unknown, fields?: Fields): void {
    this.reply(status, utf8Bytes(JSON.stringify(value)), JSON_TYPE, fields);
  }

  /** Answers without content: 204, 304. */
  empty(status: number, fields?: Fields): void {
    this.#open(status, "", fields);
  }

  /** 404, in Lix's words. */
  notFound(): void {
    this.replyFixed(NOT_FOUND);
  }

  /** Begins an answer of unknown length that ends with the connection. Goes on with `connection.send` and `flush`. */
  stream(status: number, type: string, fields?: Fields): void {
    this.connection.closeAfterResponse();
    this.#open(status, type, fields);
    this.connection.flush();
  }

  /** Begins an answer that comes in parts: chunks, or for HTTP/1.0 until the connection ends. */
  beginParts(status: number, type: string = JSON_TYPE, fields?: Fields): void {
    this.#chunked = this.head.minorVersion > 0;
    if (!this.#chunked) this.connection.closeAfterResponse();
    this.#open(status, type, fields, this.#chunked ? "transfer-encoding: chunked\r\n" : "");
    this.#gone = false;
    this.connection.onClose = () => {
      this.#gone = true;
    };
  }

  /**
   * Sends a part. Wait for the promise before the next one: while the client takes nothing, nothing more is made for it.
   *
   * @throws ConnectionLostError
   */
  async part(text: string): Promise<void> {
    if (this.#gone) throw new ConnectionLostError();
    if (text === "" || this.head.method === "HEAD") return;
    this.bytesOut += text.length;
    this.connection.send(this.#chunked ? chunkOf(text) : text);
    await drained(this.connection);
  }

  endParts(): void {
    this.connection.onClose = null;
    if (this.#chunked && this.head.method !== "HEAD") this.connection.send(LAST_CHUNK);
  }

  fault(fault: Fault): void {
    const fields = Object.keys(fault.fields).length === 0 ? undefined : fault.fields;
    this.reply(fault.status, utf8Bytes(fault.body), JSON_TYPE, fields);
  }

  /** @throws Fault 403 for a key that the token does not reach */
  checkKey(key: string): void {
    if (!mayTouch(this.principal, key))
      throw new Fault(403, "forbidden_key", "this token does not reach that key; see its prefixes");
  }

  #slice(start: number, end: number): string {
    const { bytes, base } = this.head;
    return bytes.latin1Slice(base + start, base + end);
  }

  /** Whether the answer can begin with what was made ahead. */
  #isOrdinary(): boolean {
    return (
      this.connection.connectionLine(this.head) === "" &&
      this.#cors.any &&
      this.#givenId === "" &&
      this.#block === this.#heads.block
    );
  }

  #note(status: number, bytes: number): void {
    if (this.#replied) throw new Error("a request was answered twice");
    this.#replied = true;
    this.status = status;
    this.bytesOut = bytes;
  }

  /** Sends a head that says no length. */
  #open(status: number, type: string, fields: Fields | undefined, more = ""): void {
    const head = `${this.#lead(status, type, fields)}${more}\r\n`;
    this.#note(status, 0);
    this.connection.send(head);
  }

  /** All of a head but what says the length. */
  #lead(status: number, type: string, fields: Fields | undefined): string {
    let lead = this.#heads.fixed(status, type) + this.#corsLines;
    if (fields !== undefined) {
      lead += EXPOSED;
      for (const [name, value] of Object.entries(fields)) lead += fieldLine(name, String(value));
    }
    const connection = this.connection.connectionLine(this.head);
    return `${lead}${this.#heads.dateLine}x-request-id: ${this.requestId}\r\n${connection}`;
  }
}
