/**
 * Standard input and output as commands see them. What a command finds goes to stdout, what it says about itself to stderr;
 * so output can be piped while people still see what happens.
 */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { OutputClosed } from "../failure.js";
import { type Paint, paintFor } from "./paint.js";

/** What a process has; tests make their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a clock that never goes back, and since 1970. */
  now(): number;
  wall(): number;
  /** Aborted when somebody interrupts. */
  readonly signal: AbortSignal;
}

export class Terminal {
  readonly io: Io;
  /** For stdout. */
  readonly paint: Paint;
  /** For stderr. */
  readonly errPaint: Paint;
  #closed = false;

  constructor(io: Io) {
    this.io = io;
    this.paint = paintFor(io.stdout.isTTY === true, io.env);
    this.errPaint = paintFor(io.stderr.isTTY === true, io.env);
    io.stdout.on("error", this.#onError);
    io.stderr.on("error", ignore); // then there is nobody to tell
  }

  /** Whether somebody is there to be asked. */
  get canAsk(): boolean {
    return this.io.stdin.isTTY === true && this.io.stderr.isTTY === true;
  }

  /**
   * Writes to stdout; resolves when there is room for more.
   *
   * @throws OutputClosed
   */
  async write(content: string | Uint8Array): Promise<void> {
    const { stdout } = this.io;
    if (this.#closed || stdout.destroyed) throw new OutputClosed();
    if (stdout.write(content)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "error"]) stdout.off(event, done);
        resolve();
      };
      for (const event of ["drain", "close", "error"]) stdout.on(event, done);
    });
    if (this.#closed) throw new OutputClosed();
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Says something to people. */
  say(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }

  /** Asks a question that is answered by yes or no; everything but yes is no. */
  async confirm(question: string): Promise<boolean> {
    const { stdin, stderr, signal } = this.io;
    const lines = createInterface({ input: stdin, output: stderr, terminal: false });
    // Ctrl-D: whoever goes away has not said yes.
    const ended = once(lines, "close").then(() => "");
    try {
      const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      lines.close();
    }
  }

  /** Everything that stands on stdin. */
  async input(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.io.stdin) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  }

  /** Lets go of the streams. */
  close(): void {
    this.io.stdout.off("error", this.#onError);
    this.io.stderr.off("error", ignore);
  }

  readonly #onError = (error: NodeJS.ErrnoException) => {
    this.#closed = true;
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  };
}

function ignore(): void {}
