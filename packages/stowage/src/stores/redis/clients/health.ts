/**
 * What a client's events tell of its connection: whether it broke and is not back yet, and of what. A client that is connecting
 * for the first time has had no trouble.
 */

// biome-ignore lint/suspicious/noExplicitAny: events of libraries
type Listener = (...args: any[]) => void;

interface Emitter {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

const LOST = ["error", "close", "end"] as const;
const BACK = ["ready", "connect"] as const;

export class Health {
  readonly #emitter: Emitter;
  readonly #isReady: () => boolean;
  readonly #listeners = new Set<() => void>();
  #users = 0;
  #trouble: Error | undefined;

  constructor(emitter: Emitter, isReady: () => boolean) {
    this.#emitter = emitter;
    this.#isReady = isReady;
  }

  /** Listens, until each who called this has called `release`: there is one listener on a client, however many use it. */
  use(): void {
    if (this.#users++ > 0) return;
    for (const event of LOST) this.#emitter.on(event, this.#lost);
    for (const event of BACK) this.#emitter.on(event, this.#back);
  }

  /** Why there is no connection at the moment; undefined: none was lost. */
  get trouble(): Error | undefined {
    return this.#trouble;
  }

  /** Told of each change. @returns ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  release(): void {
    if (--this.#users > 0) return;
    this.#trouble = undefined;
    for (const event of LOST) this.#emitter.off(event, this.#lost);
    for (const event of BACK) this.#emitter.off(event, this.#back);
  }

  readonly #lost = (reason?: unknown): void => {
    // The error comes before the close, and says more.
    if (reason instanceof Error) this.#trouble = reason;
    else this.#trouble ??= new Error("the connection is closed");
    this.#tell();
  };

  readonly #back = (): void => {
    if (this.#isReady()) this.#trouble = undefined;
    this.#tell();
  };

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
