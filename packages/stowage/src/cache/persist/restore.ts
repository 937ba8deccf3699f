/**
 * Opens a dump for restoring: in two walks over the file, so that a damaged one changes nothing.
 *
 * The first walk verifies every checksum and decodes every entry, and throws it away; the second gives the entries out.
 * Both hold one block at a time, so a dump of any size is restored in bounded memory: that is what decoding everything
 * twice buys. Whatever is wrong with the dump (damage, another version or serializer, a class that is not registered)
 * is thrown by `openDump`, before there is anything to apply.
 *
 * Between the walks the file stays open: a save that replaces it does no harm, the old file is read to its end. Should
 * someone write into the very file, the second walk notices: the header has random bytes, and each block's checksum
 * vouches for everything before it. It stops at the first block that changed; what was given out before stays.
 */
import { assert } from "../../base/assert.js";
import { DumpReader } from "./dump-reader.js";
import { FileCursor } from "./file-cursor.js";
import { failAfter, guarded, type OpenFile } from "./files.js";
import { type Means, meansOf, restoreOptions } from "./options.js";
import { checkPath } from "./save.js";
import { TimeSlice } from "./time-slice.js";
import type { DumpEntry, OpenDump, RestoreOptions } from "./types.js";

/** Resolves when the whole dump has been verified. */
export async function openDump(path: string, options: RestoreOptions = {}): Promise<OpenDump> {
  checkPath(path, "restore");
  const means = meansOf(restoreOptions.bind(options, "restore"), "restore");
  const file = await guarded("open", path, () => means.files.open(path, "read"));
  try {
    const size = await guarded("measure", path, () => file.size());
    const verified = await verify(file, path, size, means);
    return new VerifiedDump(file, path, size, means, verified);
  } catch (failure) {
    return await failAfter(failure, "close", path, () => file.close());
  }
}

interface Verified {
  count: number;
  headerCrc: number;
}

async function verify(file: OpenFile, path: string, size: number, means: Means): Promise<Verified> {
  const cursor = new FileCursor(file, path, size);
  const slice = new TimeSlice(means.clock);
  const reader = new DumpReader(cursor, path, means.serializer, slice);
  const headerCrc = await reader.begin();
  for await (const _ of reader.batches()) {
    report(means, "verify", reader, cursor);
    await slice.rest();
  }
  return { count: reader.record, headerCrc };
}

class VerifiedDump implements OpenDump {
  readonly count: number;
  skipped = 0;
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #size: number;
  readonly #means: Means;
  readonly #headerCrc: number;
  #used = false;
  #closed = false;

  constructor(file: OpenFile, path: string, size: number, means: Means, verified: Verified) {
    this.#file = file;
    this.#path = path;
    this.#size = size;
    this.#means = means;
    this.#headerCrc = verified.headerCrc;
    this.count = verified.count;
  }

  entries(): AsyncGenerator<DumpEntry[], void, void> {
    assert(!this.#used && !this.#closed, "a dump gives out its entries once, and before it is closed");
    this.#used = true;
    return this.#walk();
  }

  async *#walk(): AsyncGenerator<DumpEntry[], void, void> {
    const cursor = new FileCursor(this.#file, this.#path, this.#size);
    const slice = new TimeSlice(this.#means.clock);
    const reader = new DumpReader(cursor, this.#path, this.#means.serializer, slice);
    try {
      if ((await reader.begin()) !== this.#headerCrc) reader.corrupt(0, "it was replaced while it was read");
      for await (const batch of reader.batches()) {
        const live = this.#live(batch);
        if (live.length > 0) yield live;
        reader.applied = reader.record;
        report(this.#means, "restore", reader, cursor);
        await slice.rest();
      }
    } catch (failure) {
      await failAfter(failure, "close", this.#path, () => this.#release());
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await guarded("close", this.#path, () => this.#release());
  }

  async #release(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }

  #live(batch: DumpEntry[]): DumpEntry[] {
    const wallMs = this.#means.clock.wall();
    const live = batch.filter((entry) => entry.expiresAt === null || entry.expiresAt > wallMs);
    this.skipped += batch.length - live.length;
    return live;
  }
}

function report(means: Means, phase: "verify" | "restore", reader: DumpReader, cursor: FileCursor): void {
  means.onProgress?.({ phase, entries: reader.record, bytes: cursor.offset, totalBytes: cursor.size });
}
