/** A request that waits for a key: until something happens to it, its time is up, its client goes or the server stops. */
import type { WorkerContext } from "../../context.js";
import type { KeyWaiters } from "../../feed/key-waiters.js";
import type { Exchange } from "../../http/exchange.js";

export class Patience implements Disposable {
  readonly #exchange: Exchange;
  readonly #waiters: KeyWaiters;
  readonly #key: Buffer;
  readonly #timer: NodeJS.Timeout;
  #stop: () => void = () => undefined;
  /** Something happened that nobody has waited for yet. */
  #isRung = false;
  #wake: (() => void) | undefined;
  #isOver = false;
  #isGone = false;

  /** Hears of the key from now on. */
  constructor(exchange: Exchange, context: WorkerContext, key: string, waitMs: number) {
    this.#exchange = exchange;
    this.#waiters = context.feed.waiters;
    this.#key = Buffer.from(key, "utf8");
    if (waitMs > 0) this.#listen();
    this.#timer = setTimeout(() => this.#end(false), waitMs);
    const { connection } = exchange;
    connection.onClose = () => this.#end(true);
    connection.onEnding = () => this.#end(true);
  }

  /** The time is up, or nobody waits any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The client has gone, or the server stops. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Resolves when something has happened since the last call. What happens from then on, the next call tells. */
  async changed(): Promise<void> {
    if (!this.#isRung && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isRung = false;
    if (!this.#isOver) this.#listen();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#stop();
    const { connection } = this.#exchange;
    connection.onClose = null;
    connection.onEnding = null;
  }

  /** Those behind it are told too: whether its own wait is over, only L2 knows. */
  #listen(): void {
    this.#stop();
    this.#stop = this.#waiters.add(this.#key, () => {
      this.#ring();
      return true;
    });
  }

  #end(isGone: boolean): void {
    this.#isOver = true;
    this.#isGone ||= isGone;
    this.#ring();
  }

  #ring(): void {
    this.#isRung = true;
    this.#wake?.();
    this.#wake = undefined;
  }
}
