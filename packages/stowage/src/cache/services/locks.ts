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

  /** How to refuse those that wait. */
  readonly #waiting = new Set<(reason: unknown) => void>();

  /** Whoever waits is refused; who runs finds out for himself. */
  close(): void {
    for (const refuse of this.#waiting) refuse(new ClosedError("transaction"));
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
    if (before.length > 0) await this.#turn(before, leave);
    return leave;
  }

  /** Waits until all before have ended; refused meanwhile, it gives its own place up. */
  #turn(before: readonly Promise<void>[], leave: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (reason: unknown): void => {
        leave();
        reject(reason);
      };
      this.#waiting.add(refuse);
      Promise.all(before).then(() => {
        this.#waiting.delete(refuse);
        resolve();
      });
    });
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
