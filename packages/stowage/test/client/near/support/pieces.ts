/** Pieces of an answer as they come: an async iterable that a test feeds. */
export class Pieces implements AsyncIterable<string> {
  readonly #queue: string[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #error: unknown;

  push(piece: string): void {
    this.#queue.push(piece);
    this.#wake?.();
  }

  /** False: it had ended already. */
  end(): boolean {
    const was = this.#ended;
    this.#ended = true;
    this.#wake?.();
    return !was;
  }

  fail(error: unknown): void {
    this.#error = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    for (;;) {
      while (this.#queue.length > 0 && !this.#ended) yield this.#queue.shift() as string;
      if (this.#ended) return;
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
