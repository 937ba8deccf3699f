/** What can be wrong with a trace file. Wrong flags are `InvalidOptionError`s of the library. */

export type TraceErrorCode =
  /** The file cannot be opened or read. */
  | "TRACE_UNREADABLE"
  /** It is compressed in a way that is damaged, cut short, or unknown here. */
  | "TRACE_COMPRESSION"
  /** No known format fits, and none was named. */
  | "TRACE_UNKNOWN_FORMAT"
  /** A line or record is not what the format wants. */
  | "TRACE_MALFORMED"
  /** There is no request in it. */
  | "TRACE_EMPTY"
  /** More requests than fit into memory. */
  | "TRACE_TOO_LONG";

export interface TraceErrorOptions {
  /** Line of a text file, record of a binary one; from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

export class TraceError extends Error {
  override readonly name = "TraceError";
  readonly line: number | undefined;

  constructor(
    readonly code: TraceErrorCode,
    readonly file: string,
    /** What was wrong and what would be right. */
    readonly fault: string,
    { line, cause }: TraceErrorOptions = {},
  ) {
    super(`${file}${line === undefined ? "" : `, line ${line}`}: ${fault}`, { cause });
    this.line = line;
  }
}
