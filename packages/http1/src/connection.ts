/**
 * One connection: bytes in through a RequestReader, responses out in the order of the requests.
 *
 *     socket -> arrive -> turn -> takeBytes -> reader -> request(head, content) -> handler -> send(text) ... -> one write
 *
 * What arrives waits for the end of the turn (turn.ts). Responses made in one turn go out in one write. Between `request` returning false and
 * `done`, no other request is looked at; the socket is still read from, since otherwise nobody would notice that the client
 * has gone.
 *
 * Invariants: what was sent for one request never comes after what was sent for a later one; a client that does not read
 * its responses is not read from, so that what waits for it is bounded by BACKLOG_MAX and one response; once ended, nothing
 * is sent any more.
 */
import type { Socket } from "node:net";
import type { ContentSink } from "./content.js";
import { HttpRequestError } from "./errors.js";
import type { ConnectionHost } from "./handler.js";
import { Outbox } from "./outbox.js";
import { type Receiver, RequestReader } from "./reader.js";
import { continueResponse, refusalOf } from "./refusal.js";
import type { RequestHead } from "./request.js";
import type { Timeouts } from "./timeouts.js";
import type { TurnMember } from "./turn.js";

/** Bytes that may be gathered before the next request is looked at. */
const BACKLOG_MAX = 256 * 1_024;
/** Bytes of later requests that are read while one is worked on. */
const AHEAD_MAX = 16 * 1_024;
/** Content of a request that was answered before it came is read and dropped up to this length; else the connection ends. */
const DROPPED_MAX = 64 * 1_024;
/**
 * How long a client may go on sending after its last response: closing at once would make TCP reset the connection, and the
 * client might never see the response (RFC 9112 9.6). Without a byte, and in all.
 */
const LINGER_MS = 2_000;
const LINGER_ALL_MS = 30_000;

/** What the connection is at, for timeouts and reports. */
export type Phase = "idle" | "reading" | "working" | "writing" | "lingering";

export class Connection implements Receiver, TurnMember {
  /** For the handler to keep what it knows of the connection. */
  context: unknown = null;
  /** Told once, when the connection is gone: whoever sends over it at length stops then. */
  onClose: (() => void) | null = null;
  /**
   * Told when the answer that is being worked on should come to its end: the server stops, or the client has sent all it
   * will and may be gone. For answers that wait for something, or have no end of their own.
   */
  onEnding: (() => void) | null = null;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  readonly #outbox: Outbox;
  /** The request at hand is being worked on after its handler returned. */
  #working = false;
  /** No request is looked at until the client has taken what was sent. */
  #full = false;
  /** After the response at hand nothing more is said. */
  #last = false;
  /** The request at hand is being answered before its content came, and it was not asked yet whether that ends it. */
  #isEarly = false;
  #ended = false;
  #endedAt = 0;
  /** What was gathered goes out at the end of the turn. */
  #inTurn = false;
  /** Pieces that arrived and were not looked at yet. */
  #unread = 0;
  /** The client sends no more. */
  #peerDone = false;
  /** When the phase that it is in began, or last made progress. */
  #since: number;
  #arrivedAt: number;
  #requests = 0;
  #onDrain: (() => void) | null = null;

  /** `isPlain`: nothing stands between the socket and what is sent, as TLS does. */
  constructor(socket: Socket, host: ConnectionHost, isPlain: boolean) {
    this.#socket = socket;
    this.#host = host;
    this.#since = host.now();
    this.#arrivedAt = this.#since;
    this.#reader = new RequestReader(this, host.limits);
    this.#outbox = new Outbox(socket, isPlain, () => this.#drained());
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

  /** Bytes that were sent and that the system has not taken yet. */
  get backlog(): number {
    return this.#outbox.backlog;
  }

  /** Told once, when the system has taken what was sent: for answers in parts whose `backlog` has grown. Soon, if it has. */
  set onDrain(listener: (() => void) | null) {
    this.#onDrain = listener;
    this.flush();
    if (listener !== null && !this.#outbox.isWaiting) setImmediate(() => this.#tellDrained());
  }

  get onDrain(): (() => void) | null {
    return this.#onDrain;
  }

  get phase(): Phase {
    if (this.#working) return "working";
    if (this.#outbox.unsent > 0) return "writing";
    if (this.#ended) return "lingering";
    return this.#reader.amid || this.#unread > 0 ? "reading" : "idle";
  }

  /** Sends a response, or a part of one. Each character is a byte (Latin-1). Goes out when the handler returns, or by `flush`. */
  send(text: string): void {
    this.#outbox.add(text);
  }

  /** Sends a response whose body is bytes. `head` ends with its empty line. The bytes must not change until they are sent. */
  sendBytes(head: string, body: Buffer): void {
    this.#outbox.addBytes(head, body);
  }

  /** What was sent so far goes out now: for responses that come in parts. */
  flush(): void {
    this.#outbox.flush();
  }

  /** The response to a request whose handler returned false is complete. */
  done(): void {
    if (!this.#working) return;
    this.#working = false;
    this.onEnding = null;
    this.#goOn();
  }

  /** Closes after the response at hand: its head should say `connection: close`. */
  closeAfterResponse(): void {
    this.#last = true;
  }

  /** Whether the response at hand is the last one, so that its head has to say `connection: close`. */
  closesAfter(head: RequestHead): boolean {
    if (!head.keepAlive || this.#host.draining || this.#requests >= this.#host.requestsMax) this.#last = true;
    if (this.#isEarly) {
      this.#isEarly = false;
      // Who waits for 100 Continue may send the content or not (RFC 9110 10.1.1): where the next request begins is unknown.
      if (head.expectsContinue || head.contentLength < 0 || head.contentLength > DROPPED_MAX)
        this.#last = true;
    }
    return this.#last;
  }

  /** The `connection` field line that the response at hand needs, or nothing. Asks `closesAfter`. */
  connectionLine(head: RequestHead): string {
    if (this.closesAfter(head)) return "connection: close\r\n";
    // RFC 9112 9.3: clients of HTTP/1.0 keep a connection only if they are told so.
    return head.minorVersion === 0 ? "connection: keep-alive\r\n" : "";
  }

  /** Ends it now, whatever it is at. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Called by the server: so many bytes arrived in the turn's room. */
  arrive(length: number): void {
    this.#unread++;
    this.#host.turn.arrive(this, length);
  }

  /** Called by the server: these bytes arrived. They are only lent for the call. */
  onBytes(bytes: Buffer): void {
    this.#unread++;
    this.takeBytes(bytes, 0, bytes.length);
  }

  /** Called by the turn, with what arrived. */
  takeBytes(bytes: Buffer, start: number, end: number): void {
    this.#unread--;
    const now = this.#host.turn.begin();
    if (this.#ended) {
      this.#since = now;
      return;
    }
    this.#arrivedAt = now;
    if (!this.#reader.amid) this.#since = now;
    this.#reader.push(bytes, start, end);
    if (this.#last || this.#full) this.#settle();
    else this.#gather();
    if (this.#reader.held > AHEAD_MAX && this.#reader.paused) this.#socket.pause();
    if (this.#peerDone) this.#peerEnded();
  }

  /** Called by the turn, at its end or before. */
  endTurn(): void {
    this.#inTurn = false;
    this.#outbox.flush();
  }

  /** Called by the server, which stops: an idle connection ends, another one after its response. */
  drain(): void {
    this.#last = true;
    if (this.#working) this.onEnding?.();
    else if (!this.#reader.amid && !this.#full && this.#unread === 0) this.#end();
  }

  /** Called by the server now and then: ends what takes longer than it may. */
  check(now: number, { headMs, requestMs, idleMs, writeMs }: Timeouts): void {
    const stalledMs = this.#outbox.stalledMs(now);
    const age = now - this.#since;
    switch (this.phase) {
      case "idle":
        if (age > idleMs) this.#socket.destroy();
        break;
      case "reading":
        if (age > (this.#reader.amidContent ? requestMs : headMs)) this.#timeOut();
        break;
      case "lingering":
        if (age > LINGER_MS || now - this.#endedAt > LINGER_ALL_MS) this.#socket.destroy();
        break;
      default:
        if (stalledMs > writeMs) this.#socket.destroy();
        if (!this.#reader.amid) this.#since = now;
    }
  }

  /** Receiver: called by the reader. */
  content(head: RequestHead): number | ContentSink | "drop" | "stop" {
    const { handler, contentMax } = this.#host;
    this.#requests++;
    this.#isEarly = true;
    const where = handler.content === undefined ? contentMax : handler.content(head, this);
    if (where === null) {
      // Who did not ask whether it was the last response cannot have said that it is not.
      if (this.#isEarly) this.#last = true;
      return this.#last ? "stop" : "drop";
    }
    this.#isEarly = false;
    const tooLarge = typeof where === "number" && head.contentLength > where;
    if (head.expectsContinue && !tooLarge) {
      this.send(continueResponse);
      this.flush();
    }
    return where;
  }

  /** Receiver: called by the reader. */
  request(head: RequestHead, content: Buffer): boolean {
    if (!head.hasBody) this.#requests++;
    if (!head.keepAlive || this.#requests >= this.#host.requestsMax) this.#last = true;
    this.#since = this.#arrivedAt;
    this.#working = true;
    if (this.#host.handler.request(head, content, this)) this.#working = false;
    return !this.#working && this.#takesMore();
  }

  /** Receiver: called by the reader. */
  dropped(): boolean {
    return this.#takesMore();
  }

  /** Receiver: called by the reader. */
  refuse(error: HttpRequestError): void {
    this.send(refusalOf(error, this.#reader.method, this, this.#host));
    this.#last = true;
  }

  /** Receiver: called by the reader. */
  broken(): void {
    this.#socket.destroy();
  }

  #takesMore(): boolean {
    if (this.#last) return false;
    this.#full = this.#outbox.gathered > BACKLOG_MAX || this.#outbox.isWaiting;
    return !this.#full;
  }

  #gather(): void {
    if (this.#inTurn || this.#outbox.gathered === 0) return;
    this.#inTurn = true;
    this.#host.turn.add(this, this.#outbox.gathered);
  }

  #timeOut(): void {
    if (this.#reader.dropping) this.#socket.destroy();
    else {
      const error = new HttpRequestError("TIMEOUT");
      this.refuse(error);
      this.#reader.end(error);
      this.#settle();
    }
  }

  /** Once everything that was read is answered, or waits: what was sent goes out, and it is seen what comes next. */
  #settle(): void {
    this.#outbox.flush();
    if (this.#working) return;
    if (this.#last && !this.#reader.amid) this.#end();
    else if (this.#full) this.#wait();
  }

  /** For the client to take what was sent; the system may have taken it already. */
  #wait(): void {
    this.#full = this.#outbox.isWaiting;
    if (this.#full) this.#socket.pause();
    else if (this.#reader.paused) setImmediate(() => this.#goOn());
  }

  /** After `done`, or when the client has taken what was sent: the next request is looked at. */
  #goOn(): void {
    if (this.#ended) return;
    if (!this.#working && !this.#full && !this.#last) this.#reader.resume();
    this.#since = this.#host.now();
    this.#settle();
    if (this.#ended || this.#full) return;
    if (this.#reader.held <= AHEAD_MAX) this.#socket.resume();
    this.#endWithPeer();
  }

  #drained(): void {
    this.#tellDrained();
    if (!this.#full) return;
    this.#full = false;
    this.#goOn();
  }

  #tellDrained(): void {
    const listener = this.#onDrain;
    this.#onDrain = null;
    listener?.();
  }

  /** The client has sent all it will; it may still read the responses to what it sent. */
  #peerEnded(): void {
    this.#peerDone = true;
    if (this.#unread > 0) return;
    if (this.#working) this.onEnding?.();
    this.#endWithPeer();
  }

  #endWithPeer(): void {
    if (!this.#peerDone || this.#unread > 0 || this.#working || this.#full || this.#reader.paused) return;
    this.#reader.end(new Error("The connection ended before the request was complete."));
    this.#end();
  }

  /** Says that no more comes, and goes on reading for a while what the client still sends. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lingerFrom(this.#host.now());
    this.#reader.end(new Error("The connection was closed before the request was complete."));
    this.#outbox.end(() => this.#lingerFrom(this.#host.now()));
    this.#socket.resume();
  }

  #lingerFrom(now: number): void {
    this.#since = now;
    this.#endedAt = now;
  }

  #closed(): void {
    this.#ended = true;
    this.#outbox.close();
    this.#reader.end(new Error("The connection was lost before the request was complete."));
    this.#host.closed(this);
    const { onClose } = this;
    this.onClose = null;
    this.onEnding = null;
    this.#onDrain = null;
    onClose?.();
  }
}
