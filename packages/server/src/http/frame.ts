/**
 * Short answers of 200 in one piece: head, length and body in one buffer, sent as one string that is one piece.
 *
 *     ... 200 OK ... x-request-id: hZ3x...00001f | 7k | content-length: | 111 | {"value": | V                 |
 *         ^start      as of this second            ^pair                ^digits ^bodyAt     ^valueAt            ^end
 *
 * A string that is put together of several is copied into one before it is sent; here the bytes are where they are sent
 * from already. The head stays from one answer to the next, up to two characters of the id and the length. Where the
 * length has another number of digits, or the second or the block of ids is another one, it is written anew.
 *
 * The value stands at a multiple of 8, where the table copies fastest; so the head ends where the value wants it to, and
 * begins anywhere.
 */
import { AFTER_ID, BEFORE_BODY, flat, pairCodes } from "./heads.js";

/** Status line, types, CORS, date and id take some 200. */
const HEAD_BYTES = 512;
const ZERO = 0x30;

export class Frame {
  readonly bytes: Buffer;
  /** Where the table may copy a value to, at `valueAt`. */
  readonly room: Buffer;
  readonly valueAt: number;
  readonly #bodyAt: number;
  #ready = "";
  #digits = 0;
  #start = 0;

  /**
   * @param before what stands before the value
   * @param valueBytesMax of the longest value; behind it, 16 bytes are left
   */
  constructor(before: string, valueBytesMax: number) {
    this.valueAt = (HEAD_BYTES + before.length + 7) & ~7;
    this.#bodyAt = this.valueAt - before.length;
    this.bytes = Buffer.alloc(this.valueAt + valueBytesMax + 16);
    this.room = this.bytes.subarray(0, this.valueAt + valueBytesMax);
    this.bytes.latin1Write(before, this.#bodyAt);
  }

  /** The body alone, up to `end`. */
  body(end: number): string {
    return this.bytes.latin1Slice(this.#bodyAt, end);
  }

  /** How long it is. */
  lengthTo(end: number): number {
    return end - this.#bodyAt;
  }

  /**
   * The answer.
   *
   * @param ready the head up to the id's last two characters
   * @param pair which these are
   */
  answer(ready: string, pair: number, end: number): string {
    const { bytes } = this;
    const length = end - this.#bodyAt;
    const digits = digitsOf(length);
    if (ready !== this.#ready || digits !== this.#digits) this.#arrange(ready, digits);
    let at = this.#bodyAt - BEFORE_BODY.length;
    for (let rest = length, digit = digits; digit > 0; digit--) {
      const tenth = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    at -= AFTER_ID.length;
    bytes[--at] = pairCodes[pair] >> 8;
    bytes[at - 1] = pairCodes[pair] & 0xff;
    return bytes.latin1Slice(this.#start, end);
  }

  #arrange(ready: string, digits: number): void {
    const head = `${ready}--${AFTER_ID}${"0".repeat(digits)}${BEFORE_BODY}`;
    this.#ready = ready;
    this.#digits = digits;
    this.#start = this.#bodyAt - head.length;
    if (this.#start < 0) throw new RangeError(`the head has more than ${HEAD_BYTES} bytes`);
    this.bytes.latin1Write(head, this.#start);
  }
}

/** An answer that is always the same but for its id: two strings. */
export class FixedAnswer {
  readonly status: number;
  readonly body: string;
  /** By the last two characters of the id: these, and all that follows. */
  readonly tails: readonly string[];

  constructor(status: number, body: string) {
    this.status = status;
    this.body = body;
    this.tails = Array.from(pairCodes, (code) => {
      const pair = String.fromCharCode(code & 0xff, code >> 8);
      return flat(`${pair}${AFTER_ID}${body.length}${BEFORE_BODY}${body}`);
    });
  }
}

function digitsOf(length: number): number {
  let digits = 1;
  for (let bound = 10; length >= bound; bound *= 10) digits++;
  return digits;
}
