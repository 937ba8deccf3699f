/**
 * Where results of batches are written: one buffer of the thread serves all, as a batch is run at one go, or in parts that
 * are each taken away before the next is made.
 */

const BYTES = 64 * 1_024;
/** What is kept of a buffer that a long result made longer. */
const BYTES_KEPT = 1_024 * 1_024;
/** Room that is always there beside what was reserved: for what stands around keys and values. */
export const FRAME_BYTES = 64;
/** Copying shorter ones byte by byte is faster than a call. */
const SHORT_BYTES = 64;
/** Up to here, arithmetic of 32 bits does. */
const SMALL_MAX = 2 ** 31 - 1;
const ZERO = 0x30;

export class BatchWriter {
  bytes = Buffer.allocUnsafeSlow(BYTES);
  /** Where the next byte goes. */
  at = 0;

  /** Bytes of which the caller knows that there is room for them. */
  put(bytes: Buffer): void {
    const target = this.bytes;
    const { at } = this;
    for (let index = 0; index < bytes.length; index++) target[at + index] = bytes[index];
    this.at = at + bytes.length;
  }

  /** The same, of a part. */
  putRange(bytes: Buffer, start: number, end: number): void {
    const target = this.bytes;
    if (end - start > SHORT_BYTES) bytes.copy(target, this.at, start, end);
    else for (let index = start, to = this.at; index < end; index++, to++) target[to] = bytes[index];
    this.at += end - start;
  }

  /** A whole number from 0 up, as decimal digits. */
  putWhole(value: number): void {
    if (value > SMALL_MAX) {
      this.putText(String(value));
      return;
    }
    let end = this.at + 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end++;
    this.at = end;
    for (let rest = value; ; rest = (rest / 10) | 0) {
      this.bytes[--end] = ZERO + (rest % 10);
      if (rest < 10) return;
    }
  }

  /** A text, a character a byte. */
  putText(text: string): void {
    this.reserve(text.length);
    this.at += this.bytes.latin1Write(text, this.at);
  }

  /** Room for so many bytes and what stands around them. */
  reserve(bytes: number): void {
    const wanted = this.at + bytes + FRAME_BYTES * 2;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  /** What was written, as a text of bytes. Begins anew. */
  take(): string {
    const text = this.bytes.latin1Slice(0, this.at);
    this.at = 0;
    if (this.bytes.length > BYTES_KEPT) this.bytes = Buffer.allocUnsafeSlow(BYTES);
    return text;
  }
}

export const out = new BatchWriter();
