/** A stretch of work that ends after some time, so that the event loop and other threads get on. */
import type { TableState } from "../state.js";

/** The clock is asked after so many steps. */
const STEPS = 64;

export class Slice {
  readonly #t: TableState;
  readonly nowMs: number;
  readonly #endMs: number;
  #steps = STEPS;
  /** As it was when last asked. */
  over = false;

  constructor(t: TableState, ms: number) {
    this.#t = t;
    this.nowMs = t.timekeeper.now();
    this.#endMs = this.nowMs + ms;
  }

  /** For work that has to be done in one go. */
  static endless(t: TableState): Slice {
    return new Slice(t, Number.POSITIVE_INFINITY);
  }

  /** Asked once a step. */
  isOver(): boolean {
    if (--this.#steps > 0) return this.over;
    this.#steps = STEPS;
    this.over ||= this.#t.timekeeper.now() >= this.#endMs;
    return this.over;
  }
}
