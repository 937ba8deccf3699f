/**
 * A server that says exactly the bytes that a scene wants, and keeps what it was sent: for transports, which have to cope
 * with any.
 */
import assert from "node:assert/strict";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";

export interface Heard {
  readonly method: string;
  readonly path: string;
  /** As they were sent: `name: value`. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly socket: net.Socket;
  /** Which connection of the server it came on: 0 for the first. */
  readonly connection: number;
}

/** The bytes of an answer, in the pieces in which they are to be sent. Null: none, for now. */
export type Script = (request: Heard, count: number) => string | Buffer | readonly (string | Buffer)[] | null;

export interface ServerOptions {
  readonly secure?: tls.TlsOptions;
  readonly path?: string;
  readonly host?: string;
}

export class ScriptedServer {
  readonly heard: Heard[] = [];
  readonly sockets: net.Socket[] = [];
  /** Connections that are over. */
  closed = 0;
  readonly #server: net.Server;
  readonly #script: Script;
  readonly #raw: net.Socket[] = [];

  private constructor(script: Script, { secure }: ServerOptions) {
    this.#script = script;
    const accept = (socket: net.Socket) => this.#accept(socket);
    this.#server =
      secure === undefined
        ? net.createServer({ noDelay: true, allowHalfOpen: true }, accept)
        : tls.createServer({ ...secure, allowHalfOpen: true }, accept);
    // Of TLS, also those whose handshake comes to nothing.
    this.#server.on("connection", (socket) => this.#raw.push(socket));
  }

  static async start(script: Script, options: ServerOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script, options);
    const { path, host = "127.0.0.1" } = options;
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject);
      if (path === undefined) server.#server.listen(0, host, resolve);
      else server.#server.listen(path, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nobody listens there any more. */
  async close(): Promise<void> {
    for (const socket of [...this.sockets, ...this.#raw]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: net.Socket): void {
    const connection = this.sockets.push(socket) - 1;
    let text = "";
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed += 1;
    });
    socket.on("end", () => socket.end());
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (let found = requestIn(text); found !== undefined; found = requestIn(text)) {
        text = text.slice(found.length);
        const heard = { ...found.request, socket, connection };
        this.heard.push(heard);
        void this.#answer(heard);
      }
    });
  }

  async #answer(request: Heard): Promise<void> {
    const answer = this.#script(request, this.heard.length - 1);
    if (answer === null) return;
    const pieces = typeof answer === "string" || Buffer.isBuffer(answer) ? [answer] : answer;
    for (const piece of pieces) await say(request.socket, piece);
  }
}

/** Sends these bytes by themselves: what follows comes in another piece, as far as that can be seen to. */
export async function say(socket: net.Socket, bytes: string | Buffer): Promise<void> {
  if (socket.destroyed) return;
  await new Promise((resolve) => socket.write(bytes, "latin1", resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

function requestIn(
  text: string,
): { request: Omit<Heard, "socket" | "connection">; length: number } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [line, ...headers] = text.slice(0, headEnd).split("\r\n");
  const [method, path] = line.split(" ");
  const length = /^content-length: *(\d+)$/im.exec(text.slice(0, headEnd))?.[1] ?? "0";
  const end = headEnd + 4 + Number(length);
  if (text.length < end) return undefined;
  const body = Buffer.from(text.slice(headEnd + 4, end), "latin1").toString("utf8");
  return { request: { method, path, headers: headers.map(lowerName), body }, length: end };
}

function lowerName(line: string): string {
  const colon = line.indexOf(":");
  return line.slice(0, colon).toLowerCase() + line.slice(colon);
}

export function ok(body: string, ...fields: string[]): string {
  const bytes = Buffer.from(body, "utf8").toString("latin1");
  return `HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join("")}content-length: ${bytes.length}\r\n\r\n${bytes}`;
}

let patienceMs = 8_000;

/** For transports that are broken on purpose: it takes less time to see that something does not happen. */
export function setPatience(ms: number): void {
  patienceMs = ms;
}

/** Waits for what happens elsewhere. */
export async function until(wanted: () => boolean, what = "what was expected never happened"): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!wanted()) {
    assert(performance.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** The value, unless it takes too long. */
export function soon<T>(promise: Promise<T>, what = "it never came"): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), patienceMs);
  });
  return handled(Promise.race([handled(promise), late]).finally(() => clearTimeout(timer)));
}

/** The same. A scene that has failed elsewhere does not look at it any more; what becomes of it then is nobody's business. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
