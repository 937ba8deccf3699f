/** One after the other: a connection of PostgreSQL answers one query at a time, and pg will not queue them from its version 9 on. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();

  /** Begun when all that came before have ended, one way or the other. */
  run<T>(begin: () => Promise<T>): Promise<T> {
    const own = this.#last.then(begin, begin);
    this.#last = own.catch(() => undefined);
    return own;
  }
}
