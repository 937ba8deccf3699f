/**
 * Writes all entries to a file while threads go on reading and writing. What is written of a key is a value that it had at
 * some moment between begin and end; between keys there is no such moment. The format: format.ts.
 *
 * Two passes. The first goes through the segments there are when it begins (survey.ts), in the order of the logs: memory
 * is read as it lies. An entry that is written or moved by the cleaner meanwhile may slip through: gone from where the
 * first pass has yet to come, and now where it will not look. So the second goes through the index, and takes all entries
 * whose item lies outside of what the first went through.
 *
 * Invariant: an entry that is there all the time is in the file. If its item lies where the first pass looked, it has been
 * there since before, and was copied; else the second pass copies it, for the index is walked upwards and entries move
 * upwards only (directory/walk.ts).
 *
 * No thread is stopped: items are read as every reader reads (copier.ts). This one works in slices of 2 ms.
 */
import { systemClock } from "../../base/clock.js";
import { ClosedError } from "../../base/errors.js";
import { randomBytes, replaceFile } from "../../cache/persist/atomic-file.js";
import { type FileSystem, nodeFileSystem } from "../../cache/persist/files.js";
import { TimeSlice } from "../../cache/persist/time-slice.js";
import { bucketCount, locationsIn } from "../directory/walk.js";
import { locationAt, segmentOf } from "../log/items.js";
import { generationOf } from "../log/segments.js";
import { bytesAt } from "../log/walk.js";
import { SEGMENT_HEAD_BYTES } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { BlockWriter } from "./block-writer.js";
import { ItemCopier, type Outcome } from "./copier.js";
import { writeHeader } from "./format.js";
import { checkPath, snapshotOptions } from "./options.js";
import { type Part, Survey } from "./survey.js";
import type { SnapshotOptions, SnapshotProgress, SnapshotReport } from "./types.js";

/** Copying so many bytes counts as one entry more when it comes to the time that it takes. */
const bytesPerEntry = 4_096;
/** How often a bucket is begun anew: enough for one that is written to all the time. */
const attemptsMax = 100;
/** How often that may be because a long item was rewritten while it was copied. */
const missesMax = 3;

/** Resolves when the file is in place. On any failure the one that was there before is untouched. */
export async function takeSnapshot(
  t: TableState,
  path: string,
  options?: SnapshotOptions,
  files: FileSystem = nodeFileSystem("snapshot"),
): Promise<SnapshotReport> {
  checkPath(path, "snapshot");
  const { onProgress } = snapshotOptions.bind(options, "snapshot");
  const begunMs = systemClock.now();
  return replaceFile(files, path, async (append) => {
    const id = randomBytes(8);
    const writer = new BlockWriter(append, id);
    const run = new Run(t, writer, onProgress);
    try {
      await writer.begin(writeHeader(id, t.timekeeper.clock.wall()));
      const survey = new Survey(t);
      for (const part of survey.parts) await run.segment(part, survey);
      await writer.beginSecond();
      await run.index(survey);
      await writer.end();
    } finally {
      await writer.settled();
    }
    run.report();
    const durationMs = systemClock.now() - begunMs;
    const { entries, bytes } = writer;
    return { path, entries, bytes, durationMs, expired: run.expired, missed: run.missed };
  });
}

class Run {
  expired = 0;
  missed = 0;
  readonly #t: TableState;
  readonly #writer: BlockWriter;
  readonly #onProgress: ((progress: SnapshotProgress) => void) | undefined;
  readonly #copier: ItemCopier;
  readonly #slice = new TimeSlice(systemClock);
  readonly #locations: number[] = [];

  constructor(
    t: TableState,
    writer: BlockWriter,
    onProgress: ((progress: SnapshotProgress) => void) | undefined,
  ) {
    this.#t = t;
    this.#writer = writer;
    this.#onProgress = onProgress;
    this.#copier = new ItemCopier(t);
  }

  report(): void {
    const { entries, bytes } = this.#writer;
    this.#onProgress?.({ phase: "snapshot", entries, bytes });
  }

  /** First pass: the items of one segment, as far as it has stayed what it was. */
  async segment({ segment, generation, end }: Part, survey: Survey): Promise<void> {
    const t = this.#t;
    for (let offset = SEGMENT_HEAD_BYTES; offset < end; ) {
      const location = locationAt(t, segment, offset);
      const bytes = bytesAt(t, location);
      let outcome = this.#copier.copy(location, this.#writer.block);
      // Used anew meanwhile: what was read is something else, and whatever was here is dead or elsewhere.
      if (generationOf(t, segment) !== generation || !(bytes >= 8)) return;
      if (outcome === "full") {
        await this.#flush();
        continue;
      }
      if (outcome === "long") outcome = await this.#copyLong(location);
      if (outcome === "unlinked" || outcome === "missed") survey.uncover(segment, offset);
      if (outcome === "expired") this.expired++;
      offset += bytes;
      if (this.#slice.isSpent(1 + bytes / bytesPerEntry)) await this.#rest();
    }
  }

  /** Second pass: entries whose items the first did not come by. */
  async index(survey: Survey): Promise<void> {
    for (let bucket = 0; bucket < bucketCount(this.#t); bucket++) {
      if (this.#hasMore(bucket, survey)) await this.#bucket(bucket, survey);
      if (this.#slice.isSpent()) await this.#rest();
    }
  }

  #hasMore(bucket: number, survey: Survey): boolean {
    const count = locationsIn(this.#t, bucket, this.#locations);
    for (let i = 0; i < count; i++) if (!survey.isCovered(this.#locations[i])) return true;
    return false;
  }

  /** Entries of one bucket; anew, as long as some are written or moved between being found and being copied. */
  async #bucket(bucket: number, survey: Survey): Promise<void> {
    const t = this.#t;
    /** Locations, and the generation of their segments when they were done. */
    const done = new Map<number, number>();
    let misses = 0;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const count = locationsIn(t, bucket, this.#locations);
      const isLeft = (each: number) =>
        done.get(each) !== generationOf(t, segmentOf(t, each)) && !survey.isCovered(each);
      const left = this.#locations.slice(0, count).filter(isLeft);
      if (left.length === 0) break;
      for (const location of left) {
        const generation = generationOf(t, segmentOf(t, location));
        const outcome = await this.#copyOne(location, misses < missesMax);
        if (outcome === "missed") misses++;
        if (outcome === "expired") this.expired++;
        const isDone = outcome === "copied" || outcome === "expired" || misses > missesMax;
        if (isDone) done.set(location, generation);
      }
    }
    if (misses > missesMax) this.missed++;
  }

  async #copyOne(location: number, evenLong: boolean): Promise<Outcome> {
    for (;;) {
      const outcome = this.#copier.copy(location, this.#writer.block);
      if (outcome === "long") return evenLong ? this.#copyLong(location) : "missed";
      if (outcome !== "full") return outcome;
      await this.#flush();
    }
  }

  async #copyLong(location: number): Promise<Outcome> {
    const copied = await this.#copier.copyLong(location, (bytes) => this.#restAfter(bytes));
    if (typeof copied === "string") return copied;
    await this.#writer.writeLong(copied, (bytes) => this.#restAfter(bytes));
    this.report();
    this.#checkOpen();
    return "copied";
  }

  async #flush(): Promise<void> {
    await this.#writer.flush();
    this.report();
    await this.#rest();
  }

  async #restAfter(bytes: number): Promise<void> {
    if (this.#slice.isSpent(bytes / bytesPerEntry)) await this.#rest();
  }

  async #rest(): Promise<void> {
    await this.#slice.rest();
    this.#checkOpen();
    this.#copier.readClock();
  }

  /** To be asked whenever others had their turn: a thread that has left the table must not lock anything. */
  #checkOpen(): void {
    if (this.#t.closed) throw new ClosedError("snapshot");
  }
}
