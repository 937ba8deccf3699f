/**
 * Entries to blocks, blocks to the file: holds one block at a time, whatever the number of entries.
 */
import { ByteWriter } from "./codec/byte-writer.js";
import type { Serializer } from "./codec/serializer.js";
import { type Compression, compress } from "./compress.js";
import { crc32 } from "./crc32.js";
import * as format from "./format.js";
import { writeRecord } from "./record.js";
import type { DumpEntry } from "./types.js";

export class DumpWriter {
  entries = 0;
  bytes = 0;
  readonly #append: (bytes: Uint8Array) => Promise<void>;
  readonly #serializer: Serializer;
  readonly #compression: Compression;
  readonly #block = new ByteWriter();
  #blockEntries = 0;
  #crc = 0;

  constructor(
    append: (bytes: Uint8Array) => Promise<void>,
    serializer: Serializer,
    compression: Compression,
  ) {
    this.#append = append;
    this.#serializer = serializer;
    this.#compression = compression;
  }

  async begin(random: Uint8Array): Promise<void> {
    const header = { compression: this.#compression, serializerId: this.#serializer.id };
    await this.#sealed(format.writeHeader(header, random));
  }

  /** True: the block is full, and `flush` is to be called before the next entry. */
  add(entry: DumpEntry): boolean {
    writeRecord(this.#block, entry, this.#serializer);
    this.#blockEntries++;
    return this.#block.length >= format.blockBytes || this.#blockEntries >= format.blockEntriesMax;
  }

  /** Writes the entries that were added. */
  async flush(): Promise<void> {
    if (this.#blockEntries === 0) return;
    const raw = this.#block.written();
    const packed = await compress(this.#compression, raw, "save");
    const stored = packed ?? raw;
    const kind = packed === undefined ? format.blockKind.plain : format.blockKind.compressed;
    const entries = this.#blockEntries;
    const head = { kind, storedBytes: stored.length, rawBytes: raw.length, entries };
    await this.#sealed(format.writeBlockHead(head), stored);
    this.entries += entries;
    this.#block.clear();
    this.#blockEntries = 0;
  }

  async end(): Promise<void> {
    await this.flush();
    await this.#sealed(format.writeFooter(this.entries));
  }

  /** Writes the parts and then the checksum of everything so far, in one go. */
  async #sealed(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) this.#crc = crc32(part, this.#crc);
    const bytes = joined([...parts, format.writeChecksum(this.#crc)]);
    await this.#append(bytes);
    this.bytes += bytes.length;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
