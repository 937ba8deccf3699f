/**
 * One direction of a connection through a fault proxy: what comes from `source` goes to `sink`, in order, and what the
 * proxy's weather does to it on the way.
 */
import type net from "node:net";

/** What the network does at the moment. The proxy changes it, the lanes look at it at each step. */
export interface Weather {
  /** Milliseconds that each piece is late; asked for each one. */
  delayMs: () => number;
  /** Pieces are cut to this many bytes at most, and each is sent by itself. */
  pieceMax: number;
  /** Nothing moves; it comes later. */
  stalled: boolean;
}

interface Piece {
  /** null: the source has ended. */
  readonly bytes: Buffer | null;
  readonly dueMs: number;
}

export class Lane {
  /** What comes is lost from now on, its end too: the other side is there no more, and nobody says so. */
  isDead = false;
  /** Bytes that may still come through before the connection is cut. */
  bytesLeft = Number.POSITIVE_INFINITY;
  /** Bytes that came through. */
  moved = 0;
  #queue: Piece[] = [];
  #lastDueMs = 0;
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  readonly #source: net.Socket;
  readonly #sink: net.Socket;
  readonly #weather: Weather;
  readonly #cut: () => void;

  /** @param cut ends the whole connection, when `bytesLeft` are used up */
  constructor(source: net.Socket, sink: net.Socket, weather: Weather, cut: () => void) {
    this.#source = source;
    this.#sink = sink;
    this.#weather = weather;
    this.#cut = cut;
    source.on("data", (bytes) => this.#enqueue(bytes));
    source.on("end", () => this.#enqueue(null));
    sink.on("drain", () => source.resume());
  }

  /** Moves what is due. Called again when the weather has changed. */
  pump(): void {
    this.#clearTimer();
    while (this.#queue.length > 0 && !this.#weather.stalled && !this.isDead) {
      const waitMs = this.#queue[0].dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      this.#move((this.#queue.shift() as Piece).bytes);
      if (this.#weather.pieceMax < Number.POSITIVE_INFINITY && this.#queue.length > 0) {
        this.#timer = setImmediate(() => this.pump());
        return;
      }
    }
  }

  /** What has not been sent is dropped. */
  stop(): void {
    this.isDead = true;
    this.#queue = [];
    this.#clearTimer();
  }

  #enqueue(bytes: Buffer | null): void {
    if (this.isDead) return;
    const dueMs = Math.max(this.#lastDueMs, performance.now() + this.#weather.delayMs());
    this.#lastDueMs = dueMs;
    if (bytes === null) this.#queue.push({ bytes, dueMs });
    else {
      const size = Math.min(this.#weather.pieceMax, bytes.length);
      for (let at = 0; at < bytes.length; at += size)
        this.#queue.push({ bytes: bytes.subarray(at, at + size), dueMs });
    }
    this.pump();
  }

  #move(bytes: Buffer | null): void {
    if (this.#sink.destroyed) return;
    if (bytes === null) {
      this.#sink.end();
      return;
    }
    const allowed = bytes.subarray(0, this.bytesLeft);
    this.bytesLeft -= allowed.length;
    this.moved += allowed.length;
    if (allowed.length > 0 && !this.#sink.write(allowed)) this.#source.pause();
    if (this.bytesLeft === 0) this.#cut();
  }

  #clearTimer(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
    this.#timer = undefined;
  }
}
