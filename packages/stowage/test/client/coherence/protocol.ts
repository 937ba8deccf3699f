/**
 * What the processes of the coherence test tell each other. They share one clock: the machine's, which is monotonic and
 * the same for all processes.
 */

/** A value names its key, and the number of the write that stored it; each key has one writer, which counts. */
export interface Value {
  readonly key: string;
  readonly write: number;
}

/** A write or delete that was answered. */
export interface Write {
  readonly key: string;
  readonly write: number;
  readonly isDelete: boolean;
  /** When its answer was there: from then on the value before is out of date for certain. */
  readonly endedAtMs: number;
}

/** When a value was last returned by a read: the worst that can be said of it. */
export interface Sighting {
  readonly key: string;
  readonly write: number;
  /** When that read began. */
  readonly beganAtMs: number;
}

export interface ReaderJob {
  readonly role: "reader";
  readonly url: string;
  readonly keys: readonly string[];
  readonly maxStalenessMs: number;
  readonly whenBehind: "off" | { ttl: number };
  /** Prefix of keys that it writes itself, through its own network. */
  readonly own: string;
}

export interface ReaderReport {
  readonly sightings: readonly Sighting[];
  readonly near: number;
  readonly reads: number;
  readonly failures: number;
  readonly resets: number;
  readonly overtaken: number;
  /** Reads that were left out: the process stood still between their beginning and their end. */
  readonly leftOut: number;
  /** Own writes that were answered, and then read as something older. */
  readonly ownStale: readonly string[];
  readonly ownReads: number;
}

export interface WriterJob {
  readonly role: "writer";
  readonly url: string;
  readonly keys: readonly string[];
  readonly seed: number;
}

export interface WriterReport {
  readonly writes: readonly Write[];
  readonly failures: number;
}

export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Works until it is told to stop, then tells what came of it. */
export async function child<Job, Report>(
  work: (job: Job, stop: AbortSignal) => Promise<Report>,
): Promise<void> {
  const stopping = new AbortController();
  const job = await new Promise<Job>((resolve) => {
    process.on("message", (message) => {
      if (message === "stop") stopping.abort();
      else resolve(message as Job);
    });
    toParent("ready");
  });
  const report = await work(job, stopping.signal);
  toParent(report);
}

function toParent(message: unknown): void {
  if (process.send === undefined) throw new Error("to be run by fork()");
  process.send(message as object);
}

/** Pseudo-random numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
