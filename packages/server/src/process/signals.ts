/**
 * What the program does when the system or somebody tells it something, and when it fails: for a process that is nothing but
 * a server. A program that embeds one decides by itself.
 */
import type { Log } from "../observe/index.js";
import type { Server } from "./server.js";

/** As shells count them: 128 and the signal's number. */
const stops = { SIGTERM: 143, SIGINT: 130 } as const;
/** For the snapshot after a failure. What failed may also have broken what takes snapshots. */
const LAST_SNAPSHOT_MS = 10_000;

/** What is used of `process`. */
export interface Program {
  // biome-ignore lint/suspicious/noExplicitAny: as EventEmitter has it
  on(event: string, listener: (...args: any[]) => void): unknown;
  exit(code: number): void;
}

/**
 * SIGTERM and SIGINT drain and exit with 0, a second one exits at once; SIGHUP reloads; an error that nobody catches is
 * logged, and the program exits with 1 after an attempt to take a snapshot.
 */
export function heedSignals(server: Server, log: Log, program: Program = process): void {
  let stopping = false;
  const stop = async (signal: keyof typeof stops) => {
    if (stopping) return program.exit(stops[signal]);
    stopping = true;
    await server.close();
    program.exit(0);
  };
  const fail = async (error: unknown) => {
    log.fatal({ err: error }, "an error that nobody caught; the server ends");
    await Promise.race([server.snapshot(), passed(LAST_SNAPSHOT_MS)]).catch(() => undefined);
    program.exit(1);
  };
  program.on("SIGTERM", () => stop("SIGTERM"));
  program.on("SIGINT", () => stop("SIGINT"));
  program.on("SIGHUP", () => reload(server, log));
  program.on("uncaughtException", fail);
  program.on("unhandledRejection", fail);
}

function reload(server: Server, log: Log): void {
  try {
    server.reload();
  } catch (error) {
    log.error({ err: error }, "what was to be read again is wrong; what was read before stays");
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
