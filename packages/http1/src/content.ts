/**
 * Where the content of a request goes as it arrives: collected up to a bound, or handed on piece by piece.
 *
 * Memory is taken as bytes come, not as they are announced: ten thousand connections that promise 8 MB each and send
 * nothing hold next to nothing.
 */
import { noBytes } from "./buffer.js";
import { HttpRequestError } from "./errors.js";

/** For content that is not to be held whole. The pieces are only lent: copy what has to outlive the call. */
export interface ContentSink {
  data(piece: Buffer): void;
  /** The content ended before it was complete: the connection was lost, or what came was refused. */
  abort(error: Error): void;
}

const FIRST_BYTES = 4_096;

export class Collector {
  #bytes: Buffer = noBytes;
  #length = 0;
  #max = 0;

  /** Makes ready for another content of at most `max` bytes. */
  begin(max: number): void {
    this.#bytes = noBytes;
    this.#length = 0;
    this.#max = max;
  }

  add(bytes: Buffer, start: number, end: number): void {
    const wanted = this.#length + end - start;
    if (wanted > this.#max) throw new HttpRequestError("BODY_TOO_LARGE");
    if (wanted > this.#bytes.length) this.#grow(wanted);
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length = wanted;
  }

  /** What was collected; it is the caller's now. */
  take(): Buffer {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#bytes = noBytes;
    return whole;
  }

  #grow(wanted: number): void {
    const size = Math.min(this.#max, Math.max(FIRST_BYTES, wanted, this.#bytes.length * 2));
    const larger = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
