/**
 * Gives memory back: entries that expired, and those whose tag was invalidated, without anybody reading them.
 *
 * It comes by at an interval that starts when its last round ended. A round is done in slices, each bounded in entries
 * and in time, between which the event loop is free: a million entries that expire at once cost a few hundred short
 * turns, not one long one. While nothing can expire there is no timer.
 */

import type { TimerHandle } from "../../base/clock.js";
import { drop } from "../core/remove.js";
import { shrinkTo, shrinkWeight } from "../core/room.js";
import type { State } from "../state.js";

const SLICE_ENTRIES = 4_096;
const SLICE_MS = 2;
/** The clock is asked after so many entries. */
const STEP_ENTRIES = 128;

export class Janitor<K, V> {
  runs = 0;
  removed = 0;
  lastRunAt: number | null = null;
  readonly everyMs: number | null;
  readonly #state: State<K, V>;
  #timer: TimerHandle | null = null;

  constructor(state: State<K, V>, everyMs: number | false) {
    this.#state = state;
    this.everyMs = everyMs === false ? null : everyMs;
    state.closers.add(() => this.close());
  }

  /** Sets the timer, once there is something to come for. */
  wake(): void {
    if (this.#timer === null && this.everyMs !== null) this.#arm(this.everyMs);
  }

  close(): void {
    if (this.#timer !== null) this.#state.time.clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  #arm(ms: number): void {
    this.#timer = this.#state.time.clock.setTimer(() => {
      this.#timer = null;
      this.#round();
    }, ms);
  }

  #round(): void {
    const s = this.#state;
    if (s.closed) return;
    const more = this.#slice();
    // A listener may have closed the cache, or set a timer by setting an entry.
    if (s.closed) return;
    if (more) {
      this.close();
      this.#arm(0);
      return;
    }
    this.runs++;
    this.lastRunAt = s.time.clock.wall();
    if (s.entries.size > 0 && (s.expiry.timed || s.tags.used)) this.wake();
  }

  /** Works for a while; true when there is more to do. */
  #slice(): boolean {
    const s = this.#state;
    const before = s.entries.size;
    const startedAt = s.time.now();
    if (s.expiry.timed) s.expiry.wheel.advance(startedAt);
    let more = true;
    for (let handled = 0; more && handled < SLICE_ENTRIES; handled += STEP_ENTRIES) {
      more = this.#step();
      if (s.time.now() - startedAt >= SLICE_MS) break;
    }
    this.removed += before - s.entries.size;
    s.removals.flush();
    return more;
  }

  #step(): boolean {
    const s = this.#state;
    if (s.expiry.timed && s.expiry.wheel.drain(STEP_ENTRIES, (slot) => drop(s, slot, "expired"))) return true;
    return s.tags.used && s.tags.sweep(STEP_ENTRIES, (slot) => drop(s, slot, "deleted"));
  }
}

/**
 * Cachex's scheduled limits: the bound is enforced every so often, and overshot by a share so as to come less often.
 * What is over it goes in slices, as with the janitor.
 */
export function enforceBySchedule<K, V>(s: State<K, V>, everyMs: number, reclaim: number): void {
  let timer: TimerHandle;
  let goal = Number.POSITIVE_INFINITY;
  const enforce = (): void => {
    if (s.entries.size > s.max) goal = s.max - Math.floor(s.max * reclaim);
    if (s.weights !== null && s.weight > s.maxWeight) shrinkWeight(s, s.maxWeight * (1 - reclaim));
    const more = s.entries.size > goal && shrinkForAWhile(s, goal);
    if (!more) goal = Number.POSITIVE_INFINITY;
    s.removals.flush();
    if (!s.closed) timer = s.time.clock.setTimer(enforce, more ? 0 : everyMs);
  };
  timer = s.time.clock.setTimer(enforce, everyMs);
  s.closers.add(() => s.time.clock.clearTimer(timer));
}

/** Evicts towards the goal; true when there is more to do. */
function shrinkForAWhile<K, V>(s: State<K, V>, goal: number): boolean {
  const startedAt = s.time.now();
  for (let handled = 0; handled < SLICE_ENTRIES && s.entries.size > goal; handled += STEP_ENTRIES) {
    shrinkTo(s, Math.max(goal, s.entries.size - STEP_ENTRIES));
    if (s.time.now() - startedAt >= SLICE_MS) break;
  }
  return s.entries.size > goal;
}
