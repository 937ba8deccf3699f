/** Fifty processes, the server that they share, and the source that they load from. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startServer } from "stowage-server";
import { bundleEdited, type Edit } from "../../../../../scripts/build/edited.js";

const sources = fileURLToPath(new URL("../../../src/", import.meta.url));

export interface SourceRequest {
  readonly name: string;
  readonly pid: number;
  readonly answer: (text: string) => void;
}

/** Started, connected, and waiting for what to do. */
export class Fleet implements AsyncDisposable {
  readonly loads: SourceRequest[] = [];
  /** Called for each load; until it is set, they are kept waiting. */
  onLoad: (load: SourceRequest) => void = () => undefined;
  readonly #members: Member[] = [];
  readonly #closers: (() => unknown)[] = [];

  static async start(size: number, edits: readonly Edit[] = []): Promise<Fleet> {
    const fleet = new Fleet();
    const program = await bundleEdited(new URL("./process.program.ts", import.meta.url), { sources, edits });
    const server = await startServer({ port: 0, workers: 2, "log-level": "silent" });
    fleet.#closers.push(() => server.close());
    const sourceUrl = await fleet.#startSource();
    for (let n = 0; n < size; n++) fleet.#members.push(new Member(program, [server.url, sourceUrl]));
    await Promise.all(fleet.#members.map((member) => member.line("ready")));
    return fleet;
  }

  get size(): number {
    return this.#members.length;
  }

  /** All at once; what each got, of those that lived. */
  async ask(what: string): Promise<string[]> {
    const answers = this.#members.map((member) => member.ask(what));
    return (await Promise.all(answers)).filter((answer) => answer !== undefined);
  }

  kill(pid: number): void {
    this.#members.find((member) => member.pid === pid)?.kill();
  }

  countOf(name: string): number {
    return this.loads.filter((load) => load.name === name).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()));
    for (const close of this.#closers) await close();
  }

  async #startSource(): Promise<string> {
    const http = createServer(async (request, response: ServerResponse) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const name = (request.url ?? "").slice(1);
      const load = { name, pid: Number(body), answer: (text: string) => void response.end(text) };
      this.loads.push(load);
      this.onLoad(load);
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    this.#closers.push(
      () => http.closeAllConnections(),
      () => http.close(),
    );
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }
}

class Member {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #isDead = false;

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, ...args]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    this.#child.once("exit", () => {
      this.#isDead = true;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async line(beginning: string): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    if (done) return undefined;
    if (!value.startsWith(beginning)) throw new Error(`a process said ${value}, not ${beginning}`);
    return value.slice(beginning.length + 1);
  }

  ask(what: string): Promise<string | undefined> {
    if (this.#isDead) return Promise.resolve(undefined);
    this.#child.stdin.write(`${what}\n`);
    return this.line(what);
  }

  kill(): void {
    this.#isDead = true;
    this.#child.kill("SIGKILL");
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    this.#child.stdin.end();
    this.#child.kill();
    await exit;
  }
}
