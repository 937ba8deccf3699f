/**
 * The requests: keys as bytes in buffers that are used again and again, values with a stamp by which a read can tell
 * that it got what was set for its key, whole.
 *
 * Keys are made ready in chunks, off the clock where one thread is timed. The buffers of a chunk stay the same objects:
 * what is timed is the store, not the making of Buffers.
 */
import { keyBytes } from "../settings.js";

/** Keys that stand ready: few enough that they stay in the processor's cache with their Buffers. */
export const chunkOps = 2 ** 11;
/** Commands in a pipeline, writes in a transaction. */
export const togetherOps = 2 ** 7;

const prefix = "user:";
const digits = keyBytes - prefix.length;

export class Requests {
  /** Of the operations of this chunk: the i-th has `keys[i % chunkOps]`. */
  readonly keys: readonly Buffer[];
  /** The same as strings, where they were asked for. */
  readonly texts: string[] = [];
  readonly #bytes = Buffer.alloc(chunkOps * keyBytes);
  readonly #wrap: number;

  /** `offset`: where in the sequence this thread begins. */
  constructor(
    private readonly sequence: Uint32Array,
    private readonly offset = 0,
    private readonly asTexts = false,
  ) {
    this.#wrap = sequence.length - 1;
    const at = Array.from({ length: chunkOps }, (_, i) => i * keyBytes);
    for (const start of at) writeKey(this.#bytes, start, 0);
    this.keys = at.map((start) => this.#bytes.subarray(start, start + keyBytes));
  }

  /** What the i-th operation asks for. */
  itemOf(i: number): number {
    return this.sequence[(i + this.offset) & this.#wrap];
  }

  /** Makes the keys of the operations from `i` to the end of its chunk. */
  prepare(i: number): void {
    for (let at = i % chunkOps; at < chunkOps; at++, i++) {
      writeDigits(this.#bytes, (at + 1) * keyBytes, this.itemOf(i));
      if (this.asTexts) this.texts[at] = this.keys[at].toString("latin1");
    }
  }
}

export function keyOf(item: number): Buffer {
  const key = Buffer.alloc(keyBytes);
  writeKey(key, 0, item);
  return key;
}

/** Makes a key that is there into another item's. */
export function rewriteKey(key: Buffer, item: number): void {
  writeDigits(key, keyBytes, item);
}

function writeKey(bytes: Buffer, start: number, item: number): void {
  bytes.write(prefix + String(item).padStart(digits, "0"), start, "latin1");
}

/** The last seven digits, which are all that differ: there are fewer than ten million items. */
function writeDigits(bytes: Uint8Array, end: number, item: number): void {
  let rest = item;
  for (let at = end - 1; at >= end - 7; at--) {
    const next = (rest / 10) | 0;
    bytes[at] = 48 + rest - next * 10;
    rest = next;
  }
}

/** Values to set, one after another; as many as go together have bytes of their own. */
export class Values {
  readonly #values: Buffer[];
  readonly #words: Int32Array[];
  readonly #last: number;

  constructor(valueBytes: number) {
    this.#values = Array.from({ length: togetherOps }, () => Buffer.allocUnsafeSlow(valueBytes).fill("x"));
    this.#words = this.#values.map(({ buffer }) => new Int32Array(buffer));
    this.#last = valueBytes / 4 - 1;
  }

  /** The value of an item as the i-th operation sets it: the item first, the operation after it, both mixed at the end. */
  stamped(item: number, i: number): Buffer {
    const at = i & (togetherOps - 1);
    const words = this.#words[at];
    words[0] = item;
    words[1] = i;
    words[this.#last] = item ^ i;
    return this.#values[at];
  }
}

/** Where values are read to, and what they say there. */
export class Target {
  readonly buffer: Buffer;
  readonly #words: Int32Array;
  readonly #last: number;

  constructor(valueBytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(valueBytes);
    this.#words = new Int32Array(this.buffer.buffer);
    this.#last = valueBytes / 4 - 1;
  }

  /** Of which item the value is; cheap enough to be asked for each read. */
  get item(): number {
    return this.#words[0];
  }

  /** Which operation set it. */
  get operation(): number {
    return this.#words[1];
  }

  /** Whether beginning and end are from the same operation. */
  get isWhole(): boolean {
    return this.#words[this.#last] === (this.#words[0] ^ this.#words[1]);
  }
}

/** An item's value in the rows with strings: its key's digits come first. */
export function textValue(item: number, valueBytes: number): Buffer {
  return Buffer.from(String(item).padStart(digits, "0").padEnd(valueBytes, "x"), "latin1");
}
