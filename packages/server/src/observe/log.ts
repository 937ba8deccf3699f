/**
 * The log: JSON lines (pino), from whichever thread, on the standard output.
 *
 *     {"level":"info","time":1760000000000,"pid":1,"worker":0,"msg":"...", ...}
 *
 * What warns or worse is written at once, the rest within 50 ms (line-writer.ts). Tokens do not get here: nobody logs
 * headers or settings. Should one ever come along in the text of an error, what follows "Bearer" is made unreadable.
 */
import pino, { type DestinationStream } from "pino";
import { LineWriter, writeTo } from "./line-writer.js";
import type { Log } from "./types.js";

const STDOUT = 1;
const WARN = 40;
/** Of an error's message and of its stack. Lines above 4 KB might be torn. */
const MESSAGE_MAX = 500;
const STACK_MAX = 2_000;

export interface LogOptions {
  /** One of the setting log-level. */
  readonly level: string;
  /** Which worker writes. Left out: the supervisor. */
  readonly worker?: number;
  /** Takes lines in the place of the standard output, each with its end. */
  readonly write?: (line: string) => void;
}

export function createLog({ level, worker, write }: LogOptions): Log {
  const base = { pid: process.pid, ...(worker !== undefined && { worker }) };
  return pino(
    { level, base, formatters: { level: (label) => ({ level: label }) }, serializers: { err: shortened } },
    write === undefined ? sharedOutput(base) : { write: (line) => write(withoutBearer(line)) },
  );
}

/** `lastLevel` is set by pino before each line, for destinations that ask for it. */
interface Leveled extends DestinationStream {
  lastLevel?: number;
  flush(done?: () => void): void;
}

function sharedOutput(base: object): Leveled {
  const writer = new LineWriter(writeTo(STDOUT), (lines) =>
    line({
      level: "warn",
      time: Date.now(),
      ...base,
      lines,
      msg: "lines of the log were lost: nobody read it",
    }),
  );
  process.on("exit", () => writer.end());
  const output: Leveled = {
    write: (line) => writer.line(withoutBearer(line), (output.lastLevel ?? WARN) >= WARN),
    flush: (done) => {
      writer.flush();
      done?.();
    },
  };
  return Object.assign(output, { [Symbol.for("pino.metadata")]: true });
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}

function withoutBearer(line: string): string {
  return line.replace(/(bearer +)(?:[^\s"\\]|\\.)+/gi, "$1***");
}

function shortened(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, ...more } = pino.stdSerializers.err(error);
  return { type, message: message.slice(0, MESSAGE_MAX), stack: stack.slice(0, STACK_MAX), ...more };
}
