/** The shapes that travel between the parts of a benchmark: from the parent to a child, back, and into the result. */
import type { Summary } from "./summary.js";

/**
 * ns: an operation; bytes: an entry, over key and value; ms: the longest stall; MB: of a process, resident. Of what is
 * said a second more is better, of the rest less. pass: 1 where something holds, 0 where not.
 */
export type Unit = "ns" | "bytes" | "ms" | "MB" | "MB/s" | "ops/s" | "pass";

/** What one measurement gave. */
export interface Outcome {
  /** In the row's unit. */
  figure: number;
  /** Anything else worth keeping, by name. */
  extra?: Record<string, number>;
}

/** Why there is no figure: the library lacks the feature, needs too long, is not there, or did not do the work. */
export type Missing = { cannot: true } | { tooSlow: true } | { leftOut: string } | { failed: string };

/** What the rounds of one contender on one row gave. */
export interface Collected {
  outcomes: Outcome[];
  missing?: Missing;
}

/** By row, and in it by contender. */
export type CollectedTable = Map<string, Map<string, Collected>>;

/** What one contender reached on one row: figures, or why there are none. */
export type Cell =
  | (Summary & {
      /** One for each round, in order. */
      figures: number[];
      /** Measured with smaller sizes than the row says, because the library is so slow. */
      reduced: boolean;
      /** Its median divided by that of each contender that others are compared with. */
      ratioTo: Record<string, number>;
      /** Medians of what else the row tells: wallNs, ops, hitRatio, worstSetMs, ... */
      extra: Record<string, number>;
    })
  | Missing;

export interface RowResult {
  title: string;
  unit: Unit;
  contenders: Record<string, Cell>;
}

export type RowResults = Record<string, RowResult>;

/** What the parent asks of a child process; it travels as JSON. */
export interface Job<Settings = object> {
  contender: string;
  row: string;
  settings: Settings;
  /** Files with the request sequences, as 32-bit numbers in the machine's byte order. */
  sequences: Record<string, string>;
  /** For files of the child's own; the parent removes it. */
  folder: string;
  /** Where the contender's server listens, if it has one. */
  port?: number;
}

export interface JobAnswer {
  /** null: the contender cannot do that row. */
  outcome: Outcome | null;
}
