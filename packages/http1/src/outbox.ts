/**
 * What is sent over one socket: text is gathered and goes out in one write, since a write is the dearest thing that a small
 * response needs; large bodies of bytes go out as they are.
 *
 * Invariant: text goes straight to the handle only while the socket's own stream has nothing to send, so that all arrives
 * in order: what libuv has been given, by either way, it writes in turn.
 */
import type { Socket } from "node:net";
import { directHandleOf, type Handle, isDirect, writeDirect } from "./direct-write.js";

/** Bodies up to this many bytes are sent as a string with their head: cheaper than two writes. */
const JOINED_MAX = 16 * 1_024;

export class Outbox {
  readonly #socket: Socket;
  readonly #handle: Handle | null;
  readonly #drained: () => void;
  #text = "";
  #closed = false;
  /** The socket's stream may have something to send. */
  #streaming = false;
  /** Bytes of a direct write that the system has not taken. */
  #waiting = 0;
  /** Bytes that the system had taken when that was last looked at, and when they became more. */
  #taken = -1;
  #takenAt = 0;

  /** `drained` is told when the system has taken what it had not at once. */
  constructor(socket: Socket, isPlain: boolean, drained: () => void) {
    this.#socket = socket;
    this.#handle = isPlain ? directHandleOf(socket) : null;
    this.#drained = drained;
    socket.on("drain", drained);
  }

  /** Bytes that the system has not taken yet. */
  get backlog(): number {
    return this.#text.length + this.unsent;
  }

  /** Those of them that were written. */
  get unsent(): number {
    return this.#waiting + this.#socket.writableLength;
  }

  /** Bytes that are gathered. */
  get gathered(): number {
    return this.#text.length;
  }

  /** The system will say when it has taken what was sent. */
  get isWaiting(): boolean {
    return this.#waiting > 0 || (this.#streaming && this.#socket.writableNeedDrain);
  }

  /** Each character is a byte (Latin-1). */
  add(text: string): void {
    if (!this.#closed) this.#text += text;
  }

  /** The bytes must not change until the system has taken them. */
  addBytes(head: string, body: Buffer): void {
    this.add(head);
    if (body.length <= JOINED_MAX) this.add(body.latin1Slice(0, body.length));
    else if (!this.#closed) {
      this.#socket.cork();
      if (this.#text !== "") this.#stream(this.#takeText());
      this.#stream(body);
      this.#socket.uncork();
    }
  }

  flush(): void {
    if (this.#text === "") return;
    const text = this.#takeText();
    if (this.#mayGoDirectly()) this.#writeDirect(this.#handle as Handle, text);
    else this.#stream(text);
  }

  /** Nothing more is sent after what was; `then` when the system has taken it all. */
  end(then: () => void): void {
    this.flush();
    this.#closed = true;
    this.#socket.end(then);
  }

  /** What waits is dropped, and whatever else comes. */
  close(): void {
    this.#closed = true;
    this.#text = "";
    this.#waiting = 0;
  }

  /** How long the system has taken nothing of what waits, as far as calls of this have seen it. 0 if nothing waits. */
  stalledMs(now: number): number {
    const taken = this.unsent === 0 ? -1 : takenOf(this.#socket);
    if (taken < 0 || taken !== this.#taken) this.#takenAt = now;
    this.#taken = taken;
    return now - this.#takenAt;
  }

  #takeText(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  #mayGoDirectly(): boolean {
    if (this.#handle === null || this.#waiting > 0 || !isDirect()) return false;
    if (this.#streaming) this.#streaming = this.#socket.writableLength > 0;
    return !this.#streaming;
  }

  #writeDirect(handle: Handle, text: string): void {
    const written = writeDirect(handle, text, this.#directDone);
    if (written === "failed") this.#socket.destroy();
    else if (written === "waits") this.#waiting = text.length;
  }

  readonly #directDone = (status: number): void => {
    if (this.#waiting === 0) return;
    this.#waiting = 0;
    if (status < 0) this.#socket.destroy();
    else if (!this.isWaiting) this.#drained();
  };

  #stream(piece: string | Buffer): void {
    this.#streaming = true;
    if (typeof piece === "string") this.#socket.write(piece, "latin1");
    else this.#socket.write(piece);
  }
}

/** Bytes of a large write count as they go, not when all of it has gone. */
function takenOf(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle: Handle | null };
  return handle === null ? -1 : handle.bytesWritten - handle.writeQueueSize;
}
