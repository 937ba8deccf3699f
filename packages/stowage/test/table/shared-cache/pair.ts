/** Two attachments to one cache in one thread, on one fake clock: whatever threads may do in turns, they do in the order that a test says. */
import { SharedCache, type SharedCacheOptions } from "stowage/table";
import { FakeClock, settle } from "stowage/testing";
import { onTestFinished } from "vitest";
import { type Deferred, deferred } from "../../../src/testing/deferred.js";

export class Pair {
  readonly clock = new FakeClock();
  readonly one: SharedCache<unknown>;
  readonly two: SharedCache<unknown>;
  /** The loads begun so far, in order. */
  readonly loads: Deferred<unknown>[] = [];
  /** A loader whose loads the test finishes. */
  readonly load = (): Promise<unknown> => {
    const load = deferred<unknown>();
    this.loads.push(load);
    return load.promise;
  };

  constructor(options: Partial<SharedCacheOptions<unknown>> = {}) {
    const { clock } = this;
    this.one = SharedCache.create<unknown>({ memory: "2mb", clock, ...options });
    const { hooks, onRemoval, onError, warmers } = options;
    this.two = SharedCache.attach<unknown>(this.one.handle, { clock, hooks, onRemoval, onError, warmers });
    onTestFinished(() => this.close());
  }

  /** Lets everything happen that needs no time; waking another waits for a turn of the loop or two. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await settle();
  }

  /** Lets a load end, and what follows from it happen. */
  async finish(index: number, value: unknown): Promise<void> {
    this.loads[index].resolve(value);
    await this.settle();
  }

  async fail(index: number, error: unknown): Promise<void> {
    this.loads[index].reject(error);
    await this.settle();
  }

  close(): void {
    if (!this.one.closed) this.one.verify();
    this.one.close();
    this.two.close();
  }
}
