/** A source of values whose loads a scene answers when it likes. */
import { type Deferred, deferred } from "stowage/testing";

export interface SourceLoad extends Deferred<unknown> {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly stale: unknown;
}

export class Source {
  readonly loads: SourceLoad[] = [];
  /** At one time, of one key. */
  most = 0;
  readonly #running = new Map<string, number>();

  readonly load = (
    key: string,
    { signal, stale }: { signal: AbortSignal; stale: unknown },
  ): Promise<unknown> => {
    const gate = deferred<unknown>();
    this.loads.push({ ...gate, key, signal, stale });
    this.#count(key, 1);
    const end = (): void => this.#count(key, -1);
    // One that was told to stop counts as ended.
    signal.addEventListener("abort", end, { once: true });
    const over = (): void => {
      if (!signal.aborted) end();
      signal.removeEventListener("abort", end);
    };
    gate.promise.then(over, over);
    return gate.promise;
  };

  #count(key: string, by: number): void {
    const count = (this.#running.get(key) ?? 0) + by;
    this.#running.set(key, count);
    this.most = Math.max(this.most, count);
  }
}
