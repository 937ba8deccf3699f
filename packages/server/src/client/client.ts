/**
 * A small HTTP client for the command line: requests to one server, over connections that are kept. Over node:http, since
 * nothing here has to be fast but `stowage bench`, which has its own (cli/bench).
 *
 * Left out: redirects, which would carry the token elsewhere; proxies; caching. Programs want the client library instead.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Address } from "./address.js";
import { RefusedError, UnreachableError } from "./errors.js";

export interface ClientOptions {
  readonly address: Address;
  readonly token?: string | undefined;
  /** Without a byte from the server for so long, it counts as gone. */
  readonly timeoutMs: number;
  /** Connections at one time. */
  readonly connections?: number;
}

export interface Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Percent-encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export class Client {
  readonly address: Address;
  readonly #options: ClientOptions;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;

  constructor(options: ClientOptions) {
    const { address, connections = 1 } = options;
    this.address = address;
    this.#options = options;
    const agentOptions = { keepAlive: true, maxSockets: connections };
    this.#agent = address.isTls ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
    this.#request = address.isTls ? https.request : http.request;
  }

  /**
   * The answer, whatever its status.
   *
   * @throws UnreachableError
   */
  async send(request: Request): Promise<Reply> {
    try {
      return await this.#once(request);
    } catch (error) {
      // The server may close a kept connection at the very moment in which it is used again (RFC 9112 9.3.1).
      if (error instanceof StaleConnection)
        return this.#once(request).catch((again) => this.#unreachable(again));
      return this.#unreachable(error);
    }
  }

  /**
   * The answer, if its status is one of these or below 300.
   *
   * @throws UnreachableError, RefusedError
   */
  async expect(request: Request, ...statuses: readonly number[]): Promise<Reply> {
    const reply = await this.send(request);
    if (reply.status < 300 || statuses.includes(reply.status)) return reply;
    throw refusal(reply);
  }

  close(): void {
    this.#agent.destroy();
  }

  #unreachable(error: unknown): never {
    const cause = error instanceof StaleConnection ? error.cause : error;
    throw new UnreachableError(this.address.text, cause);
  }

  #once({ method, path, headers = {}, body }: Request): Promise<Reply> {
    const { address, token, timeoutMs } = this.#options;
    const { host, port, socketPath, base } = address;
    const where = socketPath === undefined ? { host, port } : { socketPath };
    const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const request = this.#request({
        ...where,
        method,
        path: `${base}${path}`,
        headers: { ...own, ...length, ...headers },
        agent: this.#agent,
        timeout: timeoutMs,
      });
      request.on("response", (response) => void readReply(response).then(resolve, reject));
      request.on("timeout", () => request.destroy(new Error(`it said nothing for ${timeoutMs} ms`)));
      request.on("error", (error) => {
        const code = (error as NodeJS.ErrnoException).code;
        const isStale = request.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
        reject(isStale && isRepeatable(method, headers) ? new StaleConnection(error) : error);
      });
      request.end(body);
    });
  }
}

/** A connection that was used before is gone. */
class StaleConnection extends Error {
  constructor(override readonly cause: unknown) {
    super("stale connection");
  }
}

/** Twice is as good as once (RFC 9110 9.2.2): not where a condition would not hold the second time. */
function isRepeatable(method: string, headers: Readonly<Record<string, string>>): boolean {
  const isConditional = "if-match" in headers || "if-none-match" in headers;
  return (method === "GET" || method === "HEAD" || method === "PUT") && !isConditional;
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) };
}

/** What an answer that is not wanted says. */
export function refusal({ status, body }: Reply): RefusedError {
  const text = body.toString("utf8");
  try {
    const { error, message, code } = JSON.parse(text) as Record<string, unknown>;
    const said = [error, message].filter((each) => typeof each === "string").join(": ");
    if (said !== "") return new RefusedError(status, said, typeof code === "string" ? code : "");
  } catch {
    // Not the server's own answer, but that of a proxy before it, say.
  }
  const { 0: line } = text.trim().split("\n");
  return new RefusedError(
    status,
    `${status} ${http.STATUS_CODES[status] ?? ""} ${line.slice(0, 200)}`.trim(),
    "",
  );
}
