/** Which verbs are requests for a key, as far as a recording of the traffic goes, and what is noted of them. */
import type { Clock } from "../../base/clock.js";
import { InvalidArgumentError } from "../../base/errors.js";
import { checkNames } from "../../base/options.js";
import { hashOther, stableHash } from "../store/key-hash.js";
import { createRecorder, type Recording as Outcome, type Recorder } from "./recorder.js";
import type { Reporter } from "./reporter.js";

/** The first argument is the key asked for, or the keys. */
const requests: ReadonlySet<string> = new Set(["get", "fetch", "take"]);
const optionNames: ReadonlySet<string> = new Set(["sample"]);
const bulkRequests: ReadonlySet<string> = new Set(["getMany", "fetchMany"]);

/** What `record` returns. */
export interface RunningRecording {
  /** Ends the recording; resolves when the file is complete. Closing the cache ends it as well. */
  stop(): Promise<Outcome>;
}

export class Recording {
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  note(action: string, args: readonly unknown[]): void {
    if (requests.has(action)) this.#record(args[0]);
    else if (bulkRequests.has(action) && isWalkable(args[0])) for (const key of args[0]) this.#record(key);
  }

  #record(key: unknown): void {
    this.#recorder.record(
      typeof key === "string" || typeof key === "number" ? stableHash(key) : hashOther(key),
    );
  }
}

/** What recording needs of a cache. */
export interface Recorded {
  recording: Recording | null;
  observed: boolean;
  readonly closed: boolean;
  readonly hooks: { readonly any: boolean };
  readonly time: { readonly clock: Clock };
  readonly reporter: Reporter;
  readonly closers: Set<() => void>;
}

export function record(s: Recorded, path: string, options: { sample?: number } = {}): RunningRecording {
  if (typeof path !== "string" || path === "")
    throw new InvalidArgumentError("record", "path", path, "a file name");
  if (s.recording !== null)
    throw new InvalidArgumentError("record", "path", path, "given once at a time: a recording is under way");
  checkNames(options, optionNames, "record");
  const recorder = createRecorder(path, { sample: options.sample, clock: s.time.clock });
  const recording = new Recording(recorder);
  s.recording = recording;
  s.observed = true;
  const stop = (): Promise<Outcome> => {
    s.closers.delete(close);
    if (s.recording === recording) {
      s.recording = null;
      s.observed = s.closed || s.hooks.any;
    }
    return recorder.close();
  };
  const close = (): void => void stop().catch((error) => s.reporter.report(error, "recorder"));
  s.closers.add(close);
  return { stop };
}

/** Whether walking it leaves it as it was: an iterator can be walked once, and that is for the verb. */
function isWalkable(keys: unknown): keys is Iterable<unknown> {
  return typeof keys === "object" && keys !== null && Symbol.iterator in keys && !("next" in keys);
}
