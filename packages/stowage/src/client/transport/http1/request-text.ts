/** A request as the text that is sent. What could end a line early, and begin another one, is refused. */
import { InvalidArgumentError } from "../../../base/errors.js";
import type { TransportRequest } from "../transport.js";
import type { Address } from "./address.js";

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;
const PATH = /^\/[\x21-\x7e]*$/;
/** Those that frame the request are the transport's own. */
const OWN = new Set(["host", "content-length", "transfer-encoding", "connection", "expect", "upgrade"]);

export interface RequestText {
  readonly text: string;
  /** How it becomes bytes; text of ASCII alone is written faster as Latin 1. */
  readonly encoding: "latin1" | "utf8";
}

export class RequestWriter {
  readonly #basePath: string;
  readonly #host: string;
  /** A frozen record of headers cannot change; a client's requests mostly have the same one. */
  #headers: TransportRequest["headers"] = Object.freeze({});
  #lines = "";
  #path = "";

  constructor({ basePath, authority }: Address) {
    this.#basePath = basePath;
    this.#host = ` HTTP/1.1\r\nhost: ${authority}\r\n`;
  }

  /** @throws InvalidArgumentError */
  write({ method, path, headers, body }: TransportRequest): RequestText {
    if (path !== this.#path) {
      if (!PATH.test(path))
        throw refused("path", path, "a path without spaces and line ends, percent-encoded");
      this.#path = path;
    }
    const start = `${method} ${this.#basePath}${path}${this.#host}${this.#linesOf(headers)}`;
    if (body === undefined) return { text: `${start}${emptyLength(method)}\r\n`, encoding: "latin1" };
    const length = Buffer.byteLength(body);
    const text = `${start}content-length: ${length}\r\n\r\n${body}`;
    return { text, encoding: length === body.length ? "latin1" : "utf8" };
  }

  #linesOf(headers: TransportRequest["headers"]): string {
    if (headers === this.#headers) return this.#lines;
    let lines = "";
    for (const name in headers) lines += fieldLine(name, headers[name]);
    if (Object.isFrozen(headers)) {
      this.#headers = headers;
      this.#lines = lines;
    }
    return lines;
  }
}

/** RFC 9110 8.6: methods that expect content say that there is none. */
function emptyLength(method: string): string {
  return method === "POST" || method === "PUT" ? "content-length: 0\r\n" : "";
}

function fieldLine(name: string, value: string): string {
  if (!NAME.test(name) || OWN.has(name))
    throw refused(`the header's name`, name, "a lower-case name that is not the transport's own");
  if (typeof value !== "string" || !VALUE.test(value))
    throw refused(`the header ${name}`, value, "text of ASCII characters without line ends");
  return `${name}: ${value}\r\n`;
}

function refused(argument: string, received: unknown, expected: string): InvalidArgumentError {
  return new InvalidArgumentError("request", argument, received, expected);
}
