/**
 * Whether a record of L2 may be believed, and how to make records invalid by the thousand in two steps.
 *
 * L2 holds one counter for the whole cache, the *epoch*, and a counter for each mark (a tag, a namespace) that was ever
 * invalidated, its *stamp*. A record bears the epoch that its writer knew before its load began. It is valid if no stamp of its
 * marks is above that.
 *
 *     invalidate(m)     1. e = epoch + 1, at least the wall clock     (one atomic step)
 *                       2. stamp(m) = max(stamp(m), e)                (another one)
 *
 * Why no stale record is believed after it returned: whoever began to load before step 1 knew an epoch below e, since nobody
 * knows one before it is in L2; so his record bears one below stamp(m), whenever he writes it. Stamps only rise, whoever else
 * raises them. Knowing too low an epoch costs a miss and never a stale hit. The rest (crashes between the steps, lost
 * counters, messages that are lost, what may be kept here) is reasoned out in docs/decisions.
 *
 * The wall clock is in it for the case that L2 loses the counter: the next one is above all that were, as long as there were
 * no more invalidations than milliseconds. Nothing else relies on clocks.
 */
import type { Clock } from "../../base/clock.js";
import type { StoreGuard } from "../guard/index.js";
import { counterOf, isCounter, isLikely } from "./counter.js";
import { KnownStamps } from "./known.js";
import { Look } from "./look.js";

export interface StampsParts {
  /** L2. It needs the ability `counters`. */
  readonly guard: Pick<StoreGuard, "getMany" | "incr">;
  /** Where the epoch stands in L2. */
  readonly epochKey: string;
  /** Where the stamp of a mark stands. */
  readonly stampKey: (mark: string) => string;
  /** Stamps that are kept in this process at most. */
  readonly capacity: number;
  readonly clock: Clock;
  /** For how long a stamp is believed after it was read, while nobody tells of invalidations. 0: it is read for each check. */
  readonly whenBehind: { readonly ttlMs: number };
}

/** What of a record decides whether it may be believed. */
export interface Marked {
  readonly epoch: number;
  readonly marks: readonly string[];
}

export interface StampsStats {
  /** Stamps that are kept here. */
  readonly known: number;
  /** Questions to L2 for stamps that were not. */
  readonly lookups: number;
  readonly invalidations: number;
  /** Counters in L2 that were none, and epochs told that cannot be. */
  readonly garbage: number;
}

const UNKNOWABLE = Number.POSITIVE_INFINITY;

export class Stamps {
  readonly #parts: StampsParts;
  readonly #known: KnownStamps;
  readonly #looks = new Set<Look>();
  #epoch = 0;
  #lookups = 0;
  #invalidations = 0;
  #garbage = 0;

  /** Begins as if the bus was behind. */
  constructor(parts: StampsParts) {
    this.#parts = parts;
    this.#known = new KnownStamps(parts.capacity, parts.whenBehind.ttlMs);
    this.setBehind(true);
  }

  /** The highest epoch that is known here; 0: none is. What is to be stored bears it as it was before its load began. */
  get epoch(): number {
    return this.#epoch;
  }

  stats(): StampsStats {
    return {
      known: this.#known.size,
      lookups: this.#lookups,
      invalidations: this.#invalidations,
      garbage: this.#garbage,
    };
  }

  /** Learns the epoch. Nothing relies on it; without it the first records may be invalid as soon as they are written. */
  async start(signal?: AbortSignal): Promise<void> {
    const [bytes] = await this.#parts.guard.getMany([this.#parts.epochKey], signal);
    this.#learn(this.#counter(bytes));
  }

  /**
   * Whether these may be believed, in their order: at once where all stamps are known, else after one round trip.
   *
   * @throws whatever the guard rejects with
   */
  check(records: readonly Marked[], signal?: AbortSignal): readonly boolean[] | Promise<readonly boolean[]> {
    const nowMs = this.#parts.clock.now();
    const known = new Map<string, number>();
    const unknown = new Set<string>();
    for (const { marks } of records) {
      for (const mark of marks) {
        if (known.has(mark) || unknown.has(mark)) continue;
        const stamp = this.#known.get(mark, nowMs);
        if (stamp === undefined) unknown.add(mark);
        else known.set(mark, stamp);
      }
    }
    if (unknown.size === 0) return judge(records, known);
    return this.#lookUp(new Look(nowMs, known, unknown), [...unknown], records, signal);
  }

  /**
   * When it has returned, nobody who asks L2 believes a record with one of the marks whose load began before the call.
   *
   * @returns the epoch, for the bus
   * @throws whatever the guard rejects with: then it may or may not have been done, in part too
   */
  async invalidate(marks: readonly string[], signal?: AbortSignal): Promise<number> {
    const { clock, guard, epochKey, stampKey } = this.#parts;
    this.#invalidations++;
    const look = this.#begin(new Look(clock.now(), new Map(), marks));
    try {
      const atLeast = Math.max(Math.floor(clock.wall()), this.#epoch + 1);
      const epoch = await guard.incr(epochKey, 1, { initial: 0, ttlMs: null, atLeast }, signal);
      this.#learn(epoch);
      const raise = { initial: 0, ttlMs: null, atLeast: epoch };
      const all = marks.map((mark) => guard.incr(stampKey(mark), 0, raise, signal));
      const stamps = await Promise.all(all);
      for (const [index, mark] of marks.entries()) {
        for (const each of this.#looks) each.raise(mark, stamps[index]);
      }
      this.#keep(look, marks);
      return epoch;
    } catch (error) {
      this.#distrust(marks);
      throw error;
    } finally {
      this.#looks.delete(look);
    }
  }

  /** Another process has invalidated these; without marks: it knows this epoch. */
  heard(marks: readonly string[], epoch: number): void {
    if (!isLikely(epoch, this.#epoch, this.#parts.clock.wall())) {
      this.#garbage++;
      this.#distrust(marks);
      return;
    }
    this.#learn(epoch);
    for (const mark of marks) {
      this.#known.raise(mark, epoch);
      for (const look of this.#looks) look.raise(mark, epoch);
    }
  }

  /** Messages may have been missed: what is known, and what is being read, is good for nothing from now on. */
  forget(): void {
    this.#known.clear();
    for (const look of this.#looks) look.isKept = false;
  }

  /** Whether invalidations of others may stay unheard for now. To be told after `forget`, where that is needed too. */
  setBehind(isBehind: boolean): void {
    this.#known.setBehind(isBehind, this.#parts.clock.now());
  }

  async #lookUp(
    look: Look,
    unknown: readonly string[],
    records: readonly Marked[],
    signal: AbortSignal | undefined,
  ): Promise<readonly boolean[]> {
    const { guard, epochKey, stampKey } = this.#parts;
    this.#lookups++;
    this.#begin(look);
    try {
      const [epoch, ...found] = await guard.getMany([epochKey, ...unknown.map(stampKey)], signal);
      this.#learn(this.#counter(epoch));
      for (const [index, mark] of unknown.entries()) look.raise(mark, this.#counter(found[index]));
      this.#keep(look, unknown);
      return judge(records, look.stamps);
    } finally {
      this.#looks.delete(look);
    }
  }

  #begin(look: Look): Look {
    this.#looks.add(look);
    return look;
  }

  #keep({ stamps, beganAtMs, isKept }: Look, marks: readonly string[]): void {
    for (const mark of marks) {
      const stamp = stamps.get(mark) ?? UNKNOWABLE;
      if (stamp === UNKNOWABLE) continue;
      this.#learn(stamp);
      // Another look-up may have kept what was before this one: stamps never fall.
      this.#known.raise(mark, stamp);
      if (isKept) this.#known.put(mark, stamp, beganAtMs);
    }
  }

  /** Somebody may have raised these, and nobody will tell. */
  #distrust(marks: readonly string[]): void {
    for (const mark of marks) {
      this.#known.drop(mark);
      for (const look of this.#looks) if (look.stamps.has(mark)) look.isKept = false;
    }
  }

  /** Of what is no counter: above every record, so that nothing is believed which cannot be judged. */
  #counter(bytes: Uint8Array | undefined): number {
    const counter = counterOf(bytes);
    if (counter !== undefined) return counter;
    this.#garbage++;
    return UNKNOWABLE;
  }

  #learn(epoch: number): void {
    if (isCounter(epoch) && epoch > this.#epoch) this.#epoch = epoch;
  }
}

function judge(records: readonly Marked[], stamps: ReadonlyMap<string, number>): readonly boolean[] {
  return records.map(({ epoch, marks }) => marks.every((mark) => (stamps.get(mark) ?? UNKNOWABLE) <= epoch));
}
