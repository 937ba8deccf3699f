/** What the tests of the load generator need: the program, broken variants of it, and servers that answer as told. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGenerator, Generator, type LoadPlan, loadSources } from "../../src/server/generator.js";

export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "stowage-load-"));
  #variants = 0;

  program(): string {
    return compileGenerator(this.folder);
  }

  generator(program: string): Generator {
    return new Generator(program, this.folder);
  }

  /** The program with one text of one source file replaced by another. */
  variant(file: string, text: string, other: string): string {
    const folder = join(this.folder, `variant-${this.#variants++}`);
    cpSync(loadSources, folder, { recursive: true });
    const source = readFileSync(join(folder, file), "utf8");
    if (!source.includes(text)) throw new Error(`${file} has no ${JSON.stringify(text)}`);
    writeFileSync(join(folder, file), source.replace(text, other));
    return compileGenerator(folder, folder);
  }

  /** A file of item numbers. */
  sequence(items: Iterable<number>): string {
    const path = join(this.folder, `sequence-${this.#variants++}`);
    writeFileSync(path, Uint32Array.from(items));
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the program prints when it is given that on stdin. */
export function printed(program: string, args: readonly string[], input: string | Buffer): string {
  return spawnSync(program, args, { input, encoding: "utf8" }).stdout;
}

export interface FakeServer extends AsyncDisposable {
  port: number;
  /** All that came, in order. */
  requests: string[];
}

export type Send = (socket: Socket, text: string) => void | Promise<void>;

/**
 * Takes requests that end with `end`, and sends what `answer` makes of each: all that one chunk brought in one text. An
 * answer that is undefined is none.
 */
export async function fakeServer(
  answer: (request: string, count: number) => string | undefined,
  {
    end = "\r\n\r\n",
    send = (socket, text) => void socket.write(text, "latin1"),
  }: { end?: string; send?: Send } = {},
): Promise<FakeServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let rest = "";
    let sending: void | Promise<void>;
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      const parts = (rest + chunk.toString("latin1")).split(end);
      rest = parts.pop() ?? "";
      let text = "";
      for (const request of parts) text += answer(request, requests.push(request)) ?? "";
      if (text !== "")
        sending = sending instanceof Promise ? sending.then(() => send(socket, text)) : send(socket, text);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  const { port } = server.address() as AddressInfo;
  return { port, requests, [Symbol.asyncDispose]: close };
}

export function httpAnswer(content: string, status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nServer: fake\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
}

/** A plan for so many GETs of `k<number>`, answered with `v<number>`. */
export function getPlan(port: number, sequence: string, more: Partial<LoadPlan> = {}): LoadPlan {
  const request = "GET /k\x01 HTTP/1.1\r\n\r\n";
  const operations = [{ weight: 1, request, answer: "v\x01", status: 200 }];
  return { protocol: "http", port, connections: 4, requests: 200, sequence, operations, ...more };
}

/** The item's digits in a request of `getPlan`. */
export const digitsIn = (request: string) => /k(\d{15})/.exec(request)?.[1] ?? "";
