/** A server on a socket of its own, a clock that stands still until it is told, and clients: for scenes and tests. */
import assert from "node:assert/strict";
import net from "node:net";
import tls from "node:tls";
import {
  type Connection,
  fixedHead,
  type Handler,
  HttpServer,
  type HttpServerOptions,
  type RequestHead,
  responseOf,
} from "../../src/index.js";

const ok = fixedHead(200, { "content-type": "text/plain" });

/** A whole answer of text, as every handler of ours has to put it together. */
export function answer(connection: Connection, head: RequestHead, body: string): void {
  connection.send(responseOf(ok + connection.connectionLine(head), body));
}

/** Says back what it was asked for. */
export function echo(head: RequestHead, content: Buffer, connection: Connection): boolean {
  answer(connection, head, `${head.method} ${head.target} ${content.toString("latin1")}`);
  return true;
}

export interface Stage {
  readonly server: HttpServer;
  readonly port: number;
  client(options?: Partial<tls.ConnectionOptions>): Client;
  /** Time passes, and the server looks at its connections. */
  pass(ms: number): void;
}

/** Runs a scene, and clears up behind it. */
export async function onStage(
  options: Partial<HttpServerOptions> & Partial<Handler>,
  scene: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { request = echo, content, refused, ...rest } = options;
  const handler: Handler = { request, ...(content && { content }), ...(refused && { refused }) };
  let now = 1_000_000;
  const server = new HttpServer({ handler, now: () => now, wall: () => 0, ...rest });
  const clients: Client[] = [];
  const { port } = (await server.listen({ port: 0, host: "127.0.0.1" })) as net.AddressInfo;
  const stage: Stage = {
    server,
    port,
    client(connect) {
      const client = new Client(port, rest.tls && { rejectUnauthorized: false, ...connect });
      clients.push(client);
      return client;
    },
    pass(ms) {
      now += ms;
      server.sweep();
    },
  };
  try {
    await scene(stage);
  } finally {
    for (const client of clients) client.socket.destroy();
    await server.close(0);
  }
}

/** Collects what it gets. */
export class Client {
  readonly socket: net.Socket;
  text = "";
  /** The server has sent all it will, or the connection is gone. */
  ended = false;
  /** The connection is gone. */
  closed = false;

  constructor(port: number, secure?: tls.ConnectionOptions) {
    const where = { port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true };
    this.socket =
      secure === undefined
        ? net.connect(where)
        : tls.connect({ ...where, ...secure } as tls.ConnectionOptions);
    this.socket.on("data", (bytes) => {
      this.text += bytes.toString("latin1");
    });
    this.socket.on("end", () => {
      this.ended = true;
    });
    this.socket.on("close", () => {
      this.ended = true;
      this.closed = true;
    });
    this.socket.on("error", () => undefined);
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Sends, and says that no more comes. */
  sendLast(text: string): void {
    this.socket.end(text, "latin1");
  }

  until(wanted: (client: Client) => boolean): Promise<void> {
    return until(
      () => wanted(this),
      () => `the client has ${JSON.stringify(this.text.slice(-300))}`,
    );
  }

  /** The bodies of so many responses. */
  async bodies(count: number): Promise<string[]> {
    await this.until(({ text }) => bodiesOf(text).length >= count);
    return bodiesOf(this.text);
  }

  /** Everything the server has to say. */
  async all(): Promise<string> {
    await this.until(({ ended }) => ended);
    return this.text;
  }
}

let patienceMs = 8_000;

/** For servers that are broken on purpose: it takes less time to see that something does not happen. */
export function setPatience(ms: number): void {
  patienceMs = ms;
}

/** Waits for what happens elsewhere. */
export async function until(wanted: () => boolean, what = () => "it never happened"): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!wanted()) {
    assert(performance.now() < deadline, what());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Long enough for what was sent to have arrived: an exchange with another connection of the same server. */
export async function settled({ client }: Stage): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const other = client();
    other.send(get("/settled"));
    await other.until(({ text }) => text.includes("HTTP/1.1 "));
    other.socket.destroy();
  }
}

export function bodiesOf(text: string): string[] {
  const bodies: string[] = [];
  const lengths = /content-length: (\d+)\r\n(?:.+\r\n)*\r\n/g;
  for (let found = lengths.exec(text); found !== null; found = lengths.exec(text)) {
    const end = lengths.lastIndex + Number(found[1]);
    if (end > text.length) break;
    bodies.push(text.slice(lengths.lastIndex, end));
    lengths.lastIndex = end;
  }
  return bodies;
}

export function get(target: string, ...fields: string[]): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
}

export function post(target: string, content: string, ...fields: string[]): string {
  const all = [`Content-Length: ${content.length}`, ...fields].map((field) => `${field}\r\n`).join("");
  return `POST ${target} HTTP/1.1\r\nHost: a\r\n${all}\r\n${content}`;
}
