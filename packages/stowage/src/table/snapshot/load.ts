/**
 * Loads a snapshot into a table, while threads may already use it.
 *
 * What the table has is newer than any file, so a key that is there is left alone; of a key that is in the file twice, the
 * newer version counts: the second pass's blocks are loaded first, then those of the first pass. In the order of the file
 * the entries worth least come first. A table that is too small for all of them evicts as it always does, and keeps about
 * what the old one would have kept; one that does not evict stops when it is full.
 *
 * Damage costs the blocks that it hits: they are counted and reported with where they are (block-reader.ts).
 *
 * What others do meanwhile: an invalidation of a tag takes effect on what is loaded after it, too; a `clear` ends the load.
 * A key that they delete before the load has come to it does come back: load first, or delete afterwards.
 */
import { systemClock } from "../../base/clock.js";
import { ClosedError, SnapshotError } from "../../base/errors.js";
import { crc32 } from "../../cache/persist/crc32.js";
import {
  type FileSystem,
  failAfter,
  guarded,
  nodeFileSystem,
  type OpenFile,
  readFully,
} from "../../cache/persist/files.js";
import { TimeSlice } from "../../cache/persist/time-slice.js";
import { C_CLEARS } from "../memory/layout.js";
import type { TableState } from "../state.js";
import { BlockReader, type ReadBlock, type Source } from "./block-reader.js";
import {
  blockHeadBytes,
  blockKind,
  endBytes,
  type Header,
  headerBytes,
  readBlockHead,
  readEnd,
  readHeader,
} from "./format.js";
import { Inserter } from "./inserter.js";
import { checkPath, snapshotOptions } from "./options.js";
import { Records } from "./records.js";
import type { LoadReport, SnapshotDamage, SnapshotOptions } from "./types.js";

/** More damage than this is counted, but not listed. */
const damageListed = 100;
/** Storing so many bytes counts as one entry more when it comes to the time that it takes. */
const bytesPerEntry = 4_096;

/** Rejects if there is nothing to be had from the file at all: not there, not a snapshot, of a newer version. */
export async function loadSnapshot(
  t: TableState,
  path: string,
  options?: SnapshotOptions,
  files: FileSystem = nodeFileSystem("load"),
): Promise<LoadReport> {
  checkPath(path, "load");
  const { onProgress } = snapshotOptions.bind(options, "load");
  const file = await guarded("open", path, () => files.open(path, "read"));
  let report: LoadReport;
  try {
    const size = await guarded("measure", path, () => file.size());
    const header = await headerOf(file, path);
    const load = new Load(t, { file, path, size, id: header.id }, onProgress);
    report = { ...(await load.all()), begunAt: header.begunAt };
  } catch (failure) {
    return await failAfter(failure, "close", path, () => file.close());
  }
  await guarded("close", path, () => file.close());
  return report;
}

async function headerOf(file: OpenFile, path: string): Promise<Header> {
  const header = Buffer.alloc(headerBytes);
  const length = await readFully(file, path, header, 0);
  if (length < headerBytes) throw new SnapshotError(path, "it is too short to be a snapshot of a table");
  const found = readHeader(header);
  if ("fault" in found) throw new SnapshotError(path, found.fault);
  return found;
}

class Load {
  readonly #t: TableState;
  readonly #source: Source;
  readonly #onProgress: SnapshotOptions["onProgress"];
  readonly #inserter: Inserter;
  readonly #slice = new TimeSlice(systemClock);
  readonly #beganMs = systemClock.now();
  readonly #damage = new Map<number, SnapshotDamage>();
  #bytesDone = headerBytes;
  #ended = false;
  readonly #clears: number;

  constructor(
    t: TableState,
    source: Omit<Source, "onDamage" | "rest">,
    onProgress: SnapshotOptions["onProgress"],
  ) {
    this.#t = t;
    this.#onProgress = onProgress;
    this.#clears = t.control[C_CLEARS];
    this.#inserter = new Inserter(t, () => !this.#isCleared);
    this.#source = {
      ...source,
      onDamage: (damage) => this.#damage.set(damage.offset, damage),
      rest: async (bytes) => {
        if (this.#slice.isSpent(bytes / bytesPerEntry)) await this.#rest();
      },
    };
  }

  async all(): Promise<Omit<LoadReport, "begunAt">> {
    const secondAt = await this.#secondAt();
    await this.#blocks(new BlockReader(this.#source, [blockKind.second], secondAt));
    await this.#blocks(new BlockReader(this.#source, [blockKind.first]));
    const { path, size } = this.#source;
    const { entries, expired, present, refused } = this.#inserter;
    return {
      path,
      entries,
      bytes: size,
      durationMs: systemClock.now() - this.#beganMs,
      expired,
      present,
      refused,
      corruptBlocks: this.#damage.size,
      damage: [...this.#damage.values()].sort((a, b) => a.offset - b.offset).slice(0, damageListed),
      complete: this.#ended && !this.#isCleared,
    };
  }

  /** Where the second pass begins, as the end of the file says. If that cannot be so, it may begin anywhere. */
  async #secondAt(): Promise<number> {
    const { file, path, size, id } = this.#source;
    const last = Buffer.alloc(blockHeadBytes + endBytes);
    if (size < headerBytes + last.length) return headerBytes;
    await readFully(file, path, last, size - last.length);
    const head = readBlockHead(last, id);
    if (head?.kind !== blockKind.end || head.crc !== crc32(last.subarray(blockHeadBytes))) return headerBytes;
    const { secondAt } = readEnd(last.subarray(blockHeadBytes));
    if (!(secondAt >= headerBytes && secondAt < size)) return headerBytes;
    const first = Buffer.alloc(blockHeadBytes);
    await readFully(file, path, first, secondAt);
    return readBlockHead(first, id) === undefined ? headerBytes : secondAt;
  }

  /** While a block is being loaded, the next is read. */
  async #blocks(reader: BlockReader): Promise<void> {
    let reading = reader.next();
    for (let block = await reading; block !== undefined && !this.#isCleared; block = await reading) {
      reading = reader.next();
      reading.catch(() => {}); // it is awaited below, unless loading fails first
      await this.#load(block);
    }
    await reading;
    this.#ended ||= reader.ended;
  }

  async #load(block: ReadBlock): Promise<void> {
    this.#checkOpen();
    const records = new Records(block.content);
    while (!this.#isCleared && records.next()) {
      this.#inserter.insert(records);
      if (this.#slice.isSpent(1 + records.valueLength / bytesPerEntry)) await this.#rest();
    }
    if (!this.#isCleared && !records.isWhole) {
      const { offset, bytes } = block;
      this.#source.onDamage({ offset, bytes: bytes + blockHeadBytes, reason: "a record makes no sense" });
    }
    this.#bytesDone += blockHeadBytes + block.bytes;
    this.#report();
  }

  /** Whether somebody has cleared the table since: then nothing of what was before may come. */
  get #isCleared(): boolean {
    return this.#t.control[C_CLEARS] !== this.#clears;
  }

  #report(): void {
    this.#onProgress?.({
      phase: "load",
      entries: this.#inserter.entries,
      bytes: this.#bytesDone,
      totalBytes: this.#source.size,
    });
  }

  async #rest(): Promise<void> {
    await this.#slice.rest();
    this.#checkOpen();
    this.#inserter.readClock();
  }

  /** To be asked whenever others had their turn: a thread that has left the table must not write to it. */
  #checkOpen(): void {
    if (this.#t.closed) throw new ClosedError("load");
  }
}
