/** Runs command lines in this process, with streams that are kept; and makes servers for them. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { createAccess, createLimits, loadTokens } from "../../src/access/index.js";
import { run } from "../../src/cli/run.js";
import type { Io } from "../../src/cli/terminal/terminal.js";
import { loadConfig } from "../../src/config/index.js";
import { type AppServer, startAppServer } from "../support/app-server.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was written to stdout, unchanged. */
  readonly bytes: Buffer;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** What stands on stdin; a terminal has what somebody types. */
  readonly input?: string | Uint8Array;
  /** Which of the streams are a terminal. */
  readonly tty?: boolean;
  /** Called with what was written to stdout so far; throws to close it. */
  readonly onOut?: (text: string) => void;
  readonly signal?: AbortSignal;
  readonly wall?: () => number;
  readonly now?: () => number;
}

export async function cli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, input = "", tty = false, onOut, signal = new AbortController().signal } = options;
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const stdout = sink(out, onOut);
  const stdin = tty ? new PassThrough() : Readable.from(input.length === 0 ? [] : [Buffer.from(input)]);
  if (tty) (stdin as PassThrough).end(input);
  const io: Io = {
    stdin: Object.assign(stdin, { isTTY: tty }),
    stdout: Object.assign(stdout, { isTTY: tty, columns: 200 }),
    stderr: Object.assign(sink(err), { isTTY: tty, columns: 200 }),
    env,
    now: options.now ?? (() => performance.now()),
    wall: options.wall ?? Date.now,
    signal,
  };
  const code = await run(argv, io);
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err: Buffer.concat(err).toString(), bytes };
}

function sink(chunks: Buffer[], onOut?: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      try {
        onOut?.(Buffer.concat(chunks).toString());
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** What a pipe gives whose reader has gone. */
export function brokenPipe(): never {
  throw Object.assign(new Error("EPIPE: broken pipe"), { code: "EPIPE" });
}

export interface Served extends AsyncDisposable {
  readonly server: AppServer;
  /** Runs a command line against the server. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
}

/** A server, and the command line pointed at it. With tokens, it asks for them. */
export async function serve(tokens: readonly object[] = []): Promise<Served> {
  const server = await startAppServer(tokens.length === 0 ? {} : { context: { access: accessOf(tokens) } });
  return {
    server,
    run: (argv, options = {}) => cli(argv, { ...options, env: { STOWAGE_URL: server.url, ...options.env } }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function accessOf(tokens: readonly object[]) {
  const path = temporaryFile("tokens.json", JSON.stringify({ tokens }));
  const { config } = loadConfig({ args: ["--tokens-file", path], env: {} });
  return createAccess(loadTokens(config), createLimits(), () => performance.now());
}

/** A server that answers as it is told. */
export async function answering(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** One for each process, however often this file is bundled. */
const folder = join(tmpdir(), `stowage-cli-${process.pid}`);

/** A path that nobody else has; with a content, a file. */
export function temporaryFile(name: string, content?: string | Uint8Array): string {
  if (!existsSync(folder)) {
    mkdirSync(folder);
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  const path = join(mkdtempSync(join(folder, "each-")), name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}
