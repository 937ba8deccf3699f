/**
 * One request's head: a view of the bytes as they came. Nothing is made into strings before it is asked for, since most
 * fields of most requests are never looked at.
 *
 *     GET /v1/keys/a HTTP/1.1\r\n  host: x\r\n  ...        offsets count from `base`, where the request begins
 *     ^base          ^target       ^fields[0..3]           four offsets a field: name start, end, value start, end
 *
 * Invariant: a reader has one head, filled anew for each request. It may be looked at until the receiver returns, or,
 * if the receiver paused the reader, until it resumes. What must live longer has to be read out.
 */
import { noBytes } from "./buffer.js";
import { equalsIgnoringCase } from "./syntax.js";

const FIELD_WIDTH = 4;

export class RequestHead {
  /** GET, PUT, ...: any token. */
  method = "";
  /** 1 for HTTP/1.1, 0 for HTTP/1.0. */
  minorVersion = 1;
  /** Bytes of content that follow; -1 when it comes in chunks. */
  contentLength = 0;
  /** The connection stays open after the answer. */
  keepAlive = true;
  /** The client waits for 100 Continue before it sends the content. */
  expectsContinue = false;
  bytes: Buffer = noBytes;
  base = 0;
  targetStart = 0;
  targetEnd = 0;
  fieldCount = 0;
  readonly fields: Int32Array;

  constructor(fieldsMax: number) {
    this.fields = new Int32Array(fieldsMax * FIELD_WIDTH);
  }

  get hasBody(): boolean {
    return this.contentLength !== 0;
  }

  /** As it came: `/path?query`, in rare cases an absolute URL, or `*`. */
  get target(): string {
    return this.bytes.latin1Slice(this.base + this.targetStart, this.base + this.targetEnd);
  }

  /**
   * A field's value, without white space around it; several of one name joined by ", " (RFC 9110 5.3). Bytes beyond ASCII
   * are read as Latin-1.
   *
   * @param name in lower case
   */
  header(name: string): string | undefined {
    let found: string | undefined;
    for (let index = 0; index < this.fieldCount; index++) {
      if (!this.#isNamed(index, name)) continue;
      const value = this.#value(index);
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }

  /** Every field as it came, names in lower case, in the order they came. */
  *headers(): Generator<[name: string, value: string], void, void> {
    for (let index = 0; index < this.fieldCount; index++) yield [this.#name(index), this.#value(index)];
  }

  /** Called by the reader. */
  addField(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.fieldCount++ * FIELD_WIDTH;
    this.fields[at] = nameStart;
    this.fields[at + 1] = nameEnd;
    this.fields[at + 2] = valueStart;
    this.fields[at + 3] = valueEnd;
  }

  #isNamed(index: number, name: string): boolean {
    const at = index * FIELD_WIDTH;
    return equalsIgnoringCase(this.bytes, this.base + this.fields[at], this.base + this.fields[at + 1], name);
  }

  #name(index: number): string {
    const at = index * FIELD_WIDTH;
    return this.bytes.latin1Slice(this.base + this.fields[at], this.base + this.fields[at + 1]).toLowerCase();
  }

  #value(index: number): string {
    const at = index * FIELD_WIDTH;
    return this.bytes.latin1Slice(this.base + this.fields[at + 2], this.base + this.fields[at + 3]);
  }
}
