/** The bytes of the last head's fields, to see whether those of the next are the same. */
import { noBytes } from "./buffer.js";

/** Longer ones are not kept: those of browsers with all their cookies are below it. */
const KEPT_MAX = 2_048;
/** Up to this many bytes, a loop over words of four is faster than the call of memcmp. */
const LOOP_MAX = 192;
/** Of a client whose heads differ this many times in a row (each may have an id of its own), only some are kept. */
const LUCK = 8;
const RETRY_EVERY = 32;

/** All connections of a thread read into one buffer, so its view is made once. */
let viewed: Buffer = noBytes;
let view = viewOf(noBytes);

export class KeptBytes {
  /** 0: nothing is kept. */
  length = 0;
  #bytes: Buffer = noBytes;
  #view = view;
  #luck = LUCK;
  #heads = 0;

  forget(): void {
    this.length = 0;
  }

  keep(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#heads++;
    if (length > KEPT_MAX || (this.#luck <= 0 && this.#heads % RETRY_EVERY !== 0)) return;
    if (length > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow((length + 63) & ~63);
      this.#view = viewOf(this.#bytes);
    }
    bytes.copy(this.#bytes, 0, start, end);
    this.length = length;
  }

  /** Whether these very bytes stand at that place. */
  areAt(bytes: Buffer, at: number, end: number): boolean {
    const { length } = this;
    if (length === 0) return false;
    const areSame =
      end - at >= length && (length > LOOP_MAX ? this.#compare(bytes, at) : this.#loop(bytes, at));
    if (areSame) this.#luck = LUCK;
    else this.#luck--;
    return areSame;
  }

  #compare(bytes: Buffer, at: number): boolean {
    return this.#bytes.compare(bytes, at, at + this.length, 0, this.length) === 0;
  }

  #loop(bytes: Buffer, at: number): boolean {
    if (bytes !== viewed) {
      viewed = bytes;
      view = viewOf(bytes);
    }
    const kept = this.#view;
    const words = this.length & ~3;
    let differing = 0;
    for (let index = 0; index < words; index += 4)
      differing |= view.getInt32(at + index) ^ kept.getInt32(index);
    for (let index = words; index < this.length; index++) differing |= bytes[at + index] ^ this.#bytes[index];
    return differing === 0;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
