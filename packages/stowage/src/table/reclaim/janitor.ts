/**
 * Who comes by every so often, and when: one thread at a time, each ready to take over.
 *
 * The janitor's turn lasts for three intervals from when it last came by. A thread whose event loop is blocked, or that is
 * gone, does not come by; the next one whose timer fires after that takes the turn. All threads have a timer, which
 * does not keep the process alive.
 */
import type { TimerHandle } from "../../base/clock.js";
import type { TableState } from "../state.js";
import { stat } from "../threads/stats.js";
import { JANITOR_OWNER, JANITOR_UNTIL } from "./words.js";

const TURN_INTERVALS = 3;
const ERRORS = stat("errors");

export class Janitor {
  readonly #t: TableState;
  readonly #tick: () => number;
  #timer: TimerHandle | null = null;
  #everyMs = 0;

  /** `tick` does some work and says in how many milliseconds it wants to do more. */
  constructor(t: TableState, tick: () => number) {
    this.#t = t;
    this.#tick = tick;
  }

  start(everyMs: number): void {
    this.#everyMs = everyMs;
    this.#arm(everyMs);
  }

  close(): void {
    if (this.#timer !== null) this.#t.timekeeper.clock.clearTimer(this.#timer);
    this.#timer = null;
    // The next one need not wait for the turn to end.
    Atomics.compareExchange(this.#t.control, JANITOR_OWNER, this.#t.owner, 0);
  }

  /** Whether it is this thread's turn; takes it if nobody has it. */
  takeTurn(nowMs: number): boolean {
    const { control, controlDoubles, owner } = this.#t;
    const holder = Atomics.load(control, JANITOR_OWNER);
    if (holder !== owner) {
      if (holder !== 0 && nowMs < controlDoubles[JANITOR_UNTIL]) return false;
      if (Atomics.compareExchange(control, JANITOR_OWNER, holder, owner) !== holder) return false;
    }
    controlDoubles[JANITOR_UNTIL] = nowMs + TURN_INTERVALS * this.#everyMs;
    return true;
  }

  #arm(ms: number): void {
    this.#timer = this.#t.timekeeper.clock.setTimer(() => {
      this.#timer = null;
      this.#arm(this.#run());
    }, ms);
  }

  /** An error reaches no caller here; it is counted, and the next round may fare better. */
  #run(): number {
    const t = this.#t;
    if (!this.takeTurn(t.timekeeper.now())) return this.#everyMs;
    try {
      return this.#tick();
    } catch (error) {
      t.own[ERRORS]++;
      t.onError?.(error);
      return this.#everyMs;
    }
  }
}
