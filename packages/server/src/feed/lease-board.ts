/**
 * What workers tell each other about leases, beyond what the table does: that a prefix was invalidated, and that a lease
 * was given back. A few kilobytes of shared memory.
 *
 *     word  0      CLAIMED   prefix invalidations so far; 30 bits, it wraps
 *           1      BELL      changes when a lease was given back
 *           2-5    SECRET    random; lease tokens are signed with it
 *           16     one word a worker: odd while it fills a lease
 *           ..     LOG_SLOTS slots of 32 words: stamp | length | the first 120 bytes of a prefix
 *
 * The table marks the lease of a key that is written or deleted. An invalidation of a prefix deletes the keys that are
 * there; the lease of one that is absent, because it is being loaded, it would not meet. So it is noted here first, and a
 * fill looks whether a prefix of its key was noted since its lease was granted.
 *
 * Invariant: a fill that found nothing noted has stored its value before the invalidation looks for keys, and so is met.
 * A fill makes its worker's word odd, looks, stores, and makes it even; an invalidation notes, and waits for every odd
 * word to change. Either the fill sees the note, or the invalidation sees the fill.
 *
 * Whatever a fill cannot be sure of counts as invalidated: a slot that was overwritten, or is being written, or was left
 * by a worker that died over it. A load is repeated then; nothing stale is stored.
 */
import { randomFillSync } from "node:crypto";

const CLAIMED = 0;
const BELL = 1;
const SECRET_AT = 2;
const SECRET_WORDS = 4;
const WORKERS_AT = 16;
/** More than that while one value is loaded, and the load is repeated. */
const LOG_SLOTS = 256;
const SLOT_WORDS = 32;
const STAMP = 0;
const LENGTH = 1;
const PREFIX = 2;
/** Of a longer prefix, these count: too much is invalidated rather than too little. */
const PREFIX_BYTES_KEPT = (SLOT_WORDS - PREFIX) * 4;
const SEQUENCE_MASK = 2 ** 30 - 1;
/** In place of a stamp: the slot is being written. */
const BUSY = -1;
/** Threads at one table, at most. */
const WORKERS_MAX = 256;
/** A fill takes some microseconds; a worker that stands in one for so long is dead. */
const FILL_MS_MAX = 200;

const logAt = WORKERS_AT + WORKERS_MAX;

/** Made by the supervisor, once, for all workers. */
export function createLeaseBoard(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((logAt + LOG_SLOTS * SLOT_WORDS) * 4);
  const secret = randomFillSync(new Int32Array(SECRET_WORDS));
  new Int32Array(memory).set(secret, SECRET_AT);
  return memory;
}

export class LeaseBoard {
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #own: number;
  /** Known to the workers of this server alone. */
  readonly secret: Buffer;

  /** @param worker its number; what one of that number that died has left is put in order */
  constructor(memory: SharedArrayBuffer, worker: number) {
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
    this.#own = WORKERS_AT + worker;
    this.secret = Buffer.from(this.#bytes.subarray(SECRET_AT * 4, (SECRET_AT + SECRET_WORDS) * 4));
    if ((this.#words[this.#own] & 1) !== 0) this.#turn();
  }

  /** How many invalidations were noted so far: what a lease remembers, read before it is granted. */
  get sequence(): number {
    return Atomics.load(this.#words, CLAIMED) & SEQUENCE_MASK;
  }

  /**
   * Runs a fill of a lease that was granted at this sequence, unless a prefix of its key was invalidated since.
   *
   * @returns what `run` returned; undefined: it was not run
   */
  fill<T>(sequence: number, key: Buffer, run: () => T): T | undefined {
    this.#turn();
    try {
      return this.#isInvalid(sequence, key) ? undefined : run();
    } finally {
      this.#turn();
      Atomics.notify(this.#words, this.#own);
    }
  }

  /** To be called before the keys that begin so are deleted: once it returns, no fill of before can be missed. */
  noteInvalidation(prefix: Buffer): void {
    const sequence = Atomics.add(this.#words, CLAIMED, 1) & SEQUENCE_MASK;
    this.#write(sequence, prefix);
    for (let at = WORKERS_AT; at < logAt; at++) this.#awaitFill(at);
  }

  /** A lease was given back: whoever waits for one looks again. */
  ring(): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }

  get bell(): number {
    return Atomics.load(this.#words, BELL);
  }

  /** Resolves when `ring` was called since the bell was `seen`, or at once if it was by now. Holds no process open. */
  async untilRung(seen: number): Promise<void> {
    await waitAsync(this.#words, BELL, seen).value;
  }

  #turn(): void {
    Atomics.add(this.#words, this.#own, 1);
  }

  #write(sequence: number, prefix: Buffer): void {
    const words = this.#words;
    const at = slotAt(sequence);
    const before = Atomics.load(words, at + STAMP);
    // Another one, a whole round behind or ahead, is in the slot: whoever reads it finds that it is not this sequence's.
    if (before === BUSY || Atomics.compareExchange(words, at + STAMP, before, BUSY) !== before) return;
    words[at + LENGTH] = Math.min(prefix.length, PREFIX_BYTES_KEPT);
    prefix.copy(this.#bytes, (at + PREFIX) * 4, 0, PREFIX_BYTES_KEPT);
    Atomics.store(words, at + STAMP, sequence + 1);
  }

  #isInvalid(since: number, key: Buffer): boolean {
    const count = (this.sequence - since) & SEQUENCE_MASK;
    if (count > LOG_SLOTS) return true;
    for (let index = 0; index < count; index++) {
      if (this.#concerns((since + index) & SEQUENCE_MASK, key)) return true;
    }
    return false;
  }

  #concerns(sequence: number, key: Buffer): boolean {
    const words = this.#words;
    const at = slotAt(sequence);
    if (Atomics.load(words, at + STAMP) !== sequence + 1) return true;
    const length = words[at + LENGTH];
    const from = (at + PREFIX) * 4;
    const begins = key.length >= length && this.#bytes.compare(key, 0, length, from, from + length) === 0;
    // A compare-exchange keeps the loads above it above it.
    return begins || Atomics.compareExchange(words, at + STAMP, sequence + 1, sequence + 1) !== sequence + 1;
  }

  #awaitFill(at: number): void {
    if (at === this.#own) return;
    const turn = Atomics.load(this.#words, at);
    if ((turn & 1) !== 0) Atomics.wait(this.#words, at, turn, FILL_MS_MAX);
  }
}

/** Not in the compiler's ES2022; in Node since 16. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { value: Promise<string> | string };
};

function slotAt(sequence: number): number {
  return logAt + (sequence & (LOG_SLOTS - 1)) * SLOT_WORDS;
}
