/** One at a time for each key, in the order in which they came; different keys do not wait for each other. */
export class KeyQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Keys that have something under way. */
  get size(): number {
    return this.#last.size;
  }

  run<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(run);
    // What became of it is told to who asked; the next one only waits for its end.
    const ended: Promise<unknown> = result.then(
      () => this.#leave(key, ended),
      () => this.#leave(key, ended),
    );
    this.#last.set(key, ended);
    return result;
  }

  #leave(key: string, ended: Promise<unknown>): void {
    if (this.#last.get(key) === ended) this.#last.delete(key);
  }
}
