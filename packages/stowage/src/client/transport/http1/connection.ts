/**
 * One connection to a server: one exchange at a time.
 *
 *     connecting --> busy <--> idle --> gone
 *
 * It is kept only after an answer that ended where it said, on a connection that both sides keep. Bytes that nobody asked
 * for end it. While it is idle it keeps no process alive.
 */
import type net from "node:net";
import type { Exchange } from "./exchange.js";
import { AnswerReader } from "./reader.js";

export interface ConnectionHost {
  /** An exchange has ended, and the connection takes the next. */
  idle(connection: Connection): void;
  /** The connection is no more. Its exchange has been failed. */
  gone(connection: Connection): void;
  /** An exchange failed as the connection had been closed by the other side while it was kept. */
  stale(): void;
}

/** Opens a socket; bytes go to `receive`, which says whether more may come now. */
export type OpenSocket = (receive: (bytes: Buffer, length: number) => boolean) => {
  readonly socket: net.Socket;
  /** The event that says it is ready. */
  readonly ready: "connect" | "secureConnect";
};

export class Connection {
  /** When it became idle, by the pool's clock. */
  idleSinceMs = 0;
  readonly #host: ConnectionHost;
  readonly #socket: net.Socket;
  readonly #reader: AnswerReader;
  #exchange: Exchange | null = null;
  #isReady = false;
  #isGone = false;
  #answers = 0;

  constructor(open: OpenSocket, bytesMax: number, host: ConnectionHost, exchange: Exchange) {
    this.#host = host;
    this.#reader = new AnswerReader(bytesMax);
    this.#exchange = exchange;
    const { socket, ready } = open((bytes, length) => this.#receive(bytes, length));
    this.#socket = socket;
    socket.once(ready, () => this.#ready());
    socket.on("error", (error) => this.#broken(error));
    socket.on("end", () => (this.#isReady ? this.#ended() : this.#broken()));
    socket.on("close", () => this.#broken());
  }

  /** For how long the other side keeps it, as far as it said. */
  get keepAliveMs(): number {
    return this.#reader.keepAliveMs;
  }

  get exchange(): Exchange | null {
    return this.#exchange;
  }

  /** @param exchange the next, on an idle connection */
  send(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#socket.ref();
    this.#write(exchange);
  }

  /** Ends it at once. Its exchange, if there is one, has to be failed by the caller. */
  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#exchange = null;
    this.#socket.destroy();
    this.#host.gone(this);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** From now on it keeps no process alive. */
  unref(): void {
    this.#socket.unref();
  }

  #ready(): void {
    this.#isReady = true;
    if (this.#exchange !== null) this.#write(this.#exchange);
  }

  #write(exchange: Exchange): void {
    this.#reader.begin(exchange.isHead, exchange);
    exchange.wasWritten = true;
    this.#socket.write(exchange.text.text, exchange.text.encoding);
  }

  #receive(bytes: Buffer, length: number): boolean {
    if (this.#isGone) return false;
    try {
      const wasExact = this.#reader.push(bytes, 0, length);
      this.#settled(wasExact);
    } catch (error) {
      this.#fail(`the answer is not valid HTTP: it has ${(error as Error).message}`, error);
    }
    return !this.#isGone;
  }

  /** After bytes were read: is the exchange over, and the connection good for the next one? */
  #settled(wasExact: boolean): void {
    const exchange = this.#exchange;
    if (!wasExact) this.destroy();
    else if (exchange?.isOver) this.#release();
  }

  #release(): void {
    this.#answers += 1;
    if (!this.#reader.keepAlive || this.#socket.writableLength > 0 || this.#socket.readableEnded) {
      this.destroy();
      return;
    }
    this.#exchange = null;
    this.#socket.unref();
    this.#host.idle(this);
  }

  /** The other side sends no more. */
  #ended(): void {
    if (this.#isGone) return;
    try {
      if (this.#exchange !== null) this.#reader.end();
      this.destroy();
    } catch (error) {
      this.#lost("the server closed the connection before its answer was complete", error);
    }
  }

  #broken(cause?: Error): void {
    if (this.#isGone) return;
    const reason = reasonOf(cause);
    this.#lost(this.#isReady ? `the connection broke: ${reason}` : `could not connect: ${reason}`, cause);
  }

  #lost(message: string, cause: unknown): void {
    const isStale = this.#answers > 0 && this.#exchange !== null && !this.#reader.hasBegun;
    if (isStale) this.#host.stale();
    this.#fail(message, cause, isStale);
  }

  #fail(message: string, cause: unknown, isStale = false): void {
    const exchange = this.#exchange;
    this.destroy();
    exchange?.failWith(message, { cause, isStale });
  }
}

/** Where several addresses of a name were tried, Node says nothing but that; each of them says why. */
function reasonOf(cause: Error | undefined): string {
  if (cause === undefined) return "it was closed";
  if (cause instanceof AggregateError && cause.message === "")
    return cause.errors.map((error) => (error as Error).message).join("; ");
  return cause.message;
}
