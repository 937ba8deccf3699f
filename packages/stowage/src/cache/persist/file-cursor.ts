/**
 * Walks a file from its start, so many bytes at a time, and keeps the checksum of what it has passed.
 *
 * It reads ahead by `chunkBytes`, and never makes room for more than the file has left.
 */
import { crc32 } from "./crc32.js";
import { type OpenFile, readFully } from "./files.js";
import { checksumBytes, readChecksum } from "./format.js";

const chunkBytes = 128 * 1024;

export class FileCursor {
  /** Where the next byte stands in the file. */
  offset = 0;
  /** The checksum of everything passed, checksums left out. */
  crc = 0;
  readonly #file: OpenFile;
  readonly #path: string;
  readonly size: number;
  #chunk = new Uint8Array(0);
  #chunkOffset = 0;

  constructor(file: OpenFile, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.size = size;
  }

  get left(): number {
    return this.size - this.offset;
  }

  /** The next bytes, valid until the next call; undefined when the file does not have so many. */
  async take(count: number): Promise<Uint8Array | undefined> {
    const bytes = await this.#next(count);
    if (bytes !== undefined) this.crc = crc32(bytes, this.crc);
    return bytes;
  }

  /** Whether the checksum that stands here is that of everything passed; undefined when the file ends before. */
  async checksumFits(): Promise<boolean | undefined> {
    const bytes = await this.#next(checksumBytes);
    return bytes === undefined ? undefined : readChecksum(bytes) === this.crc;
  }

  async #next(count: number): Promise<Uint8Array | undefined> {
    const inChunk = this.offset - this.#chunkOffset;
    if (inChunk + count > this.#chunk.length) {
      await this.#read(count);
      if (count > this.#chunk.length) return undefined;
    }
    const start = this.offset - this.#chunkOffset;
    this.offset += count;
    return this.#chunk.subarray(start, start + count);
  }

  async #read(count: number): Promise<void> {
    const chunk = new Uint8Array(Math.min(this.left, Math.max(count, chunkBytes)));
    const length = await readFully(this.#file, this.#path, chunk, this.offset);
    this.#chunk = chunk.subarray(0, length);
    this.#chunkOffset = this.offset;
  }
}
