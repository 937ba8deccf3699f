/**
 * Spreads new connections over the workers.
 *
 * All workers accept from one queue, and whoever is awake takes what is there: of a burst of 64 connections one of two
 * workers took 50 to 64, for waking the other one takes longer than emptying the queue. So a worker that is ahead of the
 * one with the fewest connections sleeps for a moment after it accepted, and the others take the next ones.
 *
 * The requests of this worker's connections wait meanwhile. In a burst that is well spent; but where nobody else takes
 * anything (the queue was empty, or the others are busy) it is for nothing, and a worker whose clients stay when those of
 * others leave would pay it for each new connection. So what is slept for nothing comes out of a budget: a few
 * hundredths of the time, and somewhat more at once.
 */
import type { Board } from "./board.js";

/** Being one or two ahead is chance. */
const AHEAD_MAX = 2;
/** Some times of what it takes to wake a thread. */
const SLEEP_MS = 0.2;
/** After one connection. Enough for another thread to get a processor where the load generator has one of two. */
const SLEEPS = 10;
const BUDGET_MS = 50;
const BUDGET_SHARE = 0.03;

const nobody = new Int32Array(new SharedArrayBuffer(4));

export class Spread {
  readonly #board: Board;
  readonly #worker: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => void;
  #budgetMs = BUDGET_MS;
  /** When the budget was last added to. */
  #at: number;

  constructor(board: Board, worker: number, now: () => number, sleep = sleepFor) {
    this.#board = board;
    this.#worker = worker;
    this.#now = now;
    this.#sleep = sleep;
    this.#at = now();
  }

  /** To be called when a connection was accepted, before anything is done with it. `open`: with this one. */
  accepted(open: number): void {
    this.#board.setOpen(this.#worker, open);
    if (!this.#isAhead(open)) return;
    this.#refill();
    for (let times = 0; times < SLEEPS && this.#budgetMs > 0 && this.#isAhead(open); times++) this.#pause();
  }

  #isAhead(open: number): boolean {
    return open - this.#board.fewestOpen(this.#worker) > AHEAD_MAX;
  }

  #refill(): void {
    const now = this.#now();
    this.#budgetMs = Math.min(BUDGET_MS, this.#budgetMs + (now - this.#at) * BUDGET_SHARE);
    this.#at = now;
  }

  #pause(): void {
    const open = this.#board.totalOpen();
    const since = this.#now();
    this.#sleep(SLEEP_MS);
    if (this.#board.totalOpen() === open) this.#budgetMs -= this.#now() - since;
  }
}

function sleepFor(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms);
}
