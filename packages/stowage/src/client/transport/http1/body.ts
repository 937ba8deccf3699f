/** Collects a body that comes in more than one piece, up to a bound. */
import { BadAnswer } from "./syntax.js";

/** What is got at first where the length is not known. */
const FIRST_BYTES = 4 * 1024;

export class Body {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** @param length if it is known; -1 otherwise. A length alone makes nobody reserve more than a little. */
  begin(length: number): void {
    if (length > this.#max) throw tooLong(this.#max);
    this.#length = 0;
    this.#bytes = Buffer.allocUnsafe(length < 0 ? FIRST_BYTES : Math.min(length, 64 * FIRST_BYTES));
  }

  add(bytes: Buffer, start: number, end: number): void {
    const wanted = this.#length + end - start;
    if (wanted > this.#max) throw tooLong(this.#max);
    if (wanted > this.#bytes.length) this.#grow(wanted);
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#length = wanted;
  }

  take(): string {
    const text = this.#bytes.toString("utf8", 0, this.#length);
    this.#bytes = Buffer.alloc(0);
    return text;
  }

  #grow(wanted: number): void {
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export function tooLong(max: number): BadAnswer {
  return new BadAnswer(`a body of more than ${max} bytes`);
}
