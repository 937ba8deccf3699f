/**
 * Who may run a transaction now: those that share a key run one after another, in the order asked; one without keys runs
 * alone. A queue per key, as a chain of promises: each transaction waits for the last one asked for each of its keys, all
 * at once and in one step, so that no two can wait for each other.
 */
import { ClosedError } from "../../base/errors.js";

export class Locks<K> {
  readonly #last = new Map<K, Promise<void>>();
  readonly #running = new Set<Promise<void>>();
  /** The last transaction without keys: whoever asks after it waits for it. */
  #alone: Promise<void> | null = null;

  #refuse!: (reason: unknown) => void;
  /** Rejects when the cache is closed. */
  readonly #closed = new Promise<never>((_, reject) => {
    this.#refuse = reject;
  });

  constructor() {
    // Nobody may be waiting.
    this.#closed.catch(() => {});
  }

  /** Whoever waits is refused; who runs finds out for himself. */
  close(): void {
    this.#refuse(new ClosedError("transaction"));
  }

  /** Transactions that run or wait. */
  get size(): number {
    return this.#running.size;
  }

  /** Resolves to the function that lets the next ones run. */
  async acquire(keys: readonly K[]): Promise<() => void> {
    const before = this.#before(keys);
    let release!: () => void;
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#enter(keys, done);
    const leave = (): void => {
      this.#leave(keys, done);
      release();
    };
    try {
      await Promise.race([Promise.all(before), this.#closed]);
    } catch (closed) {
      leave();
      throw closed;
    }
    return leave;
  }

  #before(keys: readonly K[]): Promise<void>[] {
    if (keys.length === 0) return [...this.#running];
    const before = keys.map((key) => this.#last.get(key)).filter((last) => last !== undefined);
    return this.#alone === null ? before : [...before, this.#alone];
  }

  #enter(keys: readonly K[], done: Promise<void>): void {
    this.#running.add(done);
    if (keys.length === 0) this.#alone = done;
    for (const key of keys) this.#last.set(key, done);
  }

  #leave(keys: readonly K[], done: Promise<void>): void {
    this.#running.delete(done);
    if (this.#alone === done) this.#alone = null;
    for (const key of keys) if (this.#last.get(key) === done) this.#last.delete(key);
  }
}
