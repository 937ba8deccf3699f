/**
 * Leases: one caller among all threads may do something about a key, such as load it.
 *
 *     lease granted ──> the source is read ──> fill: written or invalidated since it was granted?   no: stored
 *          │                                                                                          yes: refused
 *          └── every write of the key, in whatever thread, marks the lease, under the lock of the key's bucket
 *
 * Invariant: a key has one lease of a kind at most; a fill looks at its mark under the same lock under which writes set
 * it, so no value that was read before a write is stored after it. Tags cost writes nothing: a filled entry carries the
 * tag sequence of when its lease was granted, and is invalid from the start if a tag of it was invalidated since.
 *
 * A lease passes on when it was given back, when its time is over and somebody asks, and when the thread that it was
 * given to is dead. Whoever has it from then on has another token; the old one fills nothing.
 *
 * Granting takes a lock (a load costs a million times as much); marking, filling and giving back do not. A thread that
 * dies with the lock leaves nothing half done: STATE is written last, and a slot whose STATE says "free" is free.
 */
import { assert } from "../../base/assert.js";
import type { Grant, LeaseHost, LeaseKind } from "./host.js";
import {
  commitAt,
  GENERATION_MAX,
  KIND_BITS,
  KIND_FREE,
  KIND_LOAD,
  KIND_LOCK,
  KIND_MASK,
  KIND_NOTHING,
  L_H1,
  L_H2,
  L_MARK,
  L_OWNER,
  L_STATE,
  L_TAGS,
  LF_SEQUENCE,
  LF_UNTIL,
  LIST_WORDS,
  NOTHING_TAGS_MAX,
  SET_SLOTS,
  SET_WORDS,
  SLOT_WORDS,
  TOKEN_UNIT,
} from "./layout.js";
import { dequeue, enqueue } from "./queue.js";
import { type Change, changeOf } from "./waiting.js";

/** For how long a lock is kept for the one whose turn it is. */
const OFFER_MS = 1_000;

const CROWDED: Grant = Object.freeze({ token: 0, reason: "crowded", until: 0 });

export class LeaseTable {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #host: LeaseHost;
  readonly #sets: number;

  constructor(memory: SharedArrayBuffer, host: LeaseHost) {
    this.#words = new Int32Array(memory, 0, commitAt(memory) / 4);
    this.#doubles = new Float64Array(memory, 0, commitAt(memory) / 8);
    this.#host = host;
    this.#sets = this.#words.length / SET_WORDS;
  }

  /**
   * The lease of a key, or why not. `until`: when others may have it; Infinity: not as long as this thread lives.
   * `overNothing`: also when it is known that there is nothing to load.
   */
  acquire(h1: number, h2: number, kind: LeaseKind, until: number, overNothing = false): Grant {
    return this.#host.locked(() => {
      const held = this.#find(h1, h2, kind);
      if (held >= 0 && this.#isOffered(held)) return this.#accept(held);
      if (held >= 0 && !this.#isOver(held) && !(overNothing && this.#isKind(held, KIND_NOTHING)))
        return this.#refusal(held);
      const at = held >= 0 ? held : this.#room(h1);
      return at < 0 ? CROWDED : { token: this.#grant(at, h1, h2, kind, until), reason: "held", until };
    });
  }

  /** Called under the lock of the key's bucket, by every thread that writes or deletes the key. */
  note(h1: number, h2: number): void {
    const words = this.#words;
    const from = this.#setOf(h1);
    for (let at = from; at < from + SET_WORDS; at += SLOT_WORDS) {
      if (words[at + L_H2] === h2 && words[at + L_H1] === h1) Atomics.add(words, at + L_MARK, 1);
    }
  }

  /** Before the whole table is cleared. */
  noteAll(): void {
    for (let at = 0; at < this.#words.length; at += SLOT_WORDS) Atomics.add(this.#words, at + L_MARK, 1);
  }

  /** After one write of the holder's own: true if nobody else has written. */
  forgiveOne(token: number): boolean {
    const at = this.#at(token);
    return this.isHeld(token) && Atomics.compareExchange(this.#words, at + L_MARK, 1, 0) === 1;
  }

  /** Whether a fill would still be taken. For the last word on it, to be asked under the lock of the key's bucket. */
  isGood(token: number): boolean {
    const at = this.#at(token);
    return this.#holds(at, token, KIND_LOAD) && Atomics.load(this.#words, at + L_MARK) === 0;
  }

  /** Whether it was given for this key. */
  isOf(token: number, h1: number, h2: number): boolean {
    const at = this.#at(token);
    return this.#words[at + L_H1] === h1 && this.#words[at + L_H2] === h2;
  }

  /** Whether it is still held, marked or not. */
  isHeld(token: number): boolean {
    return this.#holds(this.#at(token), token, kindOf(this.#words[this.#at(token) + L_STATE]));
  }

  /** Of the tags, when the lease was granted. */
  sequence(token: number): number {
    return this.#doubles[(this.#at(token) >> 1) + LF_SEQUENCE];
  }

  /** False if it was not held any more. */
  release(token: number): boolean {
    const at = this.#at(token);
    const kind = kindOf(this.#words[at + L_STATE]);
    if (!this.#holds(at, token, kind)) return false;
    return kind === KIND_LOCK ? this.#host.locked(() => this.#passOn(at, token)) : this.#end(at);
  }

  /** Gives the lease back, and has it remembered that there is nothing to fill the key with. */
  foundNothing(token: number, until: number, tags: Int32Array): boolean {
    const at = this.#at(token);
    if (tags.length > NOTHING_TAGS_MAX * 2 || !this.isGood(token)) return this.release(token) && false;
    const words = this.#words;
    this.#doubles[(at >> 1) + LF_UNTIL] = until;
    words[at + L_TAGS] = tags.length;
    for (let index = 0; index < tags.length; index++) words[at + LIST_WORDS[index]] = tags[index];
    const state = stateOf(generationOf(token), KIND_LOAD);
    const next = stateOf(generationOf(token), KIND_NOTHING);
    const done = Atomics.compareExchange(words, at + L_STATE, state, next) === state;
    Atomics.notify(words, at + L_STATE);
    return done;
  }

  /** Whether a loader found nothing for the key, and nobody wrote it since. */
  isNothing(h1: number, h2: number): boolean {
    const at = this.#find(h1, h2, KIND_LOAD);
    return at >= 0 && this.#isKind(at, KIND_NOTHING) && !this.#isOver(at);
  }

  /** Whether any lease of a kind is held, that of the one key apart. */
  anyHeld(kind: LeaseKind, h1: number, h2: number): boolean {
    const words = this.#words;
    for (let at = 0; at < words.length; at += SLOT_WORDS) {
      if (kindOf(Atomics.load(words, at + L_STATE)) !== kind || this.#isOver(at)) continue;
      if (words[at + L_H1] !== h1 || words[at + L_H2] !== h2) return true;
    }
    return false;
  }

  /** For whoever waits until the lease of a key may be free; undefined: it is not held. */
  changeOf(h1: number, h2: number, kind: LeaseKind): Change | undefined {
    const at = this.#find(h1, h2, kind);
    if (at < 0 || this.#isOver(at)) return undefined;
    const state = Atomics.load(this.#words, at + L_STATE);
    if (classOf(kindOf(state)) !== kind) return undefined;
    return changeOf(this.#words, at + L_STATE, state, this.#doubles[(at >> 1) + LF_UNTIL]);
  }

  /** When the thread of an attachment has ended, or is about to. */
  releaseAllOf(owner: number): void {
    for (let at = 0; at < this.#words.length; at += SLOT_WORDS) {
      const kind = kindOf(Atomics.load(this.#words, at + L_STATE));
      if ((kind === KIND_LOAD || kind === KIND_LOCK) && this.#words[at + L_OWNER] === owner) this.#end(at);
    }
  }

  /** Leases of this attachment pass on. */
  close(): void {
    this.releaseAllOf(this.#host.owner);
  }

  verify(): void {
    const words = this.#words;
    const seen = new Set<string>();
    for (let at = 0; at < words.length; at += SLOT_WORDS) {
      const kind = kindOf(words[at + L_STATE]);
      assert(kind <= KIND_LOCK, "leases: a slot is of no kind");
      if (kind === KIND_FREE) continue;
      const name = `${classOf(kind)} ${words[at + L_H1]} ${words[at + L_H2]}`;
      assert(!seen.has(name), "leases: a key has two leases");
      seen.add(name);
      const set = this.#setOf(words[at + L_H1]);
      assert(at >= set && at < set + SET_WORDS, "leases: a lease stands in another key's set");
    }
  }

  #setOf(h1: number): number {
    return (h1 & (this.#sets - 1)) * SET_WORDS;
  }

  #at(token: number): number {
    const slot = Math.floor(token / TOKEN_UNIT);
    return Number.isSafeInteger(token) && slot >= 0 && slot < this.#sets * SET_SLOTS ? slot * SLOT_WORDS : 0;
  }

  #holds(at: number, token: number, kind: number): boolean {
    if (kind !== KIND_LOAD && kind !== KIND_LOCK) return false;
    return (
      this.#tokenOf(at) === token &&
      Atomics.load(this.#words, at + L_STATE) === stateOf(generationOf(token), kind)
    );
  }

  #tokenOf(at: number): number {
    return (at / SLOT_WORDS) * TOKEN_UNIT + (Atomics.load(this.#words, at + L_STATE) >>> KIND_BITS);
  }

  /** The slot with a key's lease, or what is left of it. */
  #find(h1: number, h2: number, kind: LeaseKind): number {
    const words = this.#words;
    const from = this.#setOf(h1);
    for (let at = from; at < from + SET_WORDS; at += SLOT_WORDS) {
      if (words[at + L_H2] !== h2 || words[at + L_H1] !== h1) continue;
      if (classOf(kindOf(Atomics.load(words, at + L_STATE))) === kind) return at;
    }
    return -1;
  }

  /** Whether what the slot holds may be taken from its holder, or forgotten. */
  #isOver(at: number): boolean {
    const kind = kindOf(Atomics.load(this.#words, at + L_STATE));
    if (kind === KIND_FREE || this.#host.now() >= this.#doubles[(at >> 1) + LF_UNTIL]) return true;
    if (kind === KIND_NOTHING) return this.#words[at + L_MARK] !== 0 || this.#isInvalid(at);
    return !this.#host.isAlive(this.#words[at + L_OWNER]);
  }

  #isInvalid(at: number): boolean {
    const count = this.#words[at + L_TAGS];
    if (count === 0) return false;
    const hashes = Int32Array.from(LIST_WORDS.slice(0, count), (word) => this.#words[at + word]);
    return this.#host.isInvalid(hashes, this.#doubles[(at >> 1) + LF_SEQUENCE]);
  }

  /** A slot that may be used; what a loader did not find is forgotten first. */
  #room(h1: number): number {
    const from = this.#setOf(h1);
    let nothing = -1;
    for (let at = from; at < from + SET_WORDS; at += SLOT_WORDS) {
      if (this.#isOver(at)) return at;
      if (!this.#isKind(at, KIND_NOTHING)) continue;
      if (nothing < 0 || this.#until(at) < this.#until(nothing)) nothing = at;
    }
    return nothing;
  }

  #isKind(at: number, kind: number): boolean {
    return kindOf(Atomics.load(this.#words, at + L_STATE)) === kind;
  }

  #until(at: number): number {
    return this.#doubles[(at >> 1) + LF_UNTIL];
  }

  /** Under the lock. Whoever held it finds another generation. */
  #grant(at: number, h1: number, h2: number, kind: LeaseKind, until: number): number {
    const words = this.#words;
    const before = this.#free(at);
    const generation = before === 0 ? this.#host.firstGeneration : (before % GENERATION_MAX) + 1;
    words[at + L_H1] = h1;
    words[at + L_H2] = h2;
    words[at + L_OWNER] = this.#host.owner;
    words[at + L_TAGS] = 0;
    this.#doubles[(at >> 1) + LF_UNTIL] = until;
    this.#doubles[(at >> 1) + LF_SEQUENCE] = this.#host.tagSequence();
    Atomics.store(words, at + L_MARK, 0);
    if (kind === KIND_LOAD) this.#host.watch(1);
    Atomics.store(words, at + L_STATE, stateOf(generation, kind));
    return this.#tokenOf(at);
  }

  /** Takes the slot from whoever has it; its generation so far. */
  #free(at: number): number {
    while (kindOf(Atomics.load(this.#words, at + L_STATE)) !== KIND_FREE) this.#end(at);
    return this.#words[at + L_STATE] >>> KIND_BITS;
  }

  /** Only one of those who end it finds that he did. */
  #end(at: number): boolean {
    const words = this.#words;
    const state = Atomics.load(words, at + L_STATE);
    const free = stateOf(state >>> KIND_BITS, KIND_FREE);
    if (state === free || Atomics.compareExchange(words, at + L_STATE, state, free) !== state) return false;
    if (classOf(kindOf(state)) === KIND_LOAD) this.#host.watch(-1);
    Atomics.notify(words, at + L_STATE);
    return true;
  }

  /** Who waits for a lock is noted, once, so that he gets it in the order asked. More than there is room for wait so. */
  #refusal(at: number): Grant {
    if (this.#isKind(at, KIND_LOCK)) enqueue(this.#words, at, this.#host.owner);
    const reason = this.#isKind(at, KIND_NOTHING) ? "nothing" : "held";
    return { token: 0, reason, until: this.#until(at) };
  }

  /** A lock that is given back is offered to the first who waits for it, and is his for a while. */
  #passOn(at: number, token: number): boolean {
    if (!this.#holds(at, token, KIND_LOCK)) return false;
    const next = dequeue(this.#words, at, this.#host.isAlive);
    if (next === 0) return this.#end(at);
    const words = this.#words;
    words[at + L_OWNER] = next;
    this.#doubles[(at >> 1) + LF_UNTIL] = this.#host.now() + OFFER_MS;
    Atomics.store(words, at + L_STATE, stateOf((generationOf(token) % GENERATION_MAX) + 1, KIND_LOCK));
    Atomics.notify(words, at + L_STATE);
    return true;
  }

  /** Whether it is a lock that waits for this attachment to take it. */
  #isOffered(at: number): boolean {
    return (
      this.#isKind(at, KIND_LOCK) &&
      this.#words[at + L_OWNER] === this.#host.owner &&
      this.#until(at) !== Number.POSITIVE_INFINITY
    );
  }

  #accept(at: number): Grant {
    this.#doubles[(at >> 1) + LF_UNTIL] = Number.POSITIVE_INFINITY;
    return { token: this.#tokenOf(at), reason: "held", until: Number.POSITIVE_INFINITY };
  }
}

function kindOf(state: number): number {
  return state & KIND_MASK;
}

/** What was not found stands where the load of the key stood. */
function classOf(kind: number): number {
  return kind === KIND_NOTHING ? KIND_LOAD : kind;
}

function stateOf(generation: number, kind: number): number {
  return (generation << KIND_BITS) | kind;
}

function generationOf(token: number): number {
  return token % TOKEN_UNIT;
}
