/**
 * Saves entries to a file: streamed, checksummed, and in one step. The format: format.ts. The step: atomic-file.ts.
 *
 * Memory stays at a few blocks, however many entries there are, and the event loop gets its turn after each block, and
 * whenever the work took long (time-slice.ts). What an entry holds at the moment when it is handed over
 * is what is saved; whether all entries are of one moment is up to whoever hands them over.
 */
import { InvalidArgumentError } from "../../base/errors.js";
import { randomBytes, replaceFile } from "./atomic-file.js";
import { DumpWriter } from "./dump-writer.js";
import { randomBytes as headerRandomBytes } from "./format.js";
import { compressionOf, type Means, meansOf, saveOptions } from "./options.js";
import { TimeSlice } from "./time-slice.js";
import type { DumpEntry, SaveOptions, SaveResult } from "./types.js";

/** Expired entries fill no block; a million of them in a row are no stretch either, not even on a clock that stands. */
const examinedMax = 2_048;

/** Resolves when the dump is in place. On any failure the file that was there before is untouched. */
export async function saveDump(
  path: string,
  entries: Iterable<DumpEntry> | AsyncIterable<DumpEntry>,
  options: SaveOptions = {},
): Promise<SaveResult> {
  checkPath(path, "save");
  const bound = saveOptions.bind(options, "save");
  const means = meansOf(bound, "save");
  const compression = compressionOf(bound.compress);
  return replaceFile(means.files, path, async (append) => {
    const writer = new DumpWriter(append, means.serializer, compression);
    const skipped = await writeEntries(writer, entries, means);
    return { entries: writer.entries, skipped, bytes: writer.bytes };
  });
}

export function checkPath(path: unknown, where: string): void {
  if (typeof path !== "string" || path === "")
    throw new InvalidArgumentError(where, "the path", path, "a file name");
}

/** Returns how many entries were left out. */
async function writeEntries(
  writer: DumpWriter,
  entries: Iterable<DumpEntry> | AsyncIterable<DumpEntry>,
  means: Means,
): Promise<number> {
  const sieve = new Sieve(writer, means);
  await writer.begin(randomBytes(headerRandomBytes));
  // Not one loop for both: awaiting each entry of a sync source would triple its cost.
  if (Symbol.asyncIterator in entries) {
    for await (const entry of entries) if (sieve.take(entry)) await sieve.rest();
  } else {
    for (const entry of entries) if (sieve.take(entry)) await sieve.rest();
  }
  await writer.end();
  sieve.report();
  return sieve.skipped;
}

/** Keeps expired entries out, and says when it is time to rest. */
class Sieve {
  skipped = 0;
  readonly #writer: DumpWriter;
  readonly #means: Means;
  readonly #slice: TimeSlice;
  #examined = 0;
  #full = false;
  #wallMs: number;

  constructor(writer: DumpWriter, means: Means) {
    this.#writer = writer;
    this.#means = means;
    this.#slice = new TimeSlice(means.clock);
    this.#wallMs = means.clock.wall();
  }

  /** True: call `rest` before the next one. */
  take(entry: DumpEntry): boolean {
    if (entry.expiresAt !== null && entry.expiresAt <= this.#wallMs) this.skipped++;
    else this.#full = this.#writer.add(entry);
    return this.#full || ++this.#examined >= examinedMax || this.#slice.isSpent();
  }

  async rest(): Promise<void> {
    if (this.#full) {
      await this.#writer.flush();
      this.report();
    }
    await this.#slice.rest();
    this.#full = false;
    this.#examined = 0;
    this.#wallMs = this.#means.clock.wall();
  }

  report(): void {
    const { entries, bytes } = this.#writer;
    this.#means.onProgress?.({ phase: "save", entries, bytes });
  }
}
