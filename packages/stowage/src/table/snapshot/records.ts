/**
 * The records of a block, one after the other, each checked before anything of it is used: a checksum that fits says that
 * nothing has changed since it was written, not that it makes sense.
 */
import { itemBytes, keyEnd, tagsStart, valueStart } from "../log/items.js";
import {
  ALIGNED,
  I_EXTRA,
  I_INFO,
  I_VALUE_LENGTH,
  I_VERSION,
  ITEM_HEAD_BYTES,
  KEY_BYTES_MAX,
  KEY_LENGTH_MASK,
  KIND_DOUBLE,
  KIND_INTEGER,
  KIND_MASK,
  TAGGED,
  TAGGED_BYTES,
  TAGS_MAX,
  TIMED,
} from "../memory/layout.js";

/** All that an item of a file can be. */
const infoBits = KEY_LENGTH_MASK | TIMED | TAGGED | KIND_MASK | ALIGNED;

export class Records {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly #doubles: Float64Array;
  /** The word where the record at hand begins. */
  at = 0;
  #next = 0;

  /** The content of a block; in memory it begins at a multiple of eight. */
  constructor(content: Buffer) {
    this.bytes = content;
    this.words = new Int32Array(content.buffer, content.byteOffset, content.length >> 2);
    this.#doubles = new Float64Array(content.buffer, content.byteOffset, content.length >> 3);
  }

  /** Moves to the next record. False: there is none; `isWhole` says whether that is as it should be. */
  next(): boolean {
    this.at = this.#next;
    if (!this.#isSound()) return false;
    this.#next += itemBytes(this.words, this.at) >> 2;
    return true;
  }

  /** Whether all of the block has been gone through. */
  get isWhole(): boolean {
    return this.#next === this.words.length;
  }

  get info(): number {
    return this.words[this.at + I_INFO];
  }

  get keyLength(): number {
    return this.info & KEY_LENGTH_MASK;
  }

  get kind(): number {
    return this.info & KIND_MASK;
  }

  get flags(): number {
    return this.words[this.at + I_EXTRA];
  }

  /** Milliseconds since 1970, or Infinity; 0: it has no deadline. */
  get wallDeadline(): number {
    return (this.info & TIMED) === 0 ? 0 : this.#doubles[this.#extrasAt];
  }

  get ttl(): number {
    return (this.info & TIMED) === 0 ? 0 : this.#doubles[this.#extrasAt + 1];
  }

  get tagCount(): number {
    return (this.info & TAGGED) === 0 ? 0 : this.words[this.at + (tagsStart(this.info) >> 2) + 2];
  }

  /** Two words a tag; a view. */
  get tags(): Int32Array {
    const from = this.at + ((tagsStart(this.info) + TAGGED_BYTES) >> 2);
    return this.words.subarray(from, from + this.tagCount * 2);
  }

  get valueLength(): number {
    return this.words[this.at + I_VALUE_LENGTH];
  }

  /** A view. */
  get value(): Buffer {
    const from = (this.at << 2) + valueStart(this.words, this.at);
    return this.bytes.subarray(from, from + this.valueLength);
  }

  /** The double where the deadline stands, if there is one. */
  get #extrasAt(): number {
    return ((this.at << 2) + keyEnd(this.info)) >> 3;
  }

  #isSound(): boolean {
    const room = (this.words.length - this.at) << 2;
    if (room < ITEM_HEAD_BYTES || (this.info & ~infoBits) !== 0) return false;
    if (this.words[this.at + I_VERSION] !== 0 || this.flags >>> 8 !== 0) return false;
    return this.keyLength <= KEY_BYTES_MAX && this.#areExtrasSound(room) && this.#isValueSound(room);
  }

  #areExtrasSound(room: number): boolean {
    const { info } = this;
    if (tagsStart(info) > room) return false;
    if ((info & TIMED) !== 0 && !(this.wallDeadline > 0 && this.ttl > 0)) return false;
    if ((info & TAGGED) === 0) return true;
    return tagsStart(info) + TAGGED_BYTES <= room && this.tagCount >= 1 && this.tagCount <= TAGS_MAX;
  }

  #isValueSound(room: number): boolean {
    const length = this.valueLength;
    const isCounter = this.kind === KIND_DOUBLE || this.kind === KIND_INTEGER;
    if (isCounter ? length !== 8 : this.kind !== 0 || length < 0) return false;
    return itemBytes(this.words, this.at) <= room;
  }
}
