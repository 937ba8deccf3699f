/**
 * Writes of one key go to L2 one after another, in the order in which they were asked for: two of them on two connections, or one
 * that is compressed and one that is not, could overtake each other, and L2 would end with the older value. Writes of different keys
 * do not wait for each other.
 */

export class Lanes {
  /** The last write of each key, as long as it is under way. */
  readonly #last = new Map<string, Promise<unknown>>();

  get size(): number {
    return this.#last.size;
  }

  /** Runs at once where no write of these keys is under way. */
  run<T>(keys: readonly string[], write: () => Promise<T>): Promise<T> {
    const before: Promise<unknown>[] = [];
    for (const key of keys) {
      const last = this.#last.get(key);
      if (last !== undefined) before.push(last);
    }
    const done = before.length === 0 ? write() : Promise.all(before).then(write);
    // Whoever comes after waits for the end, however it ends.
    const ended = done.then(ignore, ignore);
    for (const key of keys) this.#last.set(key, ended);
    void ended.then(() => {
      for (const key of keys) if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    return done;
  }
}

function ignore(): void {
  // How it ended is its caller's business.
}
