/**
 * Answers out of the bytes of one connection, however they are cut.
 *
 *     push(bytes) -> [rest of before + bytes] -> head (1xx passed over) -> body -> receiver
 *
 * The common case, an answer in one piece, copies nothing but its text. What is left of a cut head is copied, since all
 * connections of a transport are read into one buffer.
 *
 * Where a body ends (RFC 9112 6.3): nowhere after HEAD, 204, 304; behind chunks; after its length; with the connection.
 *
 * Invariant: what the receiver is told does not depend on where the bytes were cut. So what follows an answer does not
 * make it a wrong one: it may come later, too. But that connection is not used again.
 */
import { Fields } from "./answer.js";
import { Body, tooLong } from "./body.js";
import { ChunkDecoder } from "./chunks.js";
import { HeadParser } from "./head.js";
import { BadAnswer } from "./syntax.js";

/** What is done with the pieces of a body that is not collected. They are lent for the call. */
export interface Receiver {
  /** The head is there. @returns where the body's pieces go; null: it is collected */
  head(status: number, fields: Fields): ((bytes: Buffer) => void) | null;
  /**
   * It is complete. `text` is empty where the pieces went elsewhere. The next answer may be expected once `push` or `end` has
   * returned, not before: bytes that follow would be taken for it.
   */
  done(status: number, fields: Fields, text: string): void;
}

type State = "idle" | "head" | "length" | "chunks" | "close";

/** 100, 102, 103: a server says a few of them at most. */
const INTERIMS_MAX = 16;
const noBytes = Buffer.alloc(0);

export class AnswerReader {
  readonly #head = new HeadParser();
  readonly #chunks = new ChunkDecoder();
  readonly #body: Body;
  readonly #bytesMax: number;
  #receiver: Receiver | null = null;
  #state: State = "idle";
  #isHead = false;
  #rest: Buffer = noBytes;
  #left = 0;
  #interims = 0;
  #fields = new Fields("");
  #sink: ((bytes: Buffer) => void) | null = null;
  /** Bytes of the answer have come. */
  hasBegun = false;
  /** The connection may be used again, as far as the last answer says. */
  keepAlive = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#body = new Body(bytesMax);
  }

  /** How long the other side keeps the connection, if the last answer says so; Infinity otherwise. */
  get keepAliveMs(): number {
    return this.#head.keepAliveMs;
  }

  /** An answer has been begun, and is not complete. */
  get isExpecting(): boolean {
    return this.#state !== "idle";
  }

  /** The answer to a request that is being sent is expected. */
  begin(isHead: boolean, receiver: Receiver): void {
    this.#isHead = isHead;
    this.#receiver = receiver;
    this.#state = "head";
    this.#interims = 0;
    this.hasBegun = false;
    this.keepAlive = false;
    this.#head.begin();
  }

  /**
   * Bytes that arrived; lent for the call.
   *
   * @returns false if there were more than the answer has, or if none was expected
   * @throws BadAnswer
   */
  push(bytes: Buffer, start: number, end: number): boolean {
    if (start === end) return true;
    if (this.#state === "idle") return false;
    this.hasBegun = true;
    if (this.#rest.length === 0) return this.#read(bytes, start, end) === end;
    const joined = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
    this.#rest = noBytes;
    return this.#read(joined, 0, joined.length) === joined.length;
  }

  /**
   * No more bytes come.
   *
   * @throws BadAnswer if there should have been more
   */
  end(): void {
    if (this.#state === "close") this.#complete();
    else if (this.#state !== "idle") throw new BadAnswer("an answer that ends before its end");
  }

  /** Where the answer ends, or `end`. */
  #read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state !== "idle") {
      if (this.#state !== "head") {
        at = this.#content(bytes, at, end);
        continue;
      }
      const headEnd = this.#head.parse(bytes, at, end);
      if (headEnd < 0) {
        this.#rest = Buffer.from(bytes.subarray(at, end));
        return end;
      }
      at = this.#afterHead(bytes, at, headEnd, end);
    }
    return at;
  }

  #afterHead(bytes: Buffer, start: number, headEnd: number, end: number): number {
    const head = this.#head;
    const { status } = head;
    if (status < 200) {
      if (status === 101) throw new BadAnswer("another protocol, which was not asked for");
      if (++this.#interims > INTERIMS_MAX) throw new BadAnswer("interim answers without end");
      head.begin();
      return headEnd;
    }
    this.#fields = new Fields(bytes.latin1Slice(start + head.fieldsStart, headEnd - 2));
    this.keepAlive = head.keepAlive;
    this.#sink = (this.#receiver as Receiver).head(status, this.#fields);
    if (this.#isHead || status === 204 || status === 304) this.#tell("");
    else if (head.isChunked) this.#expect("chunks", -1);
    else if (head.contentLength < 0) this.#expect("close", -1);
    else return this.#lengthBody(bytes, headEnd, end);
    return headEnd;
  }

  #lengthBody(bytes: Buffer, start: number, end: number): number {
    const { contentLength } = this.#head;
    const bodyEnd = start + contentLength;
    if (this.#sink !== null || bodyEnd > end) {
      this.#left = contentLength;
      this.#expect("length", contentLength);
      if (contentLength === 0) this.#complete();
      return start;
    }
    if (contentLength > this.#bytesMax) throw tooLong(this.#bytesMax);
    this.#tell(contentLength === 0 ? "" : bytes.toString("utf8", start, bodyEnd));
    return bodyEnd;
  }

  #expect(state: State, length: number): void {
    this.#state = state;
    if (state === "close") this.keepAlive = false;
    if (state === "chunks") this.#chunks.begin();
    if (this.#sink === null) this.#body.begin(length);
  }

  #content(bytes: Buffer, at: number, end: number): number {
    if (this.#state === "chunks") {
      const stop = this.#chunks.read(bytes, at, end, this.#take);
      if (this.#chunks.isDone) this.#complete();
      return stop;
    }
    const stop = this.#state === "close" ? end : Math.min(end, at + this.#left);
    this.#take(bytes, at, stop);
    this.#left -= stop - at;
    if (this.#state === "length" && this.#left === 0) this.#complete();
    return stop;
  }

  readonly #take = (bytes: Buffer, start: number, end: number): void => {
    if (this.#sink === null) this.#body.add(bytes, start, end);
    else this.#sink(bytes.subarray(start, end));
  };

  #complete(): void {
    this.#tell(this.#sink === null ? this.#body.take() : "");
  }

  #tell(text: string): void {
    const receiver = this.#receiver as Receiver;
    this.#state = "idle";
    this.#receiver = null;
    receiver.done(this.#head.status, this.#fields, text);
  }
}
