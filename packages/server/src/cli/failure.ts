/** How a command ends without success: what is said on stderr, and the exit code. */

import { RefusedError, UnreachableError } from "../client/index.js";
import { ConfigError } from "../config/load.js";
import { type ExitName, exits } from "./exit-codes.js";

/** Thrown by commands. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly exit: ExitName,
    /** What was wrong, and what would be right. */
    message: string,
  ) {
    super(message);
  }
}

/** The command line is wrong. */
export function usage(message: string): Failure {
  return new Failure("usage", message);
}

/** Whoever reads the output has seen enough (`| head`): no failure. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

export interface Ending {
  readonly code: number;
  /** For stderr; empty: nothing. */
  readonly message: string;
}

export function endingOf(error: unknown): Ending {
  if (error instanceof OutputClosed) return { code: exits.done.code, message: "" };
  if (error instanceof Failure) return { code: exits[error.exit].code, message: error.message };
  if (error instanceof UnreachableError) return { code: exits.unreachable.code, message: unreachable(error) };
  if (error instanceof RefusedError)
    return { code: exits[exitOfStatus(error.status)].code, message: refused(error) };
  if (error instanceof ConfigError) return { code: exits.usage.code, message: error.faults.join("\n") };
  if (isLocal(error)) return { code: exits.local.code, message: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: exits.internal.code, message: `a mistake in this program: ${text}` };
}

function unreachable({ message }: UnreachableError): string {
  return `${message}. Start one with "stowage serve", or say where it is with --url or STOWAGE_URL`;
}

function refused({ status, message }: RefusedError): string {
  if (status === 401) return `${message}. Put a token into STOWAGE_TOKEN`;
  if (status === 403) return `the token may not do that: ${message}`;
  return `the server refuses: ${message}`;
}

const unauthorised = [401, 403];
/** Too many requests, and what fails on the server's side: another time it may work. */
const passing = [408, 429];

function exitOfStatus(status: number): ExitName {
  if (unauthorised.includes(status)) return "unauthorised";
  return status >= 500 || passing.includes(status) ? "failed" : "refused";
}

/** Errors of files and sockets have a code of the system; those of starting a server say themselves what to do. */
function isLocal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return startErrors.includes(error.name) || (typeof code === "string" && /^E[A-Z]+$/.test(code));
}

const startErrors = ["StoreError", "ListenError", "TlsError", "StartError"];
