/**
 * One request's head: a view of the bytes as they came. Nothing is made into strings before it is asked for, since most
 * fields of most requests are never looked at.
 *
 *     GET /v1/keys/a HTTP/1.1\r\n  host: x\r\n  ...        four offsets a field: name start, end, value start, end
 *     ^base          ^fieldsBase                           fields count from `fieldsBase`, the rest from `base`
 *         ^targetStart
 *
 * Invariant: a reader has one head, filled anew for each request. It may be looked at until the receiver returns, or,
 * if the receiver paused the reader, until it resumes. What must live longer has to be read out.
 */
import { noBytes } from "./buffer.js";
import { equalsIgnoringCase } from "./syntax.js";

const FIELD_WIDTH = 4;
/** Room for this many fields is made at first: ten thousand connections should not hold what few of them need. */
const FIELDS_FIRST = 16;
const SLASH = 0x2f;

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
  /**
   * Version and fields are, byte for byte, those of the request before it on this connection, so that whatever was derived
   * from them holds still. False says nothing: they may be the same, and have come in pieces.
   */
  sameFields = false;
  bytes: Buffer = noBytes;
  base = 0;
  targetStart = 0;
  targetEnd = 0;
  fieldsBase = 0;
  fieldCount = 0;
  #fields = new Int32Array(FIELDS_FIRST * FIELD_WIDTH);

  get hasBody(): boolean {
    return this.contentLength !== 0;
  }

  /** As it came: `/path?query`, in rare cases an absolute URL, or `*`. */
  get target(): string {
    return this.bytes.latin1Slice(this.base + this.targetStart, this.base + this.targetEnd);
  }

  /** Path and query, also of a target that came as an absolute URL, which servers have to take (RFC 9112 3.2.2). */
  get path(): string {
    const { target } = this;
    if (this.bytes[this.base + this.targetStart] === SLASH || !target.includes("://")) return target;
    const path = target.replace(/^[^:]+:\/\/[^/?#]*/, "");
    return path.startsWith("/") ? path : `/${path}`;
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

  /** Called by the reader: positions in `bytes`. */
  addField(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.fieldCount++ * FIELD_WIDTH;
    if (at === this.#fields.length) this.#grow();
    const origin = this.base + this.fieldsBase;
    this.#fields[at] = nameStart - origin;
    this.#fields[at + 1] = nameEnd - origin;
    this.#fields[at + 2] = valueStart - origin;
    this.#fields[at + 3] = valueEnd - origin;
  }

  #grow(): void {
    const larger = new Int32Array(this.#fields.length * 2);
    larger.set(this.#fields);
    this.#fields = larger;
  }

  #isNamed(index: number, name: string): boolean {
    const at = index * FIELD_WIDTH;
    const origin = this.base + this.fieldsBase;
    return equalsIgnoringCase(this.bytes, origin + this.#fields[at], origin + this.#fields[at + 1], name);
  }

  #name(index: number): string {
    return this.#slice(index * FIELD_WIDTH).toLowerCase();
  }

  #value(index: number): string {
    return this.#slice(index * FIELD_WIDTH + 2);
  }

  #slice(at: number): string {
    const origin = this.base + this.fieldsBase;
    return this.bytes.latin1Slice(origin + this.#fields[at], origin + this.#fields[at + 1]);
  }
}
