/**
 * Lines of a thread on their way to a stream that all threads of the process share (the standard output).
 *
 * Every thread writes by itself: nothing has to pass another thread that may be busy, hung or gone. So that lines of two
 * threads never mix, only whole lines are written, together at most 4,096 bytes at a time: POSIX promises that a pipe
 * takes so much in one piece (PIPE_BUF), and files are written under a lock. A longer line goes alone; it could be torn
 * only by a pipe that is just then full.
 *
 * A reader that is slow must not stop the server: what a pipe does not take waits, up to a bound; beyond it lines
 * are dropped and counted, and the count is the first thing said when the pipe takes something again.
 */
import { writeSync } from "node:fs";

/** POSIX's PIPE_BUF on Linux; nowhere less than 512. */
const CHUNK_BYTES = 4_096;
/** Lines that nobody is in a hurry for are gathered for so long. */
const GATHER_MS = 50;
/** What may wait for a slow reader. */
const WAITING_BYTES_MAX = 2 ** 20;
/** How long the end of the thread waits for a slow reader, and how often it looks. */
const END_WAITS = 100;
const END_WAIT_MS = 10;

/** Takes bytes, as `fs.writeSync` does, and says how many it took. */
export type Write = (bytes: Buffer) => number;

export class LineWriter {
  readonly #write: Write;
  /** What is said of lines that were dropped. */
  readonly #aboutLost: (lines: number) => string;
  #gathered: string[] = [];
  #gatheredBytes = 0;
  /** What the stream did not take, the oldest first. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: Write, aboutLost: (lines: number) => string) {
    this.#write = write;
    this.#aboutLost = aboutLost;
  }

  /** Takes a line with its end. Written within 50 ms; at once if it is urgent, with all that came before it. */
  line(line: string, urgent: boolean): void {
    const bytes = Buffer.byteLength(line);
    if (this.#gatheredBytes + bytes > CHUNK_BYTES) this.#close();
    this.#gathered.push(line);
    this.#gatheredBytes += bytes;
    if (urgent) this.flush();
    else this.#later();
  }

  /** Writes as much as the stream takes now. */
  flush(): void {
    this.#close();
    try {
      while (this.#waiting.length > 0) this.#writeFirst();
      if (this.#lost > 0) this.#tellLost();
    } catch (error) {
      this.#failed(error);
    }
    if (this.#waiting.length > 0) this.#later();
  }

  /** Before the thread ends: waits a while for a slow reader. */
  end(): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    this.flush();
    for (let wait = 0; wait < END_WAITS && this.#waiting.length > 0; wait++) {
      Atomics.wait(clock, 0, 0, END_WAIT_MS);
      this.flush();
    }
    clearTimeout(this.#timer);
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, GATHER_MS).unref();
  }

  /** What was gathered becomes a chunk, if there is room. */
  #close(): void {
    if (this.#gathered.length === 0) return;
    if (this.#waitingBytes + this.#gatheredBytes > WAITING_BYTES_MAX) this.#lost += this.#gathered.length;
    else {
      this.#waiting.push(Buffer.from(this.#gathered.join("")));
      this.#waitingBytes += this.#gatheredBytes;
    }
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  #writeFirst(): void {
    const [chunk] = this.#waiting;
    const taken = this.#write(chunk);
    this.#waitingBytes -= taken;
    if (taken < chunk.length) this.#waiting[0] = chunk.subarray(taken);
    else this.#waiting.shift();
  }

  #tellLost(): void {
    const line = this.#aboutLost(this.#lost);
    this.#lost = 0;
    this.line(line, true);
  }

  /** A full pipe is waited for. A stream that is gone, or a full disk, costs the chunk: there is nobody to tell. */
  #failed(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return;
    const [chunk] = this.#waiting.splice(0, 1);
    this.#waitingBytes -= chunk.length;
    this.#lost += chunk.toString().split("\n").length - 1;
  }
}

/** Writes to an open file: 1 is the standard output. */
export function writeTo(fd: number): Write {
  return (bytes) => writeSync(fd, bytes);
}
