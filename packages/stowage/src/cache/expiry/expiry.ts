/**
 * When each entry expires: the columns of times, and the wheel that finds what is due.
 *
 *     fresh    until then the value is given out                          0: for ever
 *     kept     until then an expired value is kept for `fetch` to fall back on (grace, stale-while-revalidate)
 *     ttl      what the entry was given, for `refresh`; a column only once there are different ones
 *     idle     how long it stays after its last use; used: when that was
 *     cost     how long its load took, for early refresh
 *
 * A column is made when the first entry needs it, so that a cache without expiry pays nothing, in memory or in time:
 * reads look here only once `timed` is set. The wheel is told a deadline when it is set; that idle entries are used, which
 * moves their deadline back, it learns only when it comes by: one store per read instead of relinking.
 */
import { assert } from "../../base/assert.js";
import { SlotDoubles } from "../store/columns.js";
import type { Timekeeper } from "./timekeeper.js";
import { TimerWheel } from "./timer-wheel.js";

/** How an entry is to expire; 0 means never. */
export interface Lifetime {
  readonly ttlMs: number;
  readonly idleMs: number;
  /** For how long after expiry the value is kept for `fetch`. */
  readonly keepMs: number;
}

/** Of an entry that has an end and was given no ttl: its end was past when it was set. */
const NO_TTL = -1;

export class Expiry {
  /** Whether any entry has had a lifetime: until then nothing here is to be asked. */
  timed = false;
  /** No entry has had an idle time, been kept after expiry, or its load's cost noted. */
  onlyTtl = true;
  wheel: TimerWheel;
  readonly #time: Timekeeper;
  #fresh = new SlotDoubles();
  /** The first ttl that an entry was given; in most caches it is that of all. 0: there has been none. */
  #usualTtl = 0;
  /** Ttls other than the usual one; 0: the usual one. */
  #otherTtl: SlotDoubles | null = null;
  #keep: SlotDoubles | null = null;
  #idle: SlotDoubles | null = null;
  #cost: SlotDoubles | null = null;
  #used = new SlotDoubles();
  #slots = 0;

  constructor(time: Timekeeper) {
    this.#time = time;
    this.wheel = this.#newWheel();
  }

  /** Slots below this number may be asked for. Nothing happens until the first lifetime. */
  reserve(slots: number): void {
    this.#slots = slots;
    if (!this.timed) return;
    this.#fresh.reserve(slots);
    this.#otherTtl?.reserve(slots);
    this.wheel.reserve(slots);
    this.#keep?.reserve(slots);
    this.#cost?.reserve(slots);
    this.#idle?.reserve(slots);
    if (this.#idle !== null) this.#used.reserve(slots);
  }

  /**
   * Gives the entry a lifetime from now on; all zero: it stays for ever. True if the lifetime that it had is over:
   * one reading of the clock tells both.
   */
  start(slot: number, { ttlMs, idleMs, keepMs }: Lifetime): boolean {
    if (ttlMs === 0 && idleMs === 0 && !this.timed) return false;
    if (this.onlyTtl && idleMs + keepMs === 0) return this.startTtl(slot, ttlMs);
    return this.#startAll(slot, ttlMs, idleMs, keepMs);
  }

  /** The same where `onlyTtl` holds, and goes on to. */
  startTtl(slot: number, ttlMs: number): boolean {
    this.#prepare(0, 0);
    const before = this.#fresh.get(slot);
    const now = ttlMs === 0 && before === 0 ? 0 : this.#time.now();
    const fresh = ttlMs === 0 ? 0 : now + ttlMs;
    if (ttlMs !== 0) this.#setGiven(slot, ttlMs);
    this.#fresh.set(slot, fresh);
    // Scheduled for an earlier time, it may stay there: the wheel finds out when it comes by.
    if (before === 0 || fresh < before) this.#reschedule(slot);
    return before !== 0 && now >= before;
  }

  /** Changes when the entry expires and leaves idleness as it is. 0: never. `ttlMs` may be below 0 for a past moment. */
  setTtl(slot: number, ttlMs: number): void {
    if (ttlMs === 0 && !this.timed) return;
    this.#prepare(0, 0);
    if (ttlMs !== 0) this.#setGiven(slot, ttlMs > 0 ? ttlMs : NO_TTL);
    this.#fresh.set(slot, ttlMs === 0 ? 0 : Math.max(Number.MIN_VALUE, this.#time.now() + ttlMs));
    this.#reschedule(slot);
  }

  /** What `refresh` starts anew, where the present expiry was not reckoned from it. */
  setGiven(slot: number, ttlMs: number): void {
    if (this.timed) this.#setGiven(slot, ttlMs);
  }

  /** Starts the ttl that the entry was given anew, and its idle time. */
  restart(slot: number): void {
    if (!this.timed) return;
    const ttlMs = this.ttlMs(slot);
    if (ttlMs > 0) this.#fresh.set(slot, this.#time.now() + ttlMs);
    this.use(slot);
    this.#reschedule(slot);
  }

  /** The entry was used: its idle time begins anew. */
  use(slot: number): void {
    if (this.#idle !== null && this.#idle.get(slot) !== 0) this.#used.set(slot, this.#time.now());
  }

  /** Where there are only ttls: certainly not expired, found out without reading a clock. False may mean anything. */
  isFreshForLong(slot: number): boolean {
    return this.#time.isFar(this.#fresh.get(slot));
  }

  isExpired(slot: number): boolean {
    const fresh = this.#fresh.get(slot);
    if (fresh !== 0 && this.#time.passed(fresh)) return true;
    return this.#idle !== null && this.#isIdle(slot);
  }

  /** Not even kept for fallbacks any more. */
  isGone(slot: number): boolean {
    return this.#time.now() >= this.goneAt(slot);
  }

  /** When the value is no longer given out; Infinity: never. */
  freshUntil(slot: number): number {
    if (!this.timed) return Number.POSITIVE_INFINITY;
    return Math.min(this.ttlUntil(slot), this.#idleUntil(slot));
  }

  /** The same, idleness apart. */
  ttlUntil(slot: number): number {
    return (this.timed && this.#fresh.get(slot)) || Number.POSITIVE_INFINITY;
  }

  /** When the entry is to be removed; Infinity: never. Grace is for what is too old, not for what nobody asks for. */
  goneAt(slot: number): number {
    const fresh = this.#fresh.get(slot) || Number.POSITIVE_INFINITY;
    return Math.min(fresh + this.keptMs(slot), this.#idleUntil(slot));
  }

  ttlMs(slot: number): number {
    if (!this.timed || this.#fresh.get(slot) === 0) return 0;
    const other = this.#otherTtl === null ? 0 : this.#otherTtl.get(slot);
    return Math.max(0, other === 0 ? this.#usualTtl : other);
  }

  idleMs(slot: number): number {
    return this.#idle?.get(slot) ?? 0;
  }

  /** How long the load of this entry took; 0 when nobody asked for it to be kept. */
  costMs(slot: number): number {
    return this.#cost?.get(slot) ?? 0;
  }

  setCost(slot: number, ms: number): void {
    if (!this.timed) return;
    if (this.#cost === null) {
      this.#cost = new SlotDoubles();
      this.onlyTtl = false;
      this.#cost.reserve(this.#slots);
    }
    this.#cost.set(slot, ms);
  }

  keptMs(slot: number): number {
    return this.#keep?.get(slot) ?? 0;
  }

  /** The entry left, or is about to be given another lifetime. */
  cancel(slot: number): void {
    if (!this.timed) return;
    this.wheel.cancel(slot);
    this.#fresh.set(slot, 0);
    this.#keep?.set(slot, 0);
    this.#idle?.set(slot, 0);
  }

  /** All entries left: begins anew, without columns, which costs the same however many there were. */
  clear(): void {
    this.timed = false;
    this.onlyTtl = true;
    this.wheel = this.#newWheel();
    this.#fresh = new SlotDoubles();
    this.#usualTtl = 0;
    this.#otherTtl = null;
    this.#used = new SlotDoubles();
    this.#keep = null;
    this.#idle = null;
    this.#cost = null;
    this.#slots = 0;
  }

  verify(slots: readonly number[]): void {
    this.wheel.verify();
    if (!this.timed) return;
    let scheduled = 0;
    for (const slot of slots) {
      const due = this.goneAt(slot) !== Number.POSITIVE_INFINITY;
      assert(
        due === this.wheel.isScheduled(slot),
        "expiry: an entry is in the wheel without a deadline, or not in it with one",
      );
      if (due) scheduled++;
    }
    assert(scheduled === this.wheel.count, "expiry: the wheel holds slots that are free");
  }

  #newWheel(): TimerWheel {
    return new TimerWheel(this.#time.now(), (slot) => this.goneAt(slot));
  }

  #isIdle(slot: number): boolean {
    const until = this.#idleUntil(slot);
    return until !== Number.POSITIVE_INFINITY && this.#time.passed(until);
  }

  #idleUntil(slot: number): number {
    const idleMs = this.#idle === null ? 0 : this.#idle.get(slot);
    return idleMs === 0 ? Number.POSITIVE_INFINITY : this.#used.get(slot) + idleMs;
  }

  /** For caches that also have idle times, or keep values after expiry. */
  #startAll(slot: number, ttlMs: number, idleMs: number, keepMs: number): boolean {
    const over = this.timed && this.isExpired(slot);
    this.#prepare(idleMs, keepMs);
    const now = ttlMs === 0 && idleMs === 0 ? 0 : this.#time.now();
    if (ttlMs !== 0) this.#setGiven(slot, ttlMs);
    this.#fresh.set(slot, ttlMs === 0 ? 0 : now + ttlMs);
    this.#keep?.set(slot, keepMs);
    this.#cost?.set(slot, 0);
    if (this.#idle !== null) {
      this.#idle.set(slot, idleMs);
      this.#used.set(slot, now);
    }
    this.#reschedule(slot);
    return over;
  }

  /** Of an entry that has an end; which ttl one without had does not matter. */
  #setGiven(slot: number, ttlMs: number): void {
    if (this.#usualTtl === 0) this.#usualTtl = ttlMs;
    const usual = ttlMs === this.#usualTtl;
    if (this.#otherTtl === null) {
      if (usual) return;
      this.#otherTtl = new SlotDoubles();
      this.#otherTtl.reserve(this.#slots);
    }
    this.#otherTtl.set(slot, usual ? 0 : ttlMs);
  }

  #reschedule(slot: number): void {
    const goneAt = this.goneAt(slot);
    if (goneAt === Number.POSITIVE_INFINITY) this.wheel.cancel(slot);
    else this.wheel.schedule(slot, goneAt);
  }

  #prepare(idleMs: number, keepMs: number): void {
    const idle = idleMs > 0 && this.#idle === null;
    const keep = keepMs > 0 && this.#keep === null;
    if (this.timed && !idle && !keep) return;
    if (idle) this.#idle = new SlotDoubles();
    if (keep) this.#keep = new SlotDoubles();
    if (idle || keep) this.onlyTtl = false;
    this.timed = true;
    this.reserve(this.#slots);
  }
}
