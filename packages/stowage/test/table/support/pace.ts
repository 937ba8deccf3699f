/**
 * How far a worker with a build of steps (steps.ts) may go: another thread lets it run so many statements, after which it
 * stands still until it is let go on, or is killed. Shared words, because the worker is inside synchronous code all the time.
 *
 * A paced worker that would wait for another (Atomics.wait) stands still at once, as if its time were up: the one it waits
 * for may be standing as well, and whoever paces them has to choose.
 */

const GRANT = 0;
const STATE = 1;
const WORDS = 2;

const RUNNING = 0;
const STANDING = 1;
const IDLE = 2;

/** As a grant: so many that it never stands still again. */
const UNLIMITED = -1;

export type Stand = "standing" | "idle" | "running";

type Wait = typeof Atomics.wait;
const realWait: Wait = Atomics.wait;

/** Both sides of it: `prepare`, `settled`, `grant` for the one who paces, `begin` for the worker. */
export class Pace {
  readonly #words: Int32Array;
  #taken = 0;
  /** Where to stand still; 0 for nowhere. */
  #until = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  static buffer(): SharedArrayBuffer {
    return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** To be called before a job is handed out that will `begin`: from now on, the worker counts as running. */
  prepare(): void {
    Atomics.store(this.#words, STATE, RUNNING);
  }

  /** Blocks until the worker stands still or has finished, at most so long. */
  settled(limitMs: number): Stand {
    realWait(this.#words, STATE, RUNNING, limitMs);
    return this.stand;
  }

  get stand(): Stand {
    const state = Atomics.load(this.#words, STATE);
    return state === RUNNING ? "running" : state === STANDING ? "standing" : "idle";
  }

  /** Lets a worker that stands still go on for so many statements; 0 for no limit. */
  grant(steps: number): void {
    Atomics.store(this.#words, STATE, RUNNING);
    Atomics.store(this.#words, GRANT, steps === 0 ? UNLIMITED : steps);
    Atomics.notify(this.#words, GRANT);
  }

  /**
   * In the worker: from now on statements are counted, and before the `limit`-th it stands still; 0 for never. The function it
   * gives back ends that, and returns how many there were. `yields`: whether it also stands still where it would wait.
   */
  begin(limit: number, yields = limit !== 0): () => number {
    this.#taken = 0;
    this.#until = limit;
    install(() => this.#step(), yields ? this.#insteadOfWait : realWait);
    return () => {
      install(() => undefined, realWait);
      Atomics.store(this.#words, STATE, IDLE);
      Atomics.notify(this.#words, STATE);
      return this.#taken;
    };
  }

  #step(): void {
    this.#taken += 1;
    if (this.#taken === this.#until) this.#standStill();
  }

  #standStill(): void {
    const words = this.#words;
    Atomics.store(words, GRANT, 0);
    Atomics.store(words, STATE, STANDING);
    Atomics.notify(words, STATE);
    while (Atomics.load(words, GRANT) === 0) realWait(words, GRANT, 0);
    const granted = Atomics.load(words, GRANT);
    this.#until = granted === UNLIMITED ? 0 : this.#taken + granted;
  }

  readonly #insteadOfWait = (...args: unknown[]): "timed-out" => {
    if (this.#until === 0) return realWait(...(args as Parameters<Wait>)) as "timed-out";
    this.#standStill();
    return "timed-out";
  };
}

function install(step: () => void, wait: unknown): void {
  (globalThis as { __step?: () => void }).__step = step;
  (Atomics as { wait: unknown }).wait = wait;
}
