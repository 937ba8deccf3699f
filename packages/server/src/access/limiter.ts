/**
 * Rate limits that all workers share: the generic cell rate algorithm (GCRA, ITU-T I.371), one number a token.
 *
 * The number is the time at which the token would be due if its requests had come evenly (its theoretical arrival time).
 * Each request moves it on by 1/rate; one that finds it more than a second's worth ahead of now is refused. So a token
 * may send a second's worth at once after a pause, and `rate` a second in the long run; no timer refills anything, and
 * a refusal costs the token nothing.
 *
 *     slots: | nanoseconds of slot 0 | of slot 1 | ...        BigInt64, since only whole numbers can be exchanged atomically
 *
 * Two workers that see the same number both try to move it; the one that comes second looks again. 60 ns a request, and
 * only where there is a limit.
 */
import { HOLDERS_MAX } from "./tokens.js";

/** How far a token may be ahead of its rate. */
const BURST_NS = 1_000_000_000n;

/** Made by the supervisor, handed to each worker. Its numbers outlive workers and reloads of the tokens. */
export function createLimits(): SharedArrayBuffer {
  return new SharedArrayBuffer(HOLDERS_MAX * BigInt64Array.BYTES_PER_ELEMENT);
}

export class Limiter {
  readonly #dueAt: BigInt64Array;
  readonly #now: () => number;

  /** @param now milliseconds, of one clock for all threads */
  constructor(limits: SharedArrayBuffer, now: () => number) {
    this.#dueAt = new BigInt64Array(limits);
    this.#now = now;
  }

  /**
   * Takes one request of the allowance, or none.
   *
   * @returns 0, or the milliseconds until there will be one
   */
  take(slot: number, intervalNs: bigint): number {
    const now = BigInt(Math.floor(this.#now() * 1e6));
    const latest = now + BURST_NS - intervalNs;
    for (;;) {
      const seen = Atomics.load(this.#dueAt, slot);
      const due = seen > now ? seen : now;
      if (due > latest) return Number(due - latest) / 1e6;
      if (Atomics.compareExchange(this.#dueAt, slot, seen, due + intervalNs) === seen) return 0;
    }
  }
}

/** Time between two requests at this rate. Rounded down: rounded up, a second would have room for one less. */
export function intervalNs(perSecond: number): bigint {
  return BigInt(Math.floor(1e9 / perSecond));
}
