/**
 * How many connections each worker has, in memory that they share, for spreading new ones: two words for each worker.
 *
 *     OPEN    connections that it has open
 *     UP      1 while it accepts connections
 *
 * A worker's words are written by that worker, and by the supervisor when it is gone.
 */
import type { Status } from "../context.js";

const WORDS = 2;
const OPEN = 0;
const UP = 1;

export class Board implements Status {
  readonly buffer: SharedArrayBuffer;
  readonly workers: number;
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.workers = this.#words.length / WORDS;
  }

  static create(workers: number): Board {
    return new Board(new SharedArrayBuffer(workers * WORDS * Int32Array.BYTES_PER_ELEMENT));
  }

  get workersUp(): number {
    let up = 0;
    for (let worker = 0; worker < this.workers; worker++) if (this.isUp(worker)) up++;
    return up;
  }

  open(worker: number): number {
    return Atomics.load(this.#words, worker * WORDS + OPEN);
  }

  /** Of all workers. */
  totalOpen(): number {
    let total = 0;
    for (let worker = 0; worker < this.workers; worker++) total += this.open(worker);
    return total;
  }

  setOpen(worker: number, open: number): void {
    Atomics.store(this.#words, worker * WORDS + OPEN, open);
  }

  /** The fewest connections that a worker other than this one has; Infinity if no other accepts any. */
  fewestOpen(except: number): number {
    let fewest = Number.POSITIVE_INFINITY;
    for (let worker = 0; worker < this.workers; worker++) {
      if (worker === except || !this.isUp(worker)) continue;
      fewest = Math.min(fewest, this.open(worker));
    }
    return fewest;
  }

  isUp(worker: number): boolean {
    return Atomics.load(this.#words, worker * WORDS + UP) === 1;
  }

  setUp(worker: number, up: boolean): void {
    Atomics.store(this.#words, worker * WORDS + UP, up ? 1 : 0);
  }

  /** The worker is gone, and its connections with it. */
  forget(worker: number): void {
    this.setUp(worker, false);
    this.setOpen(worker, 0);
  }
}
