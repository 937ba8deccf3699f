/**
 * One connection: bytes in through a RequestReader, responses out in the order of the requests.
 *
 *     socket -> onBytes -> reader -> request(head, content) -> handler -> send(text) ... -> one write at the end of the turn
 *
 * Responses made while a chunk of pipelined requests is read go out in one write, as one string where they can: a write is
 * the dearest thing a small response needs. Between `request` returning false and `done`, nothing more is read.
 *
 * Invariants: what was sent for one request never comes after what was sent for a later one; at most `OUT_MAX` bytes beyond
 * one response wait to be sent, and a client that does not read its responses is not read from.
 */
import type { Socket } from "node:net";
import type { ContentSink } from "./content.js";
import { HttpRequestError } from "./errors.js";
import type { Limits } from "./limits.js";
import { type Receiver, RequestReader } from "./reader.js";
import type { RequestHead } from "./request.js";
import { fixedHead, responseOf } from "./response.js";

/** What serves requests. */
export interface Handler {
  /**
   * A request is complete. Answer with the connection's `send`, now or later.
   *
   * @returns true if it has been answered; false if it will be, by a `send` and then `done()`
   */
  request(head: RequestHead, content: Buffer, connection: Connection): boolean;
  /**
   * Where the content of a request goes: how many bytes of it are taken at most (413 above), or a sink. Left out: `contentMax`
   * of the server.
   */
  content?(head: RequestHead, connection: Connection): number | ContentSink;
  /** The body of the answer to a request that cannot be read. Left out: the error's message as text. */
  refused?(error: HttpRequestError): { type: string; body: string };
}

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly handler: Handler;
  readonly limits: Limits;
  readonly contentMax: number;
  /** No connection shall live on after its next response. */
  readonly draining: boolean;
  now(): number;
  closed(connection: Connection): void;
}

/** Bytes that may wait for the client to read before its next request is looked at. */
const OUT_MAX = 256 * 1_024;
/** Bodies up to this many bytes are sent as a string with their head: cheaper than two writes. */
const JOINED_MAX = 16 * 1_024;
/** How long a client may go on sending after its last response, so that it reads that before it sees the end. */
const LINGER_MS = 2_000;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** What the connection is at, for its timeouts. */
export type Phase = "idle" | "reading" | "working" | "writing" | "lingering";

export class Connection implements Receiver {
  /** For the handler to keep what it knows of the connection. */
  context: unknown = null;
  /** Told once, when the connection is gone: whoever sends over it at length stops then. */
  onClose: (() => void) | null = null;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  #out = "";
  /** The request at hand is being worked on after its handler returned. */
  #working = false;
  /** Reading waits for the client to take what was sent. */
  #full = false;
  /** After the response at hand nothing more is said. */
  #last = false;
  #ended = false;
  /** The client sends no more. */
  #peerDone = false;
  /** When the phase that it is in began. */
  #since: number;
  #arrivedAt: number;
  #requests = 0;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#since = host.now();
    this.#arrivedAt = this.#since;
    this.#reader = new RequestReader(this, host.limits);
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#peerEnded());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  /** The other end's address, if it has one. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** How many requests came over it so far, the one at hand included. */
  get requests(): number {
    return this.#requests;
  }

  /** When the bytes of the request at hand arrived, by the server's clock. */
  get arrivedAt(): number {
    return this.#arrivedAt;
  }

  /** Bytes that were sent and wait for the client to read. */
  get backlog(): number {
    return this.#out.length + this.#socket.writableLength;
  }

  get phase(): Phase {
    if (this.#ended) return "lingering";
    if (this.#working) return "working";
    if (this.#full || this.#socket.writableLength > 0) return "writing";
    return this.#reader.amid ? "reading" : "idle";
  }

  /** Milliseconds in the phase that it is in, or since it last made progress. */
  ageMs(now: number): number {
    return now - this.#since;
  }

  /** Bytes arrived. They are only lent for the call. */
  onBytes(bytes: Buffer, length: number): void {
    if (this.#ended) return;
    this.#arrivedAt = this.#host.now();
    if (!this.#reader.amid) this.#since = this.#arrivedAt;
    this.#reader.push(bytes, 0, length);
    this.#flush();
    if (this.#reader.paused) this.#socket.pause();
  }

  /** Sends a response, or a part of one. Each character is a byte (Latin-1). */
  send(text: string): void {
    this.#out += text;
  }

  /** Sends a response whose body is bytes. `head` ends with its empty line. The bytes must not change until they are sent. */
  sendBytes(head: string, body: Buffer): void {
    if (body.length <= JOINED_MAX) this.#out += head + body.latin1Slice(0, body.length);
    else {
      this.#socket.cork();
      this.#writeOut(head);
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  /** What was sent so far goes out now: for responses that come in parts. */
  flush(): void {
    if (this.#out !== "") this.#writeOut("");
  }

  /** The response to a request whose handler returned false is complete. */
  done(): void {
    if (!this.#working) return;
    this.#working = false;
    this.#since = this.#host.now();
    this.#goOn();
  }

  /** Closes after the response at hand: its head should say `connection: close`. */
  closeAfterResponse(): void {
    this.#last = true;
  }

  /** Whether the response at hand is the last one, so that its head has to say `connection: close`. */
  closesAfter(head: RequestHead): boolean {
    if (!head.keepAlive || this.#host.draining) this.#last = true;
    return this.#last;
  }

  /** Ends it now, whatever it is at. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** The server stops: an idle connection ends, another one after its response. */
  drain(): void {
    this.#last = true;
    if (this.phase === "idle") this.#end();
  }

  /** It took longer than it may. A request that has begun is told so. */
  timeOut(): void {
    if (this.phase === "reading") this.refuse(new HttpRequestError("TIMEOUT"));
    else this.#socket.destroy();
    this.#flush();
  }

  /** Receiver: called by the reader. */
  content(head: RequestHead): number | ContentSink {
    const { handler, contentMax } = this.#host;
    const where = handler.content === undefined ? contentMax : handler.content(head, this);
    const tooLarge = typeof where === "number" && head.contentLength > where;
    if (head.expectsContinue && !tooLarge) {
      this.send(CONTINUE);
      this.#flush();
    }
    return where;
  }

  /** Receiver: called by the reader. */
  request(head: RequestHead, content: Buffer): boolean {
    this.#requests++;
    if (!head.keepAlive) this.#last = true;
    this.#working = true;
    if (this.#host.handler.request(head, content, this)) this.#working = false;
    if (this.#working) return false;
    if (this.#last) return false;
    if (this.#out.length + this.#socket.writableLength <= OUT_MAX) return true;
    this.#full = true;
    return false;
  }

  /** Receiver: called by the reader. */
  refuse(error: HttpRequestError): void {
    const { type, body } = this.#host.handler.refused?.(error) ?? {
      type: "text/plain; charset=utf-8",
      body: error.message,
    };
    this.send(responseOf(fixedHead(error.status, { "content-type": type, connection: "close" }), body));
    this.#last = true;
  }

  /** After the handler, or after `done`: what was sent goes out, and the next request is looked at. */
  #goOn(): void {
    this.#flush();
    if (this.#ended || this.#working || this.#full) return;
    this.#reader.resume();
    this.#flush();
    if (!this.#reader.paused) this.#socket.resume();
    this.#endWithPeer();
  }

  #flush(): void {
    if (this.#out !== "") this.#writeOut("");
    if (this.#last && !this.#working) this.#end();
    else if (this.#full && this.#socket.writableLength === 0) this.#drained();
  }

  #writeOut(more: string): void {
    const text = this.#out + more;
    this.#out = "";
    if (!this.#ended && text !== "") this.#socket.write(text, "latin1");
  }

  #drained(): void {
    this.#since = this.#host.now();
    if (!this.#full) return;
    this.#full = false;
    this.#goOn();
  }

  /** The client has sent all it will; it may still read the responses to what it sent. */
  #peerEnded(): void {
    this.#peerDone = true;
    this.#endWithPeer();
  }

  #endWithPeer(): void {
    if (!this.#peerDone || this.#working || this.#full) return;
    this.#reader.end(new Error("The connection ended before the request was complete."));
    this.#end();
  }

  /**
   * Says that no more comes, and goes on reading for a while what the client still sends: closing with unread bytes makes
   * TCP reset the connection, and the client might never see the response (RFC 9112 9.6).
   */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#since = this.#host.now();
    this.#socket.end();
    this.#socket.resume();
  }

  #closed(): void {
    this.#ended = true;
    this.#reader.end(new Error("The connection was lost before the request was complete."));
    this.#host.closed(this);
    const { onClose } = this;
    this.onClose = null;
    onClose?.();
  }
}

export const lingerMs = LINGER_MS;
