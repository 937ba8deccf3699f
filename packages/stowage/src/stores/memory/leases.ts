/**
 * Who may fill which key, and until when. Leases that are over leave when they are met; and since a loader that died never
 * comes back for its own, all that are over leave whenever there are twice as many as there were after the last time.
 */
import type { Clock } from "../../base/clock.js";

interface Lease {
  readonly token: string;
  readonly dueMs: number;
}

const SWEEP_MIN = 1_000;

export class Leases {
  readonly #clock: Clock;
  readonly #all = new Map<string, Lease>();
  #tokens = 0;
  #sweepAt = SWEEP_MIN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#all.size;
  }

  /** For how long somebody still has it; 0: nobody has. */
  leftMs(key: string): number {
    const lease = this.#all.get(key);
    if (lease === undefined) return 0;
    const leftMs = lease.dueMs - this.#clock.now();
    if (leftMs > 0) return leftMs;
    this.#all.delete(key);
    return 0;
  }

  grant(key: string, ttlMs: number): string {
    const token = `${++this.#tokens}`;
    this.#all.set(key, { token, dueMs: this.#clock.now() + ttlMs });
    if (this.#all.size >= this.#sweepAt) this.#sweep();
    return token;
  }

  /** Ends the lease if it is this one; false: it is over. */
  take(key: string, token: string): boolean {
    return this.leftMs(key) > 0 && this.#all.get(key)?.token === token && this.#all.delete(key);
  }

  end(key: string): void {
    this.#all.delete(key);
  }

  clear(prefix: string): void {
    for (const key of this.#all.keys()) if (key.startsWith(prefix)) this.#all.delete(key);
  }

  #sweep(): void {
    for (const key of this.#all.keys()) this.leftMs(key);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#all.size * 2);
  }
}
