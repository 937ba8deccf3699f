/**
 * A connection that sends exactly the bytes it is told to, and reads answers one after another. Clients with manners
 * (fetch, node:http) would not let a test send what attackers send.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
}

export class RawClient implements AsyncDisposable {
  readonly #socket: Socket;
  /** What arrived and was not read stands between `start` and `end`. */
  #bytes = Buffer.alloc(1_024);
  #start = 0;
  #end = 0;
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (piece) => {
      this.#add(piece);
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next answer. `bodiless`: it answers a HEAD. */
  async answer({ bodiless = false } = {}): Promise<RawAnswer> {
    const headEnd = (await this.#upTo("\r\n\r\n")) + 4;
    const [line, ...fields] = this.#take(headEnd).toString("latin1").trimEnd().split("\r\n");
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(":")).toLowerCase(),
        field.slice(field.indexOf(":") + 1).trim(),
      ]),
    );
    const status = Number(line.split(" ")[1]);
    const empty = bodiless || status === 204 || status === 304 || status < 200;
    const body = empty ? Buffer.alloc(0) : await this.#body(headers);
    return { status, headers, body, text: body.toString("utf8") };
  }

  /** Sends a request and waits for its answer. */
  ask(
    method: string,
    target: string,
    { headers = {}, body = "" }: { headers?: Record<string, string>; body?: string | Buffer } = {},
  ) {
    const lines = Object.entries({ host: "x", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const length = bytes.length > 0 ? `content-length: ${bytes.length}\r\n` : "";
    this.send(
      Buffer.concat([
        Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}${length}\r\n`, "latin1"),
        bytes,
      ]),
    );
    return this.answer({ bodiless: method === "HEAD" });
  }

  /** Waits until the server has said that it sends no more. */
  async ended(): Promise<void> {
    while (!this.#ended) await this.#more();
  }

  /** Takes nothing from the socket until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #body(headers: Record<string, string>): Promise<Buffer> {
    if (headers["transfer-encoding"] === "chunked") return this.#chunks();
    if (headers["content-length"] !== undefined) return this.#exactly(Number(headers["content-length"]));
    await this.ended();
    return this.#take(this.#end - this.#start);
  }

  async #chunks(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (;;) {
      const size = Number.parseInt(this.#take((await this.#upTo("\r\n")) + 2).toString("latin1"), 16);
      const piece = await this.#exactly(size + 2);
      if (size === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, size));
    }
  }

  async #exactly(length: number): Promise<Buffer> {
    while (this.#end - this.#start < length) await this.#more();
    return this.#take(length);
  }

  async #upTo(mark: string): Promise<number> {
    for (;;) {
      const at = this.#bytes.subarray(this.#start, this.#end).indexOf(mark);
      if (at >= 0) return at;
      await this.#more();
    }
  }

  /** The bytes stay as they are: what comes later never goes over them. */
  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#start + length);
    this.#start += length;
    return taken;
  }

  #add(piece: Buffer): void {
    if (this.#end + piece.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe((this.#end - this.#start + piece.length) * 2);
      this.#end = this.#bytes.copy(larger, 0, this.#start, this.#end);
      this.#start = 0;
      this.#bytes = larger;
    }
    this.#end += piece.copy(this.#bytes, this.#end);
  }

  #more(): Promise<void> {
    if (this.#ended)
      throw new Error(
        `the connection ended after ${JSON.stringify(this.#bytes.toString("latin1", this.#start, this.#end))}`,
      );
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
