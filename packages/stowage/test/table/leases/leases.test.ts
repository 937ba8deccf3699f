/** The lease table alone: who gets a lease, what ends it, and which fills are still good. */
import { describe, expect, it } from "vitest";
import { KIND_LOAD, KIND_LOCK, SET_SLOTS } from "../../../src/table/leases/layout.js";
import type { LeaseTable } from "../../../src/table/leases/leases.js";
import { Desk } from "./desk.js";

const NEVER = Number.POSITIVE_INFINITY;
const NO_TAGS = new Int32Array(0);

function loadOf(leases: LeaseTable, h1: number, until = NEVER): number {
  return leases.acquire(h1, -h1, KIND_LOAD, until).token;
}

describe("granting", () => {
  it("gives a key to one attachment, and to another one when it was given back", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    const token = loadOf(one, 5);
    expect(token).toBeGreaterThan(0);
    expect(two.acquire(5, -5, KIND_LOAD, NEVER)).toEqual({ token: 0, reason: "held", until: NEVER });
    expect(one.acquire(5, -5, KIND_LOAD, NEVER)).toMatchObject({ token: 0, reason: "held" });
    expect(one.release(token)).toBe(true);
    expect(one.release(token)).toBe(false);
    const next = loadOf(two, 5);
    expect(next).toBeGreaterThan(0);
    expect(next).not.toBe(token);
    one.verify();
  });

  it("keeps keys apart, also those of one set, and kinds of lease", () => {
    const leases = new Desk().attach(1);
    expect(loadOf(leases, 1)).toBeGreaterThan(0);
    expect(leases.acquire(1, 99, KIND_LOAD, NEVER).token).toBeGreaterThan(0);
    expect(leases.acquire(1, -1, KIND_LOCK, NEVER).token).toBeGreaterThan(0);
    expect(loadOf(leases, 2)).toBeGreaterThan(0);
    leases.verify();
  });

  it("says when there are too many at a time, and gives what was given back", () => {
    const leases = new Desk().attach(1);
    const tokens = Array.from({ length: SET_SLOTS }, (_, n) => leases.acquire(3, n, KIND_LOAD, NEVER).token);
    expect(leases.acquire(3, 1_000, KIND_LOAD, NEVER)).toEqual({ token: 0, reason: "crowded", until: 0 });
    leases.release(tokens[4]);
    expect(leases.acquire(3, 1_000, KIND_LOAD, NEVER).token).toBeGreaterThan(0);
    leases.verify();
  });

  it("never gives a token twice, and takes none that it has not given", () => {
    const leases = new Desk().attach(1);
    const seen = new Set<number>();
    for (let round = 0; round < 1_000; round++) {
      const token = loadOf(leases, round % 3);
      expect(Number.isSafeInteger(token) && !seen.has(token)).toBe(true);
      seen.add(token);
      leases.release(token);
    }
    for (const wrong of [0, -1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, 12_345]) {
      expect(leases.isGood(wrong)).toBe(false);
      expect(leases.release(wrong)).toBe(false);
    }
  });
});

describe("passing on", () => {
  it("when its time is over and somebody asks; the old token is good for nothing from then on", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    const token = loadOf(one, 5, desk.now + 100);
    desk.now += 99;
    expect(loadOf(two, 5)).toBe(0);
    desk.now += 1;
    expect(one.isGood(token)).toBe(true);
    const next = loadOf(two, 5);
    expect(next).toBeGreaterThan(0);
    expect(one.isGood(token)).toBe(false);
    expect(one.release(token)).toBe(false);
    expect(two.isGood(next)).toBe(true);
    expect(desk.watchers).toBe(1);
  });

  it("when its thread is dead", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    const token = loadOf(one, 5);
    expect(loadOf(two, 5)).toBe(0);
    desk.dead.add(1);
    expect(loadOf(two, 5)).toBeGreaterThan(0);
    expect(one.isGood(token)).toBe(false);
  });

  it("when its attachment is closed or taken over, all its leases at once", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    for (let h1 = 0; h1 < 20; h1++) loadOf(one, h1);
    loadOf(two, 30);
    one.close();
    expect(desk.watchers).toBe(1);
    for (let h1 = 0; h1 < 20; h1++) expect(loadOf(two, h1)).toBeGreaterThan(0);
    expect(two.acquire(30, -30, KIND_LOAD, NEVER).token).toBe(0);
  });
});

describe("what ends a fill", () => {
  it("a write of the key, in whatever thread", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    const token = loadOf(one, 5);
    const other = loadOf(one, 6);
    two.note(5, -5);
    expect(one.isGood(token)).toBe(false);
    expect(one.isHeld(token)).toBe(true);
    expect(one.isGood(other)).toBe(true);
    expect(loadOf(two, 5)).toBe(0);
    one.release(token);
    expect(one.isGood(loadOf(one, 5))).toBe(true);
  });

  it("clearing the table", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    const tokens = [1, 2, 3].map((h1) => loadOf(one, h1));
    two.noteAll();
    expect(tokens.map((token) => one.isGood(token))).toEqual([false, false, false]);
  });

  it("keeps the tags' sequence of when it was granted", () => {
    const desk = new Desk();
    const leases = desk.attach(1);
    const before = loadOf(leases, 1);
    desk.invalidate(77);
    const after = loadOf(leases, 2);
    expect([leases.sequence(before), leases.sequence(after)]).toEqual([0, 1]);
  });

  it("is watched for exactly as long as there are leases of loads", () => {
    const desk = new Desk();
    const leases = desk.attach(1);
    const tokens = [1, 2, 3].map((h1) => loadOf(leases, h1));
    leases.acquire(4, -4, KIND_LOCK, NEVER);
    expect(desk.watchers).toBe(3);
    for (const token of tokens) leases.release(token);
    expect(desk.watchers).toBe(0);
  });
});

describe("nothing found", () => {
  it("is known to all until its time is over", () => {
    const desk = new Desk();
    const [one, two] = [desk.attach(1), desk.attach(2)];
    expect(one.foundNothing(loadOf(one, 5), desk.now + 50, NO_TAGS)).toBe(true);
    expect(two.isNothing(5, -5)).toBe(true);
    expect(two.acquire(5, -5, KIND_LOAD, NEVER)).toMatchObject({ reason: "nothing", until: desk.now + 50 });
    desk.now += 50;
    expect(two.isNothing(5, -5)).toBe(false);
    expect(loadOf(two, 5)).toBeGreaterThan(0);
  });

  it("is over with the next write of the key, or an invalidation of its tag", () => {
    const desk = new Desk();
    const leases = desk.attach(1);
    leases.foundNothing(loadOf(leases, 5), NEVER, NO_TAGS);
    leases.foundNothing(loadOf(leases, 6), NEVER, Int32Array.of(77, 78, 1, 2));
    leases.note(5, -5);
    expect([leases.isNothing(5, -5), leases.isNothing(6, -6)]).toEqual([false, true]);
    desk.invalidate(1);
    expect(leases.isNothing(6, -6)).toBe(false);
    expect(loadOf(leases, 5)).toBeGreaterThan(0);
    expect(loadOf(leases, 6)).toBeGreaterThan(0);
  });

  it("is not remembered of a load that was overtaken, nor with more tags than there is room for", () => {
    const desk = new Desk();
    const leases = desk.attach(1);
    const token = loadOf(leases, 5);
    leases.note(5, -5);
    expect(leases.foundNothing(token, NEVER, NO_TAGS)).toBe(false);
    expect(leases.foundNothing(loadOf(leases, 6), NEVER, new Int32Array(8))).toBe(false);
    expect(leases.isNothing(5, -5) || leases.isNothing(6, -6)).toBe(false);
    expect(desk.watchers).toBe(0);
  });

  it("may be loaded all the same by who insists, and gives way where room is needed", () => {
    const leases = new Desk().attach(1);
    for (let n = 0; n < SET_SLOTS; n++) {
      leases.foundNothing(leases.acquire(3, n, KIND_LOAD, NEVER).token, 5_000 + n, NO_TAGS);
    }
    expect(leases.acquire(3, 8, KIND_LOAD, NEVER, true).token).toBeGreaterThan(0);
    expect(leases.acquire(3, 1_000, KIND_LOAD, NEVER).token).toBeGreaterThan(0);
    expect(leases.isNothing(3, 0)).toBe(false);
    expect(leases.isNothing(3, 1)).toBe(true);
    leases.verify();
  });
});

describe("locks", () => {
  it("are offered in the order asked, and kept for the one whose turn it is for a while", () => {
    const desk = new Desk();
    const [one, two, three] = [1, 2, 3].map((owner) => desk.attach(owner));
    const lock = (leases: LeaseTable): number => leases.acquire(5, -5, KIND_LOCK, NEVER).token;
    const first = lock(one);
    expect([lock(three), lock(two), lock(three)]).toEqual([0, 0, 0]);
    expect(one.release(first)).toBe(true);
    expect([lock(two), lock(one)]).toEqual([0, 0]);
    const second = lock(three);
    expect(second).toBeGreaterThan(0);
    expect(lock(two)).toBe(0);
    three.release(second);
    desk.now += 1_000;
    expect(lock(one), "two did not come for it").toBeGreaterThan(0);
    one.verify();
  });

  it("pass over who has died meanwhile", () => {
    const desk = new Desk();
    const [one, two, three] = [1, 2, 3].map((owner) => desk.attach(owner));
    const lock = (leases: LeaseTable): number => leases.acquire(5, -5, KIND_LOCK, NEVER).token;
    const first = lock(one);
    lock(two);
    lock(three);
    desk.dead.add(2);
    one.release(first);
    expect(lock(three)).toBeGreaterThan(0);
  });
});
