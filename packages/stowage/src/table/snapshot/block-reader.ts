/**
 * Blocks from the file, in its order, those of some kinds only. Each is checked before it is handed out.
 *
 * A block whose records do not fit its checksum is passed over; behind a head that is none of this file's, the next one
 * is searched for. What was passed over is told to `onDamage`. Never is room made for more than the file has bytes.
 */
import { crc32 } from "../../cache/persist/crc32.js";
import { type OpenFile, readFully } from "../../cache/persist/files.js";
import {
  type BlockHead,
  blockBytes,
  blockHeadBytes,
  blockKind,
  headerBytes,
  marker,
  readBlockHead,
} from "./format.js";
import type { SnapshotDamage } from "./types.js";

export interface ReadBlock extends BlockHead {
  /** Where its head begins in the file. */
  readonly offset: number;
  /** Its records, valid until the block after the next is read. */
  readonly content: Buffer;
}

export interface Source {
  readonly file: OpenFile;
  readonly path: string;
  readonly size: number;
  readonly id: Buffer;
  onDamage(damage: SnapshotDamage): void;
  /** Called between pieces of a long block. */
  rest(bytes: number): Promise<void>;
}

/** How much is searched, or checksummed, at once. */
const pieceBytes = 2 ** 20;

export class BlockReader {
  readonly #source: Source;
  readonly #kinds: readonly number[];
  /** Two, so that one can be filled while the other is in use. */
  readonly #buffers = [roomFor(blockBytes), roomFor(blockBytes)];
  readonly #head = Buffer.alloc(blockHeadBytes);
  /** The one that is free. */
  #turn = 0;
  #offset: number;
  /** The number that the next block should have; -1: not known. */
  #expected: number;
  /** Whether the block that ends the file was met. */
  ended = false;

  constructor(source: Source, kinds: readonly number[], from = headerBytes) {
    this.#source = source;
    this.#kinds = kinds;
    this.#offset = from;
    this.#expected = from === headerBytes ? 0 : -1;
  }

  /** The next block of the kinds that were asked for; undefined at the end. */
  async next(): Promise<ReadBlock | undefined> {
    while (this.#offset < this.#source.size && !this.ended) {
      const head = await this.#headAt(this.#offset);
      if (head === undefined) {
        await this.#search();
        continue;
      }
      this.#checkNumber(head.number);
      const block = await this.#read(head);
      if (block !== undefined) return block;
    }
    return undefined;
  }

  /** Blocks that are missing altogether leave no other trace. */
  #checkNumber(number: number): void {
    if (this.#expected >= 0 && number !== this.#expected)
      this.#damage(this.#offset, 0, `block ${number} stands where block ${this.#expected} should`);
    this.#expected = number + 1;
  }

  /** Reads the records of the block at hand, and goes on behind it; undefined when they are not wanted or damaged. */
  async #read(head: BlockHead): Promise<ReadBlock | undefined> {
    const offset = this.#offset;
    const { size } = this.#source;
    const end = offset + blockHeadBytes + head.bytes;
    this.#offset = Math.min(end, size);
    if (end > size) return this.#damage(offset, size - offset, "the file ends in the middle of a block");
    this.ended = head.kind === blockKind.end;
    if (this.ended && end < size) this.#damage(end, size - end, "there are bytes behind its end");
    if (!this.#kinds.includes(head.kind) && !this.ended) return undefined;
    const content = this.#bufferFor(head.bytes).subarray(0, head.bytes);
    await readFully(this.#source.file, this.#source.path, content, offset + blockHeadBytes);
    if ((await this.#checksum(content)) !== head.crc)
      return this.#damage(offset, end - offset, "the records of a block do not fit its checksum");
    if (this.ended) return undefined;
    // Only now: while one is in use, a damaged block and the next good one both go into the other.
    this.#turn = 1 - this.#turn;
    return { ...head, offset, content };
  }

  async #headAt(offset: number): Promise<BlockHead | undefined> {
    const { file, path, id } = this.#source;
    const length = await readFully(file, path, this.#head, offset);
    return readBlockHead(this.#head.subarray(0, length), id);
  }

  /** Goes on at the next head behind the place where there should have been one, or at the end. */
  async #search(): Promise<void> {
    const from = this.#offset;
    const { size } = this.#source;
    this.#offset = (await this.#findHead(from + 8)) ?? size;
    const reason =
      this.#offset === size ? "there is no block up to the end" : "the head of a block is damaged";
    this.#damage(from, this.#offset - from, reason);
    this.#expected = -1;
  }

  async #findHead(from: number): Promise<number | undefined> {
    const { file, path, size, id } = this.#source;
    const piece = Buffer.alloc(Math.min(pieceBytes, size - from + 8));
    for (let start = from; start < size; start += pieceBytes - blockHeadBytes) {
      const length = await readFully(file, path, piece, start);
      const bytes = piece.subarray(0, length);
      for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) {
        if (readBlockHead(bytes.subarray(at), id) !== undefined) return start + at;
      }
      await this.#source.rest(length);
    }
    return undefined;
  }

  async #checksum(content: Buffer): Promise<number> {
    let crc = 0;
    for (let from = 0; from < content.length; from += pieceBytes) {
      crc = crc32(content.subarray(from, from + pieceBytes), crc);
      if (content.length > pieceBytes) await this.#source.rest(pieceBytes);
    }
    return crc;
  }

  #bufferFor(bytes: number): Buffer {
    return bytes > blockBytes ? roomFor(bytes) : this.#buffers[this.#turn];
  }

  #damage(offset: number, bytes: number, reason: string): undefined {
    this.#source.onDamage({ offset, bytes, reason });
  }
}

/** Memory of its own: views of doubles must begin at a multiple of eight. */
function roomFor(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}
