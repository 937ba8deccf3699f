/**
 * The change feed's ring: any thread writes, any thread reads, nobody waits for anybody.
 *
 * A writer takes the next sequence, claims that slot by compare-exchange, fills it, and publishes it by a second
 * compare-exchange. Readers keep their own place; the ring does not know how far they are, and writes over what they have
 * not read. They notice, because a slot's stamp says which lap it holds.
 *
 * What can go wrong, and what becomes of it:
 * - A writer falls behind by a whole lap between two of its steps: it finds the slot taken, and its change is dropped.
 *   Whoever had still to read it has been overtaken as well.
 * - A writer meets one of an earlier lap that is still filling the slot: writing beside it would mix two changes. It
 *   marks the slot as lost for its own lap, and leaves; the other one, when it wakes up, finds the mark and lets go.
 * - A thread dies between taking a sequence and publishing it. The slot stays unpublished: a hole. Followers wait for a
 *   hole for a moment, then take it as a reset (follower.ts). `forget` frees what the dead thread had claimed.
 *
 * Invariant: a published slot is whole. Only the thread named in a busy stamp writes to the slot's other words.
 * Invariant: a change is noted under the lock of its bucket, after it was made. Who reads the note and then the key waits
 * for that lock, and so never gets the older value; who read the older value did so before the note had its sequence.
 *
 * Left out: notes while nobody follows. They cost the table one plain load of a counter, `watchers`; the first follower
 * after such a time marks a gap, so that one that resumes from before is told (`watch`).
 */
import {
  changeKind,
  countsAt,
  gapPending,
  header,
  keyBytesKept,
  lapOf,
  lapsBehind,
  noThread,
  slot,
  slotsAt,
  slotWords,
  stampOf,
  state,
  stateOf,
  threadOf,
} from "./layout.js";

export { ringBytes } from "./layout.js";

export interface RingHost {
  /** The number of this thread at the table, 0 to 254. */
  readonly thread: number;
  /** The table's counter of all that want to be told of changes. */
  readonly watchers: { add(count: number): void };
}

/** What stands at a sequence. */
export type Found = "change" | "none" | "hole" | "lost";

export class Ring {
  readonly capacity: number;
  readonly words: Int32Array;
  readonly #head: BigInt64Array;
  readonly #slotsAt: number;
  readonly #host: RingHost;
  /** This thread has left the table: what its followers had counted has been taken off. */
  closed = false;

  /** Makes a ring of a zeroed buffer of `ringBytes`. */
  static initialize(
    buffer: SharedArrayBuffer,
    capacity: number,
    threads: number,
    first = anySequence(),
  ): void {
    const words = new Int32Array(buffer);
    words[header.CAPACITY] = capacity;
    words[header.THREADS] = threads;
    Atomics.store(new BigInt64Array(buffer), header.HEAD / 2, BigInt(first));
  }

  constructor(buffer: SharedArrayBuffer, host: RingHost) {
    this.words = new Int32Array(buffer);
    this.#head = new BigInt64Array(buffer, header.HEAD * 4, 1);
    this.capacity = this.words[header.CAPACITY];
    this.#slotsAt = slotsAt(this.words[header.THREADS]);
    this.#host = host;
  }

  /** The sequence that the next change gets. */
  get head(): number {
    return Number(Atomics.load(this.#head, 0));
  }

  /** Notes a change of one key; its bytes begin at word `at` of `words`. To be called under the lock of its bucket. */
  note(kind: number, h1: number, h2: number, words: Int32Array, at: number, keyLength: number): void {
    const sequence = Number(Atomics.add(this.#head, 0, 1n));
    const start = this.#claim(sequence);
    if (start === 0) {
      this.#wake();
      return;
    }
    const target = this.words;
    const copied = (Math.min(keyLength, keyBytesKept) + 3) >>> 2;
    for (let i = 0; i < copied; i++) target[start + slot.KEY + i] = words[at + i];
    this.#publish(start, sequence, (kind << 24) | keyLength, h1, h2);
  }

  /** Notes a change that is of no one key. */
  noteBare(kind: number, h1 = 0, h2 = 0): void {
    this.note(kind, h1, h2, this.words, 0, 0);
  }

  /** Notes that a tag was invalidated: the bytes of its name stand where those of a key do. */
  noteTag(h1: number, h2: number, name: Uint8Array): void {
    const words = new Int32Array(keyBytesKept / 4);
    new Uint8Array(words.buffer).set(name.subarray(0, keyBytesKept));
    this.note(changeKind.tag, h1, h2, words, 0, name.length);
  }

  /** Notes that changes may have gone by unnoted: all who follow are told to take everything as changed. */
  lost(): void {
    const sequence = Number(Atomics.add(this.#head, 0, 1n));
    const start = this.#claim(sequence);
    if (start !== 0) this.#release(start, sequence, stampOf(state.lost, noThread, this.#lapOf(sequence)));
    this.#wake();
  }

  /** Reads what stands at a sequence into `into`: the words behind the stamp. `head` is as of a moment ago. */
  read(sequence: number, into: Int32Array, head: number): Found {
    if (sequence >= head) return sequence === head ? "none" : "lost";
    if (head - sequence > this.capacity) return "lost";
    const start = this.#startOf(sequence);
    const stamp = Atomics.load(this.words, start);
    const behind = lapsBehind(stamp, this.#lapOf(sequence));
    const slotState = stateOf(stamp);
    if (slotState === state.empty || behind > 0) return "hole";
    if (behind < 0 || slotState === state.lost) return "lost";
    if (slotState === state.busy) return "hole";
    for (let i = 1; i < slotWords; i++) into[i] = this.words[start + i];
    // A compare-exchange that changes nothing, because unlike a load it keeps the loads above it above it.
    return Atomics.compareExchange(this.words, start, stamp, stamp) === stamp ? "change" : "lost";
  }

  /** Counts a follower of this thread; from its return on, every change is noted. Returns the sequence that comes next. */
  watch(): number {
    const { thread, watchers } = this.#host;
    watchers.add(1);
    const before = this.#addFollower();
    Atomics.add(this.words, countsAt + thread * 2, 1);
    // Not only the first one marks the gap: a second must not come back from `watch` before the mark stands.
    if (before === 0 || (before & gapPending) !== 0) {
      this.lost();
      Atomics.and(this.words, header.FOLLOWERS, ~gapPending);
    }
    return this.head;
  }

  unwatch(): void {
    if (this.closed) return;
    const { thread, watchers } = this.#host;
    Atomics.sub(this.words, countsAt + thread * 2, 1);
    Atomics.sub(this.words, header.FOLLOWERS, 1);
    watchers.add(-1);
  }

  /** To be called before looking for changes a last time and sleeping on `signal`. */
  enterSleep(): void {
    Atomics.add(this.words, header.SLEEPERS, 1);
    Atomics.add(this.words, countsAt + this.#host.thread * 2 + 1, 1);
  }

  leaveSleep(): void {
    if (this.closed) return;
    Atomics.sub(this.words, countsAt + this.#host.thread * 2 + 1, 1);
    Atomics.sub(this.words, header.SLEEPERS, 1);
  }

  get signal(): number {
    return Atomics.load(this.words, header.SIGNAL);
  }

  /** Wakes all who sleep. */
  ring(): void {
    Atomics.add(this.words, header.SIGNAL, 1);
    Atomics.notify(this.words, header.SIGNAL);
  }

  /**
   * Takes off what a thread has left that is gone, or this one when it goes: its followers, and the slots that it was
   * filling. If it died while it was counting, a count may stay too high: then changes are noted that nobody reads, but
   * never the other way round.
   */
  forget(thread: number): void {
    if (thread === this.#host.thread) this.closed = true;
    const followers = Atomics.exchange(this.words, countsAt + thread * 2, 0);
    const sleepers = Atomics.exchange(this.words, countsAt + thread * 2 + 1, 0);
    for (let index = 0; index < this.capacity; index++) this.#free(index, thread);
    if (sleepers > 0) Atomics.sub(this.words, header.SLEEPERS, sleepers);
    if (followers > 0) Atomics.sub(this.words, header.FOLLOWERS, followers);
    if (followers > 0) this.#host.watchers.add(-followers);
    this.ring();
  }

  /** The word where the slot begins once it is this writer's; 0 when the change is lost. */
  #claim(sequence: number): number {
    const start = this.#startOf(sequence);
    const lap = this.#lapOf(sequence);
    const { thread } = this.#host;
    for (;;) {
      const stamp = Atomics.load(this.words, start);
      const slotState = stateOf(stamp);
      if (slotState !== state.empty && lapsBehind(stamp, lap) <= 0) return 0;
      const inside = slotState === state.busy || slotState === state.lost ? threadOf(stamp) : noThread;
      const taken = inside !== noThread && inside !== thread;
      const mine = taken ? stampOf(state.lost, inside, lap) : stampOf(state.busy, thread, lap);
      if (Atomics.compareExchange(this.words, start, stamp, mine) === stamp) return taken ? 0 : start;
    }
  }

  #publish(start: number, sequence: number, what: number, h1: number, h2: number): void {
    const { words } = this;
    words[start + slot.WHAT] = what;
    words[start + slot.H1] = h1;
    words[start + slot.H2] = h2;
    const stamp = stampOf(state.published, this.#host.thread, this.#lapOf(sequence));
    this.#release(start, sequence, stamp);
    this.#wake();
  }

  /** Ends the claim, as `stamp` says, unless others came round meanwhile and marked the slot as lost for their laps. */
  #release(start: number, sequence: number, stamp: number): void {
    let claimed = stampOf(state.busy, this.#host.thread, this.#lapOf(sequence));
    let next = stamp;
    for (;;) {
      const found = Atomics.compareExchange(this.words, start, claimed, next);
      if (found === claimed) return;
      claimed = found;
      next = stampOf(state.lost, noThread, lapOf(found));
    }
  }

  #wake(): void {
    if (Atomics.load(this.words, header.SLEEPERS) !== 0) this.ring();
  }

  /** One more follower; returns what the word was. Where there was none, the gap is pending in the same step. */
  #addFollower(): number {
    for (;;) {
      const before = Atomics.load(this.words, header.FOLLOWERS);
      const count = before & ~gapPending;
      const after = count === 0 ? 1 | gapPending : before + 1;
      if (Atomics.compareExchange(this.words, header.FOLLOWERS, before, after) === before)
        return count === 0 ? 0 : before;
    }
  }

  #free(index: number, thread: number): void {
    const start = this.#slotsAt + index * slotWords;
    for (;;) {
      const stamp = Atomics.load(this.words, start);
      const slotState = stateOf(stamp);
      const held = slotState === state.busy || slotState === state.lost;
      if (!held || threadOf(stamp) !== thread) return;
      const freed = stampOf(state.lost, noThread, lapOf(stamp));
      if (Atomics.compareExchange(this.words, start, stamp, freed) === stamp) return;
    }
  }

  #startOf(sequence: number): number {
    return this.#slotsAt + ((sequence >>> 0) & (this.capacity - 1)) * slotWords;
  }

  #lapOf(sequence: number): number {
    return Math.floor(sequence / this.capacity);
  }
}

/** Random, so that a place noted before a restart is not taken for one in the new table's ring. */
function anySequence(): number {
  return 1 + Math.floor(Math.random() * 2 ** 48);
}
