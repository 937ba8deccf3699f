/**
 * Walks a dump from its first byte to its last, checks all of them, and gives the entries block by block.
 *
 * It is the same walk that verifies a dump and that applies it. Nothing is decompressed or decoded before its checksum
 * fits. Every fault is a typed error that says at which byte and after how many entries.
 */
import { quote } from "../../base/describe.js";
import {
  CorruptDumpError,
  DumpVersionError,
  InvalidOptionError,
  SerializationError,
  StowageError,
} from "../../base/errors.js";
import { ByteReader } from "./codec/byte-reader.js";
import type { Serializer } from "./codec/serializer.js";
import { type Compression, decompress, mayInflate } from "./compress.js";
import type { FileCursor } from "./file-cursor.js";
import * as format from "./format.js";
import { readRecord } from "./record.js";
import type { TimeSlice } from "./time-slice.js";
import type { DumpEntry } from "./types.js";

interface Block extends format.BlockHead {
  /** Where its records begin in the file. */
  offset: number;
}

export class DumpReader {
  /** Entries passed so far. */
  record = 0;
  /** Entries that the caller has been given for good; only for the error that says so. */
  applied = 0;
  readonly #cursor: FileCursor;
  readonly #path: string;
  readonly #serializer: Serializer;
  readonly #slice: TimeSlice;
  readonly #records = new ByteReader();
  #compression: Compression = "none";

  constructor(cursor: FileCursor, path: string, serializer: Serializer, slice: TimeSlice) {
    this.#cursor = cursor;
    this.#path = path;
    this.#serializer = serializer;
    this.#slice = slice;
  }

  /** Reads the header; returns its checksum, which is another for every dump. */
  async begin(): Promise<number> {
    const start = (await this.#take(format.headerStartBytes, "the header", 0)).slice();
    if (!format.hasMagic(start)) this.corrupt(0, "it does not begin as a dump does");
    const { version, length } = format.readHeaderStart(start);
    const rest = length - format.headerStartBytes - format.checksumBytes;
    if (rest < 0) this.corrupt(0, `its header claims to be ${length} bytes long`);
    const header = (await this.#take(rest, "the header", 0)).slice();
    await this.#checkSum("the header", 0);
    if (version !== format.formatVersion) {
      throw new DumpVersionError(this.#path, version, format.formatVersion);
    }
    this.#apply(this.#decoded(format.headerStartBytes, () => format.readHeaderRest(header)));
    return this.#cursor.crc;
  }

  /** The entries of each block. Ends when the footer has been checked too. */
  async *batches(): AsyncGenerator<DumpEntry[], void, void> {
    for (;;) {
      const offset = this.#cursor.offset;
      const [kind] = await this.#take(1, "the blocks: its end is missing", offset);
      if (kind === format.blockKind.end) return await this.#end(offset);
      const isBlock = kind === format.blockKind.plain || kind === format.blockKind.compressed;
      if (!isBlock) this.corrupt(offset, `there is no block of kind ${kind}`);
      yield await this.#block(offset, kind);
    }
  }

  corrupt(offset: number, reason: string, cause?: unknown): never {
    const position = { path: this.#path, offset, record: this.record, applied: this.applied };
    throw new CorruptDumpError(position, reason, { cause });
  }

  #apply(header: format.Header): void {
    this.#compression = header.compression;
    const { id } = this.#serializer;
    if (header.serializerId === id) return;
    const expected = `the one with the id ${quote(header.serializerId)}, which wrote this dump`;
    throw new InvalidOptionError({ where: "restore", option: "serializer", received: id, expected });
  }

  async #block(start: number, kind: number): Promise<DumpEntry[]> {
    const head = format.readBlockHead(kind, await this.#take(format.blockHeadBytes, "a block", start));
    const block = { ...head, offset: this.#cursor.offset };
    this.#checkHead(block, start);
    // A copy, because the checksum is read next, and large ones would otherwise pin what was read ahead.
    const stored = (await this.#take(block.storedBytes, "a block", start)).slice();
    await this.#checkSum("a block", start);
    const records = block.kind === format.blockKind.plain ? stored : await this.#inflated(block, stored);
    const entries = await this.#entriesOf(block, records);
    this.record += entries.length;
    return entries;
  }

  #checkHead(block: Block, start: number): void {
    const { kind, storedBytes, rawBytes, entries } = block;
    if (storedBytes > this.#cursor.left) this.#truncated(`a block of ${storedBytes} bytes`, start);
    if (entries < 1 || entries > format.blockEntriesMax)
      this.corrupt(start, `a block claims ${entries} entries`);
    const plain = kind === format.blockKind.plain;
    const sizesFit = plain ? rawBytes === storedBytes : mayInflate(storedBytes, rawBytes);
    if (!sizesFit) this.corrupt(start, `a block of ${storedBytes} bytes claims to hold ${rawBytes}`);
    if (!plain && this.#compression === "none")
      this.corrupt(start, "a block is compressed, but the dump is not");
  }

  async #inflated(block: Block, stored: Uint8Array): Promise<Uint8Array> {
    const raw = await decompress(this.#compression, stored, block.rawBytes, "restore").catch((cause) => {
      if (cause instanceof StowageError) throw cause;
      return this.corrupt(block.offset, "a block cannot be decompressed", cause);
    });
    if (raw.length !== block.rawBytes)
      this.corrupt(block.offset, "a block has another length when decompressed");
    return raw;
  }

  async #entriesOf(block: Block, records: Uint8Array): Promise<DumpEntry[]> {
    const reader = this.#records;
    reader.open(records);
    const entries: DumpEntry[] = [];
    const plain = block.kind === format.blockKind.plain;
    while (entries.length < block.entries) {
      const offset = plain ? block.offset + reader.position : block.offset;
      entries.push(this.#decoded(offset, () => readRecord(reader, this.#serializer), entries.length));
      if (this.#slice.isSpent()) await this.#slice.rest();
    }
    if (reader.left > 0) this.corrupt(block.offset, `a block has ${reader.left} bytes too many`);
    return entries;
  }

  /** What cannot be decoded is damage, unless the caller has only forgotten a class. */
  #decoded<Result>(offset: number, run: () => Result, done = 0): Result {
    try {
      return run();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.record += done;
      const className = cause instanceof SerializationError ? cause.className : undefined;
      if (className === undefined) return this.corrupt(offset, reason, cause);
      const what = `The dump ${quote(this.#path)} cannot be restored: after ${this.record} entries, ${reason}`;
      throw new SerializationError(`${what}.`, { cause, className });
    }
  }

  async #end(start: number): Promise<void> {
    const entries = format.readFooterEntries(await this.#take(format.footerBytes, "its end", start));
    await this.#checkSum("its end", start);
    if (entries !== this.record) this.corrupt(start, `it holds ${this.record} entries and claims ${entries}`);
    if (this.#cursor.left > 0) {
      this.corrupt(this.#cursor.offset, `${this.#cursor.left} bytes follow its end`);
    }
  }

  /** `start` is where `what` begins. */
  async #take(count: number, what: string, start: number): Promise<Uint8Array> {
    return (await this.#cursor.take(count)) ?? this.#truncated(what, start);
  }

  async #checkSum(what: string, start: number): Promise<void> {
    const fits = await this.#cursor.checksumFits();
    if (fits === undefined) this.#truncated(what, start);
    if (!fits) this.corrupt(start, `the checksum of ${what} does not fit`);
  }

  #truncated(what: string, start: number): never {
    const size = this.#cursor.size;
    return this.corrupt(size, size === 0 ? "it is empty" : `it ends within ${what}, begun at byte ${start}`);
  }
}
