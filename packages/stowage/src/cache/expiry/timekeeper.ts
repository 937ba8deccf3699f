/**
 * What time it is, for expiry: exact, at a fraction of the cost of asking the system each time.
 *
 * Reading the system's clock costs 35 ns, more than the lookup itself. But an entry that has a minute left need not be
 * checked against the very millisecond: a reading of a moment ago will do, as long as less than that minute can have
 * passed since. So a reading is trusted for up to TRUSTED_READS further checks of entries with more than
 * FAR_MS left, and for TRUSTED_MS at most, after which a timer withdraws the trust. Entries with less left are always
 * checked against a fresh reading, and so is every deadline that a write sets.
 *
 * When can that be wrong? Only if FAR_MS pass within TRUSTED_MS, that is, if the event loop is blocked, timers and all,
 * for nine seconds, and the first read after that is one of an entry that expired meanwhile. Everything else is exact to
 * the millisecond, also for a caller who waits without returning to the event loop. A clock that the user passes is
 * simply asked every time.
 *
 * Times in the cache are milliseconds since the cache was made, plus one: always above 0, which means "none" in columns.
 */
import { type Clock, systemClock, type TimerHandle } from "../../base/clock.js";

export const FAR_MS = 10_000;
const TRUSTED_MS = 1_000;
const TRUSTED_READS = 128;

export class Timekeeper {
  readonly clock: Clock;
  readonly #origin: number;
  readonly #economical: boolean;
  /** The latest reading; the time is not earlier. */
  #last = 1;
  /** How many more checks may go by the last reading, of deadlines beyond `farFrom`. */
  #trusted = 0;
  #farFrom = Number.POSITIVE_INFINITY;
  #timer: TimerHandle | null = null;
  /** While a batch runs, its one reading. */
  #frozen = 0;

  /** `origin` is the clock's reading that is moment 0; a shared table's threads agree on one. */
  constructor(clock: Clock, economical = clock === systemClock, origin = clock.now() - 1) {
    this.clock = clock;
    this.#economical = economical;
    this.#origin = origin;
  }

  now(): number {
    if (this.#frozen !== 0) return this.#frozen;
    const now = this.clock.now() - this.#origin;
    // A clock that goes back (the interface forbids it, users' clocks may not know) must not revive anything.
    if (now > this.#last) this.#last = now;
    return this.#last;
  }

  /** Whether the deadline is certainly ahead, going by a reading that can be trusted; costs an addition. */
  isFar(deadline: number): boolean {
    return deadline > this.#farFrom && this.#trusted-- > 0;
  }

  /** Whether the deadline has been reached. */
  passed(deadline: number): boolean {
    if (deadline <= this.#last) return true;
    return !this.isFar(deadline) && this.#readAndCompare(deadline);
  }

  /** Runs `fn` with one reading for all of it. Nested batches share the outermost one's. */
  freeze<T>(fn: () => T): T {
    if (this.#frozen !== 0) return fn();
    this.#frozen = this.now();
    try {
      return fn();
    } finally {
      this.#frozen = 0;
    }
  }

  /** The moment on the calendar that a time of the cache stands for, in whole milliseconds since 1970. */
  toWall(time: number): number {
    return Math.round(this.clock.wall() + (time - this.now()));
  }

  close(): void {
    if (this.#timer !== null) this.clock.clearTimer(this.#timer);
    this.#timer = null;
    this.#trusted = 0;
  }

  #readAndCompare(deadline: number): boolean {
    const now = this.now();
    if (this.#economical && this.#frozen === 0) this.#trust();
    return now >= deadline;
  }

  #trust(): void {
    this.#trusted = TRUSTED_READS;
    this.#farFrom = this.#last + FAR_MS;
    this.#timer ??= this.clock.setTimer(() => {
      this.#timer = null;
      this.#trusted = 0;
    }, TRUSTED_MS);
  }
}
