/** Clients on plain sockets: what a test wants to see of a connection, fetch hides. */
import net, { type NetConnectOpts } from "node:net";
import tls, { type ConnectionOptions } from "node:tls";

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class Client implements Disposable {
  readonly socket: net.Socket;
  /** Resolves when the other end has ended it; true: by a reset. */
  readonly ended: Promise<boolean>;
  #text = "";
  #isEnded = false;
  #wake = (): void => undefined;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("latin1");
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      const end = (isReset: boolean) => {
        this.#isEnded = true;
        this.#wake();
        resolve(isReset);
      };
      socket.on("end", () => end(false));
      socket.on("error", () => end(true));
      socket.on("close", () => end(false));
    });
  }

  static async connect(options: NetConnectOpts | number): Promise<Client> {
    const to = typeof options === "number" ? { port: options, host: "127.0.0.1" } : options;
    const client = new Client(net.connect(to));
    await connected(client, "connect");
    return client;
  }

  static async connectTls(options: ConnectionOptions): Promise<Client> {
    const client = new Client(tls.connect({ host: "127.0.0.1", ...options }));
    await connected(client, "secureConnect");
    return client;
  }

  /** Sends a GET and returns the answer; undefined if the connection ended instead. */
  async get(path: string, ...fields: string[]): Promise<Answer | undefined> {
    this.send(`GET ${path} HTTP/1.1\r\nhost: test\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`);
    return this.answer();
  }

  /** Sends JSON. */
  post(path: string, content: unknown): Promise<Answer | undefined> {
    return this.request("POST", path, JSON.stringify(content));
  }

  /** Sends a request with JSON as its content. */
  request(method: string, path: string, content: string): Promise<Answer | undefined> {
    const length = Buffer.byteLength(content);
    const fields = `host: test\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n`;
    this.send(`${method} ${path} HTTP/1.1\r\n${fields}\r\n${content}`);
    return this.answer();
  }

  async worker(): Promise<number> {
    const answer = await this.get("/test/worker");
    if (answer === undefined) throw new Error("the connection ended");
    return JSON.parse(answer.body).worker;
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  async text(part: string): Promise<string> {
    while (!this.#text.includes(part) && !this.#isEnded) await this.#more();
    return this.#text;
  }

  async answer(): Promise<Answer | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\r\n\r\n");
      const head = this.#text.slice(0, end + 4);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (end >= 0 && this.#text.length >= head.length + length) {
        const body = this.#text.slice(head.length, head.length + length);
        this.#text = this.#text.slice(head.length + length);
        return { status: Number(head.slice(9, 12)), head, body };
      }
      if (this.#isEnded) return undefined;
      await this.#more();
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function connected({ socket }: Client, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
  });
}

/** So many connections opened at one time, and the worker of each. */
export async function burst(
  port: number,
  count: number,
): Promise<{ clients: Client[]; perWorker: number[] }> {
  const clients = await Promise.all(Array.from({ length: count }, () => Client.connect(port)));
  const workers = await Promise.all(clients.map((client) => client.worker()));
  const perWorker: number[] = [];
  for (const worker of workers) perWorker[worker] = (perWorker[worker] ?? 0) + 1;
  return { clients, perWorker };
}

/** Waits for something to become so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether it becomes so within a time: for what is broken on purpose, where it never does. */
export async function becomes(isSo: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  await until(() => isSo() || performance.now() > end);
  return isSo();
}
