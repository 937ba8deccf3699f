/**
 * What L2 was not told: keys that were to be written or deleted, marks that were to be invalidated, and L2 did not take it, or
 * nobody knows. L2 may have an old value of these. So it is not believed about them until that is made good: the keys are
 * deleted there, the marks are invalidated. Whoever wants to read waits for that (`settle`), and it is tried from time to time.
 *
 * There are so many debts at most. Too many keys become one mark, that of their namespace; too many marks become the one that
 * every record bears. That costs values that were good, and no more memory.
 *
 * A debt that is made anew while it is being paid stays: what is paid may have happened before the new one arose.
 */
import type { Clock, TimerHandle } from "../../base/clock.js";
import { untilAborted } from "../../cache/services/until-aborted.js";
import type { StoreGuard } from "../guard/index.js";

/** What was made good. */
export interface Repaired {
  /** Deleted in L2. */
  readonly keys: readonly string[];
  /** Invalidated. */
  readonly marks: readonly string[];
  /** Of the marks; undefined where there are none. */
  readonly epoch: number | undefined;
}

export interface RepairsParts {
  readonly guard: Pick<StoreGuard, "deleteMany" | "isAvailable">;
  /** That of `Stamps`. */
  readonly invalidate: (marks: readonly string[]) => Promise<number>;
  /** The mark that every record bears. */
  readonly everything: string;
  /** Keys at most, and marks at most. */
  readonly capacity: number;
  /** How often it is tried without being asked for. */
  readonly everyMs: number;
  readonly clock: Clock;
  /** Others are to be told of it. */
  readonly onRepaired: (repaired: Repaired) => void;
}

export interface RepairsStats {
  readonly owed: number;
  /** Keys and marks that were made good. */
  readonly repaired: number;
  /** How often there were too many. */
  readonly overflows: number;
  /** How often L2 did not take it. */
  readonly failed: number;
}

/** Of one round trip. */
const KEYS_PER_PAYMENT = 1_000;

type Ticket = number;

export class Repairs {
  readonly #parts: RepairsParts;
  readonly #keys = new Map<string, Ticket>();
  readonly #marks = new Map<string, Ticket>();
  #tickets: Ticket = 0;
  #payment: Promise<void> | undefined;
  #timer: TimerHandle | undefined;
  #isClosed = false;
  #repaired = 0;
  #overflows = 0;
  #failed = 0;

  constructor(parts: RepairsParts) {
    this.#parts = parts;
  }

  /** Keys and marks together. 0: L2 may be believed. */
  get size(): number {
    return this.#keys.size + this.#marks.size;
  }

  stats(): RepairsStats {
    return {
      owed: this.size,
      repaired: this.#repaired,
      overflows: this.#overflows,
      failed: this.#failed,
    };
  }

  /** L2 may have old values of these keys of L2. `mark`, which their records bear, is owed instead if they are too many. */
  oweKeys(keys: readonly string[], mark: string): void {
    const news = keys.filter((key) => !this.#keys.has(key)).length;
    if (this.#keys.size + news > this.#parts.capacity) {
      this.#overflows++;
      this.oweMarks([mark]);
      return;
    }
    for (const key of keys) this.#keys.set(key, ++this.#tickets);
    this.#setTimer();
  }

  /** Records that bear one of these and were written so far are not to be believed. */
  oweMarks(marks: readonly string[]): void {
    for (const mark of marks) this.#marks.set(mark, ++this.#tickets);
    if (this.#marks.size > this.#parts.capacity) {
      this.#overflows++;
      this.#keys.clear();
      this.#marks.clear();
      this.#marks.set(this.#parts.everything, ++this.#tickets);
    }
    this.#setTimer();
  }

  /** A write of these got through, which began after `settle` had returned: nothing is owed for them any more. */
  paidKeys(keys: readonly string[]): void {
    for (const key of keys) this.#keys.delete(key);
  }

  /**
   * Makes good what is owed for these keys, and all marks, since nobody knows what a record bears before he has read it. To be
   * waited for before a read of L2 is sent, and before a write: a deletion that is under way must not overtake it.
   *
   * @throws whatever the guard rejects with: L2 may not be believed
   */
  async settle(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    while (this.#isOwed(keys)) {
      const payment = this.#payment ?? this.#beginPayment(keys);
      await (signal === undefined ? payment : untilAborted(() => payment, signal));
    }
  }

  /** All of it. @throws whatever the guard rejects with */
  async settleAll(): Promise<void> {
    while (this.size > 0) await (this.#payment ?? this.#beginPayment([]));
  }

  /** Nothing is tried any more. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#parts.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #isOwed(keys: readonly string[]): boolean {
    return this.#marks.size > 0 || keys.some((key) => this.#keys.has(key));
  }

  #beginPayment(asked: readonly string[]): Promise<void> {
    this.#payment = this.#pay(asked).finally(() => {
      this.#payment = undefined;
    });
    return this.#payment;
  }

  /** All marks, these keys, and others as long as there is room: they have to be paid sooner or later. */
  async #pay(asked: readonly string[]): Promise<void> {
    const keys = new Map<string, Ticket>();
    for (const key of [...asked, ...this.#keys.keys()]) {
      const ticket = this.#keys.get(key);
      if (keys.size >= Math.max(KEYS_PER_PAYMENT, asked.length)) break;
      if (ticket !== undefined) keys.set(key, ticket);
    }
    const marks = new Map(this.#marks);
    try {
      const [epoch] = await Promise.all([
        marks.size > 0 ? this.#parts.invalidate([...marks.keys()]) : undefined,
        keys.size > 0 ? this.#parts.guard.deleteMany([...keys.keys()]) : undefined,
      ]);
      this.#repaired += forget(this.#keys, keys) + forget(this.#marks, marks);
      this.#parts.onRepaired({ keys: [...keys.keys()], marks: [...marks.keys()], epoch });
    } catch (error) {
      this.#failed++;
      throw error;
    }
  }

  #setTimer(): void {
    if (this.#timer !== undefined || this.#isClosed || this.size === 0) return;
    const { clock, everyMs } = this.#parts;
    this.#timer = clock.setTimer(() => {
      this.#timer = undefined;
      this.#tryAll();
    }, everyMs);
  }

  #tryAll(): void {
    const again = (): void => this.#setTimer();
    // What fails is counted where it fails.
    if (this.#parts.guard.isAvailable) this.settleAll().then(again, again);
    else again();
  }
}

/** Those that were not made anew. @returns how many */
function forget(owed: Map<string, Ticket>, paid: ReadonlyMap<string, Ticket>): number {
  let count = 0;
  for (const [name, ticket] of paid) if (owed.get(name) === ticket && owed.delete(name)) count++;
  return count;
}
