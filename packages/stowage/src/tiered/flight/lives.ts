/**
 * The lives of what this process holds in L1 and may renew before it expires. L1 knows for how long it may hold an entry, which can be
 * shorter; when the entry itself expires, what it was given, and how long its loader took, wherever that ran, stand here.
 * What is out of date here, since the entry was written since, makes a flight look at L2 in vain, which puts it right.
 */
import type { Life } from "../../cache/services/loading.js";

/** The oldest goes; then L1's own knowledge has to do. */
const KEYS_MAX = 10_000;

/** Of L1, which reads the system's clock but once for many. */
interface Time {
  now(): number;
}

interface Known {
  readonly expiresAt: number;
  readonly ttlMs: number;
  readonly costMs: number;
}

export class Lives {
  readonly #time: Time;
  readonly #known = new Map<string, Known>();

  constructor(time: Time) {
    this.#time = time;
  }

  stored(key: string, { leftMs, ttlMs, costMs }: Life): void {
    this.#known.delete(key);
    if (this.#known.size >= KEYS_MAX) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, { expiresAt: this.#time.now() + leftMs, ttlMs, costMs });
  }

  of(key: string): Life | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    const { expiresAt, ttlMs, costMs } = known;
    const leftMs = expiresAt - this.#time.now();
    if (leftMs > 0) return { leftMs, ttlMs, costMs };
    this.#known.delete(key);
    return undefined;
  }
}
