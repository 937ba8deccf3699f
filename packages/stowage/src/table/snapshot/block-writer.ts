/**
 * Records to blocks, blocks to the file. Two blocks take turns: while one is being written, the next is filled.
 */
import { crc32 } from "../../cache/persist/crc32.js";
import {
  type BlockHead,
  blockBytes,
  blockHeadBytes,
  blockKind,
  endBytes,
  writeBlockHead,
  writeEnd,
} from "./format.js";

/** Memory of one block: room for its head, and views of it. */
export class Block {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Bytes in use, the head's included. */
  used = blockHeadBytes;
  records = 0;

  constructor(recordBytes: number) {
    const memory = new ArrayBuffer(blockHeadBytes + recordBytes);
    this.bytes = Buffer.from(memory);
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
  }

  hasRoom(bytes: number): boolean {
    return this.used + bytes <= this.bytes.length;
  }
}

/** How many bytes are checksummed without looking up. */
const crcBytes = 2 ** 20;

export class BlockWriter {
  /** The block that records go to; another one after `flush`. */
  block = new Block(blockBytes);
  bytes = 0;
  entries = 0;
  /** Which pass it is: the kind of the blocks. */
  kind: number = blockKind.first;
  readonly #append: (bytes: Uint8Array) => Promise<void>;
  readonly #id: Uint8Array;
  #spare = new Block(blockBytes);
  #writing: Promise<void> = Promise.resolve();
  #number = 0;
  #secondAt = 0;

  constructor(append: (bytes: Uint8Array) => Promise<void>, id: Uint8Array) {
    this.#append = append;
    this.#id = id;
  }

  async begin(header: Uint8Array): Promise<void> {
    await this.#append(header);
    this.bytes = header.length;
  }

  /** Hands the block over to be written, once the one before is. */
  async flush(): Promise<void> {
    const full = this.block;
    if (full.records === 0) return;
    this.#seal(full, crc32(full.bytes.subarray(blockHeadBytes, full.used)));
    await this.#write(full);
    this.block = this.#spare;
    this.#spare = full;
    this.block.used = blockHeadBytes;
    this.block.records = 0;
  }

  /** Writes a block of one long record. `rest` lets go of the event loop. */
  async writeLong(block: Block, rest: (bytes: number) => Promise<void>): Promise<void> {
    await this.flush();
    let crc = 0;
    for (let from = blockHeadBytes; from < block.used; from += crcBytes) {
      crc = crc32(block.bytes.subarray(from, Math.min(block.used, from + crcBytes)), crc);
      await rest(crcBytes);
    }
    this.#seal(block, crc);
    await this.#write(block);
  }

  /** What follows was found in the second pass. */
  async beginSecond(): Promise<void> {
    await this.flush();
    this.kind = blockKind.second;
    this.#secondAt = this.bytes;
  }

  async end(): Promise<void> {
    await this.flush();
    const last = new Block(endBytes);
    last.used += endBytes;
    writeEnd(last.bytes.subarray(blockHeadBytes), {
      entries: this.entries,
      blocks: this.#number,
      secondAt: this.#secondAt,
    });
    this.kind = blockKind.end;
    this.#seal(last, crc32(last.bytes.subarray(blockHeadBytes)));
    await this.#write(last);
    await this.#writing;
  }

  /** Resolves when nothing is being written any more, however that ended. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  #seal(block: Block, crc: number): void {
    const head: BlockHead = {
      kind: this.kind,
      number: this.#number++,
      bytes: block.used - blockHeadBytes,
      records: block.records,
      crc,
    };
    writeBlockHead(block.bytes, this.#id, head);
    this.entries += block.records;
    this.bytes += block.used;
  }

  /** Resolves when the block before has been written: then that one's memory is free. */
  async #write(block: Block): Promise<void> {
    await this.#writing;
    this.#writing = this.#append(block.bytes.subarray(0, block.used));
    // It is awaited by whoever comes next, and must not count as unhandled until then.
    this.#writing.catch(() => {});
  }
}
