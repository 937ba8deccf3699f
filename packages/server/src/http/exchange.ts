/**
 * One request and its answer. Each connection has one, used for request after request, since they are answered in turn:
 * what it says holds until the reply.
 *
 * Bodies are texts in which each character is a byte (Latin-1), as the table gives values and the socket takes them;
 * `utf8Bytes` makes one of a text with other characters.
 */
import type { Connection, Fields, RequestHead } from "stowage-http1";
import { dateLine, fieldLine, fixedHead, noBytes } from "stowage-http1";
import { everybody, mayTouch, type Principal } from "../access/types.js";
import type { WorkerContext } from "../context.js";
import { Fault } from "./fault.js";
import type { Route } from "./route.js";

export const JSON_TYPE = "application/json; charset=utf-8";

export class Exchange {
  readonly connection: Connection;
  readonly #context: WorkerContext;
  head!: RequestHead;
  /** Only lent: copy what has to outlive a handler that returns a promise. */
  content: Buffer = noBytes;
  route!: Route;
  principal: Principal = everybody;
  /** Without the query, as it came. */
  path = "";
  /** Behind the `?`, as it came. */
  query = "";
  /** What stands in the open segment of the route's path, as it came. */
  segment = "";
  requestId = "";
  status = 0;
  bytesOut = 0;
  #replied = false;

  constructor(connection: Connection, context: WorkerContext) {
    this.connection = connection;
    this.#context = context;
  }

  get replied(): boolean {
    return this.#replied;
  }

  begin(head: RequestHead, content: Buffer): void {
    this.head = head;
    this.content = content;
    this.#replied = false;
    const target = head.target;
    const mark = target.indexOf("?");
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? "" : target.slice(mark + 1);
  }

  /** Answers with a text of bytes. To a HEAD request only its length is said. */
  reply(status: number, body: string, type: string = JSON_TYPE, fields?: Fields): void {
    this.#send(status, this.#lead(status, type, fields), body);
  }

  /** Answers with JSON. */
  json(status: number, value: unknown, fields?: Fields): void {
    this.reply(status, utf8Bytes(JSON.stringify(value)), JSON_TYPE, fields);
  }

  /** Answers without content: 204, 304. */
  empty(status: number, fields?: Fields): void {
    this.#note(status, 0);
    this.connection.send(`${this.#lead(status, "", fields)}${this.#tail()}\r\n`);
  }

  /** Begins an answer of unknown length that ends with the connection. Goes on with `connection.send` and `flush`. */
  stream(status: number, type: string, fields?: Fields): void {
    this.connection.closeAfterResponse();
    this.#note(status, 0);
    this.connection.send(`${this.#lead(status, type, fields)}${this.#tail()}\r\n`);
    this.connection.flush();
  }

  fault(fault: Fault): void {
    this.json(fault.status, { error: fault.message, code: fault.code, ...fault.more }, fault.fields);
  }

  /** @throws Fault 403 for a key that the token does not reach */
  checkKey(key: string): void {
    if (!mayTouch(this.principal, key))
      throw new Fault(403, "forbidden_key", "this token does not reach that key; see its prefixes");
  }

  #send(status: number, lead: string, body: string): void {
    this.#note(status, body.length);
    const text = `${lead}${this.#tail()}content-length: ${body.length}\r\n\r\n`;
    this.connection.send(this.head.method === "HEAD" ? text : text + body);
  }

  #note(status: number, bytes: number): void {
    this.#replied = true;
    this.status = status;
    this.bytesOut = bytes;
  }

  #lead(status: number, type: string, fields: Fields | undefined): string {
    let lead = fixedHead(status, type === "" ? {} : { "content-type": type });
    if (fields !== undefined)
      for (const [name, value] of Object.entries(fields)) lead += fieldLine(name, String(value));
    return lead;
  }

  #tail(): string {
    const closing = this.connection.closesAfter(this.head) ? "connection: close\r\n" : "";
    return `x-request-id: ${this.requestId}\r\n${dateLine(this.#context.wall())}${closing}`;
  }
}

/** The UTF-8 bytes of a text, a character each. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, "utf8").latin1Slice();
}
