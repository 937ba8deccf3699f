/** At most so many at one time; the others wait in their order. */
import { onAbort } from "../../base/on-abort.js";
import { TransportError } from "./transport.js";

interface Waiting {
  go: () => void;
  fail: (error: unknown) => void;
}

export class Slots {
  #free: number;
  readonly #waiting = new Set<Waiting>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Undefined: there is one at once. Whoever got one gives it back. @throws the signal's reason, if it aborts before */
  take(signal: AbortSignal): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting);
        unlink();
      };
      const waiting: Waiting = {
        go: () => {
          settle();
          resolve();
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const unlink = onAbort(signal, () => waiting.fail(signal.reason));
      this.#waiting.add(waiting);
    });
  }

  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next.go();
  }

  /** Who waits waits in vain. */
  close(): void {
    for (const { fail } of [...this.#waiting]) fail(new TransportError("the transport was closed", true));
  }
}
