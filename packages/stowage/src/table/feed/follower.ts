/**
 * One reader of the change feed, with a place of its own in the ring.
 *
 * It says `reset` rather than ever leaving a change out: when it was overtaken, when it resumes from a place that is gone
 * or never was, when nobody followed meanwhile, and at a hole. A hole is a sequence that was taken and has not been
 * published: mostly by a writer that is about to. It is waited for, since changes come in order; after `patienceMs` the
 * writer counts as dead, and what it changed as anything.
 *
 * Sleeping: a follower counts itself as a sleeper, looks once more, and waits for the ring's signal to change. A
 * writer publishes first and looks for sleepers then. So one of them sees the other.
 */
import { type Clock, systemClock, type TimerHandle } from "../../base/clock.js";
import { ClosedError, InvalidArgumentError, InvalidOptionError } from "../../base/errors.js";
import { KeyBuffer } from "../memory/key-buffer.js";
import type { TableState } from "../state.js";
import type { Key } from "../types.js";
import { changeKind, header, keyBytesKept, kindNames, slot, slotWords } from "./layout.js";
import { followOptions } from "./options.js";
import type { Ring } from "./ring.js";
import type { Change, FeedBatch, Follower, FollowOptions } from "./types.js";

/** Some hundred times longer than a thread that lost its core waits for the next one. */
const patienceMs = 100;
/** As many as take some 0.2 ms to read. */
const limitDefault = 1_024;

const nothing: FeedBatch = Object.freeze({ reset: false, changes: Object.freeze([]) });
const reset: FeedBatch = Object.freeze({ reset: true, changes: Object.freeze([]) });

/** Not in the compiler's ES2022; in Node since 16. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { value: Promise<string> | string };
};

export class RingFollower implements Follower {
  readonly #ring: Ring;
  readonly #clock: Clock;
  readonly #prefix: Buffer;
  readonly #slot = new Int32Array(slotWords);
  readonly #keyBytes = new Uint8Array(this.#slot.buffer, slot.KEY * 4);
  #next: number;
  /** The ring's, when it was last asked for: once for all that is read at a time. */
  #head = 0;
  #closed = false;
  /** The hole that is being waited for, and since when. */
  #hole = -1;
  #holeSinceMs = 0;

  /** A follower of the table that this thread is attached to. */
  static of(t: TableState, options?: FollowOptions): RingFollower {
    if (t.ring === undefined) {
      const expected = "above 0 when the table is created, so that there is a feed to follow";
      throw new InvalidOptionError({ where: "follow", option: "feed", received: 0, expected });
    }
    return new RingFollower(t.ring as Ring, t.timekeeper.clock, options);
  }

  constructor(ring: Ring, clock: Clock = systemClock, options?: FollowOptions) {
    const { from, prefix } = followOptions.bind(options, "follow");
    this.#ring = ring;
    this.#clock = clock;
    this.#prefix = bytesOf(prefix ?? "");
    const head = ring.watch();
    this.#next = from === undefined ? head : from + 1;
  }

  get position(): number {
    return this.#next - 1;
  }

  get latest(): number {
    return this.#ring.head - 1;
  }

  read(limit = limitDefault): FeedBatch {
    this.#checkOpen("read");
    if (!(limit >= 1)) throw new InvalidArgumentError("read", "limit", limit, "a number of at least 1");
    this.#head = 0;
    const changes: Change[] = [];
    while (changes.length < limit && this.#advance()) {
      if (this.#isLost()) return this.#reset();
      changes.push(this.#decode(this.#next++));
    }
    return changes.length === 0 ? nothing : { reset: false, changes };
  }

  wait(timeoutMs: number): boolean {
    this.#checkOpen("wait");
    if (!(timeoutMs >= 0))
      throw new InvalidArgumentError("wait", "timeoutMs", timeoutMs, "a number from 0 up");
    for (let leftMs = timeoutMs; ; ) {
      this.#head = 0;
      if (this.#advance()) return true;
      if (leftMs <= 0) return false;
      leftMs -= this.#sleep(leftMs);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedBatch, void, void> {
    while (!this.#isClosed) {
      const batch = this.read();
      if (batch !== nothing) yield batch;
      else await this.#sleepAsync();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ring.unwatch();
    this.#ring.ring(); // iterations of this follower end; others sleep on
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Moves to the next change that is wanted, and reads it into `#slot`; false: there is none yet. */
  #advance(): boolean {
    for (;;) {
      if (this.#next >= this.#head) this.#head = this.#ring.head;
      const found = this.#ring.read(this.#next, this.#slot, this.#head);
      if (found === "none") return false;
      if (found === "hole") return this.#isStuck() && this.#markLost();
      if (found === "lost") return this.#markLost();
      if (this.#isWanted()) return true;
      this.#next++;
    }
  }

  #markLost(): true {
    this.#slot[slot.WHAT] = 0;
    return true;
  }

  #isLost(): boolean {
    return this.#slot[slot.WHAT] === 0;
  }

  #reset(): FeedBatch {
    this.#next = this.#ring.head;
    this.#head = this.#next;
    return reset;
  }

  #isStuck(): boolean {
    const nowMs = this.#clock.now();
    if (this.#hole !== this.#next) {
      this.#hole = this.#next;
      this.#holeSinceMs = nowMs;
    }
    return nowMs - this.#holeSinceMs >= patienceMs;
  }

  #isWanted(): boolean {
    const what = this.#slot[slot.WHAT];
    if (what >>> 24 === changeKind.clear || what >>> 24 === changeKind.tag) return true;
    const prefix = this.#prefix;
    if ((what & 0xffffff) < prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (prefix[i] !== this.#keyBytes[i]) return false;
    return true;
  }

  #decode(sequence: number): Change {
    const what = this.#slot[slot.WHAT];
    const keyLength = what & 0xffffff;
    return {
      sequence,
      kind: kindNames[what >>> 24] as Change["kind"],
      key: Buffer.from(this.#keyBytes.subarray(0, keyLength)),
      keyLength,
      truncated: keyLength > keyBytesKept,
      h1: this.#slot[slot.H1],
      h2: this.#slot[slot.H2],
    };
  }

  /** Returns how long it was, in milliseconds. */
  #sleep(leftMs: number): number {
    const atMostMs = Math.min(leftMs, this.#isAtHole() ? patienceMs : leftMs);
    const sinceMs = this.#clock.now();
    this.#ring.enterSleep();
    try {
      const { signal } = this.#ring;
      if (this.#advance()) return 0;
      const outcome = Atomics.wait(this.#ring.words, header.SIGNAL, signal, atMostMs);
      // The time that was slept is known without a clock that may be a test's.
      return outcome === "timed-out" ? atMostMs : this.#clock.now() - sinceMs;
    } finally {
      this.#ring.leaveSleep();
    }
  }

  async #sleepAsync(): Promise<void> {
    let timer: TimerHandle | undefined;
    this.#ring.enterSleep();
    try {
      const { signal } = this.#ring;
      if (this.#isClosed || this.#advance()) return;
      if (this.#isAtHole()) timer = this.#clock.setTimer(() => this.#ring.ring(), patienceMs);
      await waitAsync(this.#ring.words, header.SIGNAL, signal).value;
    } finally {
      if (timer !== undefined) this.#clock.clearTimer(timer);
      this.#ring.leaveSleep();
    }
  }

  #isAtHole(): boolean {
    return this.#hole === this.#next;
  }

  /** Closing the table closes its followers. */
  get #isClosed(): boolean {
    return this.#closed || this.#ring.closed;
  }

  #checkOpen(where: string): void {
    if (this.#isClosed) throw new ClosedError(where);
  }
}

/** The prefix as keys are stored, cut to what the ring keeps of them; a copy, for the caller may write into his bytes. */
function bytesOf(prefix: Key): Buffer {
  const encoder = new KeyBuffer(0);
  encoder.take(prefix, "follow");
  return encoder.copy().subarray(0, keyBytesKept);
}
