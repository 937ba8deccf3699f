/** What a row's measurement gets to work with. */
import type { Job, Outcome } from "../../harness/types.js";
import type { Contender, Needs } from "../contenders/contender.js";
import type { Settings, Size } from "../settings.js";

export interface Context {
  contender: Contender;
  /** Handed on to threads. */
  job: Job<Settings>;
  settings: Settings;
  /** The request sequence over so many items, the same for every contender. */
  sequence(size: Size): Uint32Array;
}

/** undefined: this contender cannot do that row. */
export type Measurement = (context: Context) => Promise<Outcome | undefined>;

export function needsOf(
  { settings, job }: Pick<Context, "settings" | "job">,
  size: Size | "saved",
  valueBytes: number,
): Needs {
  return { items: settings[size], valueBytes, folder: job.folder, port: job.port };
}
