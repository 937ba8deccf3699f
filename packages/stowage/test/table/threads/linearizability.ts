/**
 * Is a recorded history linearizable? Can each operation be given one moment between its call and its return, so that
 * done one after another in that order they would have returned what they did return?
 *
 * The search is Wing and Gong's (1993), with Lowe's memoisation (2017): a set of operations done and the state they led to
 * is never entered twice. It is P-compositional: a history of many keys is linearizable if that of each key is (Herlihy
 * and Wing 1990), so each key is searched by itself, which is what makes it fast.
 *
 * An operation whose thread was killed never returned: it may have taken effect at any moment after its call, or not at all.
 * Moments are integers of one counter that all threads add to; no clock is fine enough for this.
 */

export interface Operation<Call, Result> {
  readonly key: number;
  readonly call: Call;
  /** Undefined when it never returned. */
  readonly result: Result | undefined;
  readonly calledAt: number;
  /** Infinity when it never returned. */
  readonly returnedAt: number;
}

/** What one key is: a sequential machine. It shares nothing with the thing under test. */
export interface Specification<State, Call, Result> {
  readonly initial: State;
  /** The state after the call, or undefined if from this state it could not have returned that result. */
  step(state: State, call: Call, result: Result | undefined): State | undefined;
  /** Equal for equal states, different for different ones. */
  name(state: State): string;
}

/** A key whose operations have no order that explains them. */
export interface Violation<Call, Result> {
  readonly key: number;
  readonly operations: readonly Operation<Call, Result>[];
  /** The longest explanation found: what it could not go on with is where to look. */
  readonly explained: readonly Operation<Call, Result>[];
}

/** The first key, if any, that cannot be explained. */
export function findViolation<State, Call, Result>(
  specification: Specification<State, Call, Result>,
  history: readonly Operation<Call, Result>[],
): Violation<Call, Result> | undefined {
  for (const [key, operations] of byKey(history)) {
    const explained = new Search(specification, operations).run();
    if (explained !== undefined) return { key, operations, explained };
  }
  return undefined;
}

function byKey<Call, Result>(
  history: readonly Operation<Call, Result>[],
): Map<number, Operation<Call, Result>[]> {
  const groups = new Map<number, Operation<Call, Result>[]>();
  for (const operation of history) {
    const group = groups.get(operation.key);
    if (group === undefined) groups.set(operation.key, [operation]);
    else group.push(operation);
  }
  return groups;
}

/** One event of the doubly linked list that the search takes operations out of and puts back into. */
interface Event {
  readonly index: number;
  /** The event of this call's return; null in an event that is itself a return, undefined if there is none. */
  readonly end: Event | null | undefined;
  before: Event;
  after: Event | undefined;
}

class Search<State, Call, Result> {
  readonly #head: Event;
  readonly #done: BitSet;
  readonly #seen = new Set<string>();
  /** Operations given a moment so far, each with the state before it. */
  readonly #taken: { event: Event; state: State }[] = [];
  #longest: number[] = [];

  constructor(
    readonly specification: Specification<State, Call, Result>,
    readonly operations: readonly Operation<Call, Result>[],
  ) {
    this.#head = linked(operations);
    this.#done = new BitSet(operations.length);
  }

  /** Undefined if there is an explanation, else the longest beginning of one. */
  run(): Operation<Call, Result>[] | undefined {
    let state = this.specification.initial;
    let event = this.#head.after;
    // At the end of the list only calls without a return are left, and those need no moment.
    while (event !== undefined) {
      const next: State | undefined = event.end === null ? undefined : this.#enter(event, state);
      if (next !== undefined) {
        this.#taken.push({ event, state });
        lift(event);
        state = next;
        event = this.#head.after;
      } else if (event.end !== null) {
        event = event.after;
      } else {
        // A return whose call has no moment yet: the last one taken was a wrong choice.
        const last = this.#undo();
        if (last === undefined) return this.#longest.map((index) => this.operations[index]);
        state = last.state;
        event = last.event.after;
      }
    }
    return undefined;
  }

  /** The state after the operation, if it can be next and this place in the search is new. */
  #enter(event: Event, state: State): State | undefined {
    const { call, result } = this.operations[event.index];
    const next = this.specification.step(state, call, result);
    if (next === undefined) return undefined;
    this.#done.flip(event.index);
    const place = `${this.#done.name()}|${this.specification.name(next)}`;
    if (!this.#seen.has(place)) {
      this.#seen.add(place);
      return next;
    }
    this.#done.flip(event.index);
    return undefined;
  }

  #undo(): { event: Event; state: State } | undefined {
    if (this.#taken.length >= this.#longest.length)
      this.#longest = this.#taken.map(({ event }) => event.index);
    const last = this.#taken.pop();
    if (last === undefined) return undefined;
    this.#done.flip(last.event.index);
    unlift(last.event);
    return last;
  }
}

/** All calls and returns in the order of their moments, behind a head that is none of them. */
function linked<Call, Result>(operations: readonly Operation<Call, Result>[]): Event {
  const moments: { at: number; event: Event }[] = [];
  const head = { index: -1, end: null, after: undefined } as unknown as Event;
  for (const [index, { calledAt, returnedAt }] of operations.entries()) {
    const end = returnedAt === Number.POSITIVE_INFINITY ? undefined : newEvent(index, null, head);
    moments.push({ at: calledAt, event: newEvent(index, end, head) });
    if (end !== undefined) moments.push({ at: returnedAt, event: end });
  }
  moments.sort((one, other) => one.at - other.at);
  let last = head;
  for (const { event } of moments) {
    event.before = last;
    last.after = event;
    last = event;
  }
  return head;
}

function newEvent(index: number, end: Event | null | undefined, before: Event): Event {
  return { index, end, before, after: undefined };
}

/** Takes a call and its return out of the list. They keep their own links, by which `unlift` finds the way back. */
function lift(call: Event): void {
  bridge(call);
  if (call.end) bridge(call.end);
}

/** In the reverse order of `lift`. */
function unlift(call: Event): void {
  if (call.end) putBack(call.end);
  putBack(call);
}

function bridge(event: Event): void {
  event.before.after = event.after;
  if (event.after !== undefined) event.after.before = event.before;
}

function putBack(event: Event): void {
  event.before.after = event;
  if (event.after !== undefined) event.after.before = event;
}

class BitSet {
  readonly #words: Uint16Array;

  constructor(size: number) {
    this.#words = new Uint16Array(Math.ceil(size / 16));
  }

  flip(index: number): void {
    this.#words[index >>> 4] ^= 1 << (index & 15);
  }

  /** A string of a UTF-16 unit per word: quick to make and to compare. */
  name(): string {
    let name = "";
    for (let at = 0; at < this.#words.length; at += 4096)
      name += String.fromCharCode(...this.#words.subarray(at, at + 4096));
    return name;
  }
}
