/**
 * Requests out of the bytes of one connection, in order, however the bytes are cut.
 *
 *     push(bytes) -> [rest of before + bytes] -> head -> content -> receiver.request(head, content) -> next head ...
 *
 * The common case, a whole request in one push, copies nothing and allocates nothing. What is left over of a push is
 * copied, since the caller's buffer is filled again after the call: all connections of a thread share one.
 *
 * Invariants: the receiver is never called while it is being called; after `refuse` never again; and what it is told
 * does not depend on where the bytes were cut (the tests cut them everywhere).
 */
import { noBytes } from "./buffer.js";
import { ChunkDecoder } from "./chunk-decoder.js";
import { Collector, type ContentSink } from "./content.js";
import { HttpRequestError } from "./errors.js";
import { HeadParser } from "./head-parser.js";
import { defaultLimits, type Limits } from "./limits.js";
import { RequestHead } from "./request.js";
import { CR, LF } from "./syntax.js";

export interface Receiver {
  /**
   * The head of a request with content is read. Called before any of that is read: the moment for 100 Continue.
   *
   * @returns where the content goes: collected, if it is not longer than this many bytes (413 above), or into a sink. Or that
   * the request has been answered already: `drop` passes over the content, `stop` reads nothing more.
   */
  content(head: RequestHead): number | ContentSink | "drop" | "stop";
  /**
   * A request is complete. `content` is empty if there is none, or if it went into a sink; it is only lent for the call.
   *
   * @returns false to pause: nothing more is read until `resume`, and the head stays as it is until then
   */
  request(head: RequestHead, content: Buffer): boolean;
  /** Content has been passed over, as `content` said. @returns false to pause, as above */
  dropped(): boolean;
  /** The request cannot be served; nothing after it will be read. */
  refuse(error: HttpRequestError): void;
  /** Something of the receiver threw what is no refusal. It is thrown on; nothing more will be read. */
  broken?(): void;
}

type State = "start" | "head" | "length" | "chunks" | "over";

/** Empty lines before a request line that are passed over (RFC 9112 2.2 wants at least one). */
const EMPTY_LINES_MAX = 4;

const dropped: ContentSink = { data: () => undefined, abort: () => undefined };

export class RequestReader {
  readonly #receiver: Receiver;
  readonly #head: RequestHead;
  readonly #parser: HeadParser;
  readonly #chunks: ChunkDecoder;
  readonly #collector = new Collector();
  #state: State = "start";
  #sink: ContentSink | null = null;
  #left = 0;
  #emptyLines = 0;
  /** What has not been read, while no push is going on. */
  #rest: Buffer = noBytes;
  #paused = false;
  #busy = false;

  constructor(receiver: Receiver, limits: Limits = defaultLimits) {
    this.#receiver = receiver;
    this.#head = new RequestHead();
    this.#parser = new HeadParser(this.#head, limits);
    this.#chunks = new ChunkDecoder(limits.head);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** A request has begun and is not complete. */
  get amid(): boolean {
    return (this.#state !== "start" && this.#state !== "over") || (!this.#paused && this.#rest.length > 0);
  }

  /** The head of that request is read. */
  get amidContent(): boolean {
    return this.#state === "length" || this.#state === "chunks";
  }

  /** The content that is being read is passed over: the request has been answered. */
  get dropping(): boolean {
    return this.#sink === dropped;
  }

  /** The method of the request at hand; empty as long as it is not known. */
  get method(): string {
    return this.#state === "start" ? "" : this.#head.method;
  }

  /** Bytes that are kept for later. */
  get held(): number {
    return this.#rest.length;
  }

  /** Bytes that arrived. They are only lent for the call. */
  push(bytes: Buffer, start: number, end: number): void {
    if (this.#state === "over" || start === end) return;
    if (this.#rest.length === 0) this.#read(bytes, start, end, false);
    else {
      const joined = Buffer.concat([this.#rest, bytes.subarray(start, end)]);
      this.#rest = noBytes;
      this.#read(joined, 0, joined.length, true);
    }
  }

  /** The paused request has been answered. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#busy || this.#state === "over") return;
    const rest = this.#rest;
    this.#rest = noBytes;
    if (rest.length > 0) this.#read(rest, 0, rest.length, true);
  }

  /** No more bytes will come. A content that was under way is given up. */
  end(error: Error): void {
    this.#state = "over";
    this.#rest = noBytes;
    this.#abort(error);
  }

  #read(bytes: Buffer, start: number, end: number, owned: boolean): void {
    this.#busy = true;
    try {
      const at = this.#paused ? start : this.#requests(bytes, start, end);
      if (at < end && this.#state !== "over") this.#keep(bytes, at, end, owned);
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#busy = false;
    }
  }

  #requests(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && !this.#paused && this.#state !== "over") {
      const next = this.#step(bytes, at, end);
      if (next < 0) return at;
      at = next;
    }
    return at;
  }

  /** One part of a request. Returns where it ends, or -1 when it does not end here. */
  #step(bytes: Buffer, at: number, end: number): number {
    switch (this.#state) {
      case "start":
        return this.#start(bytes, at, end);
      case "head":
        this.#head.bytes = bytes;
        this.#head.base = at;
        return this.#parse(bytes, end);
      case "length":
        return this.#lengthContent(bytes, at, end);
      default:
        return this.#chunkedContent(bytes, at, end);
    }
  }

  #start(bytes: Buffer, at: number, end: number): number {
    if (bytes[at] === CR || bytes[at] === LF) return this.#emptyLine(bytes, at, end);
    this.#emptyLines = 0;
    this.#state = "head";
    this.#head.bytes = bytes;
    this.#head.base = at;
    this.#parser.begin();
    return this.#parse(bytes, end);
  }

  #emptyLine(bytes: Buffer, at: number, end: number): number {
    if (bytes[at] === LF) throw new HttpRequestError("BARE_LF");
    if (at + 1 === end) return -1;
    if (bytes[at + 1] !== LF) throw new HttpRequestError("BARE_CR");
    if (++this.#emptyLines > EMPTY_LINES_MAX) throw new HttpRequestError("METHOD");
    return at + 2;
  }

  #parse(bytes: Buffer, end: number): number {
    const headEnd = this.#parser.parse(end);
    if (headEnd < 0) return -1;
    const head = this.#head;
    if (head.contentLength === 0) {
      this.#complete(headEnd, noBytes);
      return headEnd;
    }
    return this.#beginContent(bytes, headEnd, end);
  }

  #beginContent(bytes: Buffer, headEnd: number, end: number): number {
    const head = this.#head;
    const where = this.#receiver.content(head);
    if (where === "stop") {
      this.#state = "over";
      return end;
    }
    if (typeof where === "number") {
      if (head.contentLength > where) throw new HttpRequestError("BODY_TOO_LARGE");
      if (head.contentLength > 0 && end - headEnd >= head.contentLength) {
        const contentEnd = headEnd + head.contentLength;
        this.#complete(headEnd, bytes.subarray(headEnd, contentEnd));
        return contentEnd;
      }
      this.#collector.begin(head.contentLength < 0 ? where : head.contentLength);
    } else {
      this.#sink = where === "drop" ? dropped : where;
    }
    this.#holdHead(headEnd);
    this.#left = head.contentLength;
    this.#state = head.contentLength < 0 ? "chunks" : "length";
    this.#chunks.begin();
    return headEnd;
  }

  #lengthContent(bytes: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.#left);
    this.#take(bytes, at, stop);
    this.#left -= stop - at;
    if (this.#left === 0) this.#completeContent();
    return stop;
  }

  #chunkedContent(bytes: Buffer, at: number, end: number): number {
    const stop = this.#chunks.read(bytes, at, end, this.#take);
    if (this.#chunks.done) this.#completeContent();
    return stop;
  }

  readonly #take = (bytes: Buffer, start: number, end: number): void => {
    if (this.#sink === null) this.#collector.add(bytes, start, end);
    else this.#sink.data(bytes.subarray(start, end));
  };

  #completeContent(): void {
    const { dropping } = this;
    const content = this.#sink === null ? this.#collector.take() : noBytes;
    this.#sink = null;
    if (dropping) this.#tellDropped();
    else this.#tell(content);
  }

  #tellDropped(): void {
    this.#state = this.#head.keepAlive ? "start" : "over";
    this.#paused = !this.#receiver.dropped();
  }

  /** A request whose bytes are all in this push. */
  #complete(headEnd: number, content: Buffer): void {
    this.#tell(content);
    if (this.#paused) this.#holdHead(headEnd);
  }

  /** The receiver may resume before it returns. */
  #tell(content: Buffer): void {
    this.#state = this.#head.keepAlive ? "start" : "over";
    this.#paused = true;
    if (this.#receiver.request(this.#head, content)) this.#paused = false;
  }

  /** The head outlives the bytes that it came in. */
  #holdHead(headEnd: number): void {
    const head = this.#head;
    head.bytes = Buffer.from(head.bytes.subarray(head.base, headEnd));
    head.base = 0;
  }

  #keep(bytes: Buffer, at: number, end: number, owned: boolean): void {
    const rest = bytes.subarray(at, end);
    this.#rest = owned ? rest : Buffer.from(rest);
  }

  /** What was thrown: a refusal, by the rules above or by the receiver, or a mistake of the receiver's. */
  #refuse(error: unknown): void {
    this.end(error as Error);
    if (error instanceof HttpRequestError) this.#receiver.refuse(error);
    else {
      this.#receiver.broken?.();
      throw error;
    }
  }

  #abort(error: Error): void {
    this.#sink?.abort(error);
    this.#sink = null;
  }
}
