/** What the parent asks of a child process, and what comes back: both travel as JSON. */
import type { Outcome } from "./child/context.js";
import type { ContenderName } from "./contenders/index.js";
import type { RowName } from "./rows.js";
import type { SequenceSize, Settings } from "./settings.js";

export interface Job {
  contender: ContenderName;
  row: RowName;
  settings: Settings;
  /** Files with the request sequences, as 32-bit numbers in the machine's byte order. */
  sequences: Record<SequenceSize, string>;
}

export interface JobAnswer {
  /** null: the contender cannot do that row. */
  outcome: Outcome | null;
}
