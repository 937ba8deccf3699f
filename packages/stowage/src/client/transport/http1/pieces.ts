/** Text that comes in pieces, for one who takes them one after the other. */

/** Characters that wait to be taken before no more are read. */
const WAITING_MAX = 1024 * 1024;

export interface PiecesSource {
  pause(): void;
  resume(): void;
  /** Nobody takes any more. */
  close(): void;
}

type Taker = { resolve: (result: IteratorResult<string>) => void; reject: (error: unknown) => void };

export class Pieces implements AsyncIterableIterator<string> {
  readonly #source: PiecesSource;
  #queue: string[] = [];
  #waiting = 0;
  #taker: Taker | null = null;
  #isOver = false;
  #error: unknown;

  constructor(source: PiecesSource) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(text: string): void {
    if (this.#isOver || text === "") return;
    if (this.#taker !== null) {
      this.#take().resolve({ value: text, done: false });
      return;
    }
    this.#queue.push(text);
    this.#waiting += text.length;
    if (this.#waiting > WAITING_MAX) this.#source.pause();
  }

  /** What has come is still taken. @param error thrown after it */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    if (this.#taker === null) return;
    if (error === undefined) this.#take().resolve({ value: undefined, done: true });
    else this.#rejectOnce(this.#take());
  }

  next(): Promise<IteratorResult<string>> {
    const text = this.#queue.shift();
    if (text !== undefined) {
      const wasFull = this.#waiting > WAITING_MAX;
      this.#waiting -= text.length;
      if (wasFull && this.#waiting <= WAITING_MAX && !this.#isOver) this.#source.resume();
      return Promise.resolve({ value: text, done: false });
    }
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) this.#rejectOnce({ resolve, reject });
      else if (this.#isOver) resolve({ value: undefined, done: true });
      else this.#taker = { resolve, reject };
    });
  }

  /** The loop over it was left. */
  return(): Promise<IteratorResult<string>> {
    this.discard();
    this.#source.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** What has come is dropped; the loop ends. */
  discard(): void {
    this.#queue = [];
    this.#waiting = 0;
    this.end();
    this.#error = undefined;
  }

  #rejectOnce({ reject }: Taker): void {
    reject(this.#error);
    this.#error = undefined;
  }

  #take(): Taker {
    const taker = this.#taker as Taker;
    this.#taker = null;
    return taker;
  }
}
