/** The checker itself: histories known to be good and bad, and small random ones against trying every order. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findViolation } from "./linearizability.js";
import { type RegisterCall, type RegisterOperation, type RegisterResult, register } from "./register.js";

type Row = readonly [call: RegisterCall, result: RegisterResult | undefined, from: number, to: number];

const NEVER = Number.POSITIVE_INFINITY;
const set = (value: number): RegisterCall => ({ verb: "set", value });
const cas = (expected: number, value: number): RegisterCall => ({ verb: "cas", expected, value });
const incr: RegisterCall = { verb: "incr", amount: 1 };
const get: RegisterCall = { verb: "get" };
const remove: RegisterCall = { verb: "delete" };

function history(rows: readonly Row[], key = 0): RegisterOperation[] {
  return rows.map(([call, result, calledAt, returnedAt]) => ({ key, call, result, calledAt, returnedAt }));
}

function explained(rows: readonly Row[], evicts = false): boolean {
  return findViolation(register(evicts), history(rows)) === undefined;
}

const good: Record<string, readonly Row[]> = {
  "nothing at all": [],
  "a read that overlaps a write sees the old value": [
    [set(1), { version: 10 }, 1, 4],
    [get, { value: null }, 2, 3],
  ],
  "a read that overlaps a write sees the new value": [
    [set(1), { version: 10 }, 1, 4],
    [get, { value: 1, version: 10 }, 2, 3],
  ],
  "two writes that overlap, in the order of their versions": [
    [set(1), { version: 11 }, 1, 5],
    [set(2), { version: 10 }, 2, 4],
    [get, { value: 1, version: 11 }, 6, 7],
  ],
  "a write that never returned, and was done": [
    [set(1), undefined, 1, NEVER],
    [get, { value: null }, 2, 3],
    [get, { value: 1, version: 9 }, 4, 5],
  ],
  "a write that never returned, and was not done": [
    [set(1), undefined, 1, NEVER],
    [get, { value: null }, 2, 3],
  ],
  "a count that was made while the counting thread died": [
    [incr, undefined, 1, NEVER],
    [incr, { value: 2 }, 2, 3],
  ],
  "two counts that overlap": [
    [incr, { value: 2 }, 1, 4],
    [incr, { value: 1 }, 2, 5],
  ],
  "of two compare-and-sets one wins": [
    [set(1), { version: 5 }, 1, 2],
    [cas(5, 2), { version: 0 }, 3, 6],
    [cas(5, 3), { version: 6 }, 4, 7],
    [get, { value: 3, version: 6 }, 8, 9],
  ],
  "a delete between two reads": [
    [set(1), { version: 5 }, 1, 2],
    [get, { value: 1 }, 3, 4],
    [remove, { done: true }, 5, 8],
    [get, { value: null }, 6, 7],
  ],
};

const bad: Record<string, readonly Row[]> = {
  "a read of a value never written": [[get, { value: 7 }, 1, 2]],
  "a read of what was overwritten before it": [
    [set(1), { version: 10 }, 1, 2],
    [set(2), { version: 11 }, 3, 4],
    [get, { value: 1 }, 5, 6],
  ],
  "a read of what was deleted before it": [
    [set(1), { version: 10 }, 1, 2],
    [remove, { done: true }, 3, 4],
    [get, { value: 1 }, 5, 6],
  ],
  "a later reader sees the older value": [
    [set(1), { version: 10 }, 1, 2],
    [set(2), { version: 11 }, 3, 10],
    [get, { value: 2 }, 4, 5],
    [get, { value: 1 }, 6, 7],
  ],
  "a lost count": [
    [incr, { value: 1 }, 1, 4],
    [incr, { value: 1 }, 2, 5],
  ],
  "two compare-and-sets on one version": [
    [set(1), { version: 5 }, 1, 2],
    [cas(5, 2), { version: 6 }, 3, 6],
    [cas(5, 3), { version: 7 }, 4, 7],
  ],
  "a version given twice": [
    [set(1), { version: 5 }, 1, 2],
    [remove, { done: true }, 3, 4],
    [set(2), { version: 5 }, 5, 6],
  ],
  "a delete that found nothing where something was": [
    [set(1), { version: 5 }, 1, 2],
    [remove, { done: false }, 3, 4],
  ],
  "a value that comes back": [
    [set(1), { version: 5 }, 1, 2],
    [get, { value: null }, 3, 4],
    [get, { value: 1 }, 5, 6],
  ],
  "a write that never returned, seen before it was called": [
    [get, { value: 1 }, 1, 2],
    [set(1), undefined, 3, NEVER],
  ],
  "a write that never returned, done and undone": [
    [set(1), undefined, 1, NEVER],
    [get, { value: 1 }, 2, 3],
    [get, { value: null }, 4, 5],
  ],
};

describe("the linearizability checker accepts", () => {
  for (const [name, rows] of Object.entries(good)) it(name, () => expect(explained(rows)).toBe(true));

  it("a value that vanishes, where the table may evict", () => {
    const rows: Row[] = [
      [set(1), { version: 5 }, 1, 2],
      [get, { value: null }, 3, 4],
    ];
    expect(explained(rows)).toBe(false);
    expect(explained(rows, true)).toBe(true);
  });
});

describe("the linearizability checker refuses", () => {
  for (const [name, rows] of Object.entries(bad)) it(name, () => expect(explained(rows)).toBe(false));

  it("a value that comes back, also where the table may evict", () => {
    expect(explained(bad["a value that comes back"], true)).toBe(false);
  });

  it("a history of which one key is bad, and names the key", () => {
    const [first] = Object.values(good).slice(-1);
    const both = [...history(first, 3), ...history(bad["a lost count"], 5)];
    expect(findViolation(register(), both)?.key).toBe(5);
  });
});

/** Every order of every choice of the operations that did not return: exponential, and too simple to be wrong. */
function explainedByTrying(operations: readonly RegisterOperation[], state = register().initial): boolean {
  if (operations.every(({ returnedAt }) => returnedAt === NEVER)) return true;
  const firstReturn = Math.min(...operations.map(({ returnedAt }) => returnedAt));
  return operations.some((operation) => {
    if (operation.calledAt > firstReturn) return false;
    const next = register().step(state, operation.call, operation.result);
    const others = operations.filter((other) => other !== operation);
    return next !== undefined && explainedByTrying(others, next);
  });
}

const call = fc.oneof(
  fc.constant(get),
  fc.constant(incr),
  fc.constant(remove),
  fc.integer({ min: 1, max: 3 }).map(set),
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })).map(([v, n]) => cas(v, n)),
);
const result = fc.record({
  value: fc.constantFrom(null, 0, 1, 2, 3),
  version: fc.integer({ min: 0, max: 4 }),
  done: fc.boolean(),
});

const randomHistory = fc
  .array(
    fc.tuple(
      call,
      fc.option(result, { nil: undefined, freq: 6 }),
      fc.nat(12),
      fc.integer({ min: 1, max: 6 }),
    ),
    {
      minLength: 2,
      maxLength: 6,
    },
  )
  .map((rows) =>
    rows.map(([c, r, at, width], n): Row => {
      // Moments are all different, as those of a shared counter are.
      const from = at * 100 + 2 * n;
      return [c, r, from, r === undefined ? NEVER : from + width * 100 + 1];
    }),
  );

describe("the linearizability checker", () => {
  it("says what trying every order says", () => {
    let accepted = 0;
    const property = fc.property(randomHistory, (rows) => {
      const operations = history(rows);
      const answer = findViolation(register(), operations) === undefined;
      if (answer) accepted += 1;
      expect(answer).toBe(explainedByTrying(operations));
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(accepted).toBeGreaterThan(30);
  });

  it("accepts what an atomic register did, however long and concurrent", () => {
    const moves = fc.array(fc.tuple(fc.nat(3), call), { minLength: 100, maxLength: 400 });
    const property = fc.property(moves, (script) => {
      expect(findViolation(register(), played(script))).toBeUndefined();
    });
    fc.assert(property, { numRuns: 40 });
  });
});

/** Four threads on a real register: each call takes effect when its thread is next up, and returns the turn after that. */
function played(script: readonly (readonly [thread: number, call: RegisterCall])[]): RegisterOperation[] {
  const operations: RegisterOperation[] = [];
  const threads = new Map<number, { call: RegisterCall; calledAt: number; result?: RegisterResult }>();
  let value: number | null = null;
  let version = 100;
  let current = 0;
  let now = 0;
  const write = (next: number): RegisterResult => {
    value = next;
    current = ++version;
    return { value, version };
  };
  const act = (one: RegisterCall): RegisterResult => {
    if (one.verb === "set") return write(one.value);
    if (one.verb === "incr") return write((value ?? 0) + one.amount);
    if (one.verb === "cas")
      return one.expected === (value === null ? 0 : current) ? write(one.value) : { version: 0 };
    if (one.verb === "get") return { value, ...(value === null ? {} : { version: current }) };
    const done = value !== null;
    value = null;
    return { done };
  };
  for (const [thread, next] of script) {
    const running = threads.get(thread);
    now += 1;
    if (running === undefined) threads.set(thread, { call: next, calledAt: now });
    else if (running.result === undefined) running.result = act(running.call);
    else {
      const { call: was, calledAt, result: got } = running;
      operations.push({ key: 0, call: was, result: got, calledAt, returnedAt: now });
      threads.delete(thread);
    }
  }
  for (const { call: was, calledAt } of threads.values())
    operations.push({ key: 0, call: was, result: undefined, calledAt, returnedAt: NEVER });
  return operations;
}
