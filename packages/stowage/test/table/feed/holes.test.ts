/** Writers that stop in the middle: dead ones leave a hole, slow ones come back when the ring has gone round. */
import { describe, expect, it } from "vitest";
import { RingFollower } from "../../../src/table/feed/follower.js";
import { slotsAt, slotWords, stampOf, state } from "../../../src/table/feed/layout.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { makeBuffer, noteKey, openRing, threads, watchersOf } from "./support.js";

const capacity = 16;

/** The ring as thread 0 sees it, a follower there, and thread 1, which stops at certain steps of writing. */
function scene() {
  const buffer = makeBuffer(capacity, capacity);
  const clock = new FakeClock();
  const watchers = watchersOf();
  const ring = openRing(buffer, 0, watchers);
  const follower = new RingFollower(ring, clock);
  follower.read();
  const words = new Int32Array(buffer);
  const stampAt = (sequence: number) => slotsAt(threads) + (sequence % capacity) * slotWords;
  return {
    ring,
    follower,
    clock,
    watchers,
    words,
    other: openRing(buffer, 1, watchers),
    stampAt,
    /** Thread 1 takes a sequence and stops. */
    take: () => Number(Atomics.add(new BigInt64Array(buffer), 0, 1n)),
    /** ... and claims its slot, and stops. */
    claim(sequence: number) {
      words[stampAt(sequence)] = stampOf(state.busy, 1, Math.floor(sequence / capacity));
    },
  };
}

describe("a hole", () => {
  it.each(["taken", "claimed"])("that was %s is waited for, and fills", (how) => {
    const { ring, follower, clock, take, claim, words, stampAt } = scene();
    const sequence = take();
    if (how === "claimed") claim(sequence);
    noteKey(ring, "behind");
    expect(follower.read()).toEqual({ reset: false, changes: [] });
    clock.advance(99);
    expect(follower.read().reset).toBe(false);
    words.set(
      [stampOf(state.published, 1, Math.floor(sequence / capacity)), (1 << 24) | 0],
      stampAt(sequence),
    );
    expect(follower.read().changes).toHaveLength(2);
  });

  it.each(["taken", "claimed"])("that was %s and stays becomes a reset", (how) => {
    const { ring, follower, clock, take, claim } = scene();
    const sequence = take();
    if (how === "claimed") claim(sequence);
    noteKey(ring, "behind");
    expect(follower.read()).toEqual({ reset: false, changes: [] });
    clock.advance(100);
    expect(follower.read()).toEqual({ reset: true, changes: [] });
    noteKey(ring, "next");
    expect(follower.read().changes.map(({ key }) => key.toString())).toEqual(["next"]);
  });

  it("does not hold back what stands before it", () => {
    const { ring, follower, take } = scene();
    noteKey(ring, "before");
    take();
    noteKey(ring, "behind");
    expect(follower.read().changes.map(({ key }) => key.toString())).toEqual(["before"]);
  });

  it("becomes a reset at once when its writer is known to be dead", () => {
    const { ring, follower, take, claim } = scene();
    claim(take());
    expect(follower.read().reset).toBe(false);
    ring.forget(1);
    expect(follower.read().reset).toBe(true);
  });

  it("of a dead writer is gone a lap later", () => {
    const { ring, follower, take, claim } = scene();
    claim(take());
    ring.forget(1);
    take();
    for (let i = 0; i < capacity * 2; i++) noteKey(ring, "round");
    expect(follower.read().reset).toBe(true);
    for (let i = 0; i < capacity; i++) noteKey(ring, `again${i}`);
    expect(follower.read().changes).toHaveLength(capacity);
  });
});

describe("a writer that is still in its slot when the ring has gone round", () => {
  it("has the slot for itself: the later change is dropped, and readers are told", () => {
    const { ring, follower, take, claim, words, stampAt } = scene();
    const sequence = take();
    claim(sequence);
    for (let i = 1; i < capacity; i++) noteKey(ring, `lap1-${i}`);
    const before = words.slice(stampAt(sequence) + 1, stampAt(sequence) + slotWords);
    noteKey(ring, "in the way");
    expect(words.slice(stampAt(sequence) + 1, stampAt(sequence) + slotWords)).toEqual(before);
    expect(follower.read().reset).toBe(true);
    noteKey(ring, "next");
    expect(follower.read().changes.map(({ key }) => key.toString())).toEqual(["next"]);
  });

  it("finds the mark when it goes on, and lets go of the slot", () => {
    const { ring, follower, other, stampAt, words } = scene();
    // Thread 1 stops within `note`: at the moment when its bytes are read, the ring goes round.
    const bytes = new Int32Array(1);
    const stalling = new Proxy(bytes, {
      get(target, name) {
        if (name !== "0") return Reflect.get(target, name);
        for (let i = 0; i < capacity * 3; i++) noteKey(ring, `round${i}`);
        return 0;
      },
    });
    const sequence = ring.head;
    other.note(1, 1, 1, stalling, 0, 4);
    expect(words[stampAt(sequence)]).toBe(stampOf(state.lost, 255, Math.floor(sequence / capacity) + 3));
    expect(follower.read().reset).toBe(true);
    for (let i = 0; i < capacity; i++) noteKey(ring, `next${i}`);
    expect(follower.read().changes).toHaveLength(capacity);
  });
});

describe("a dead thread", () => {
  it("follows no longer, and sleeps no longer", () => {
    const { ring, follower, other, watchers } = scene();
    new RingFollower(other);
    new RingFollower(other);
    other.enterSleep();
    expect(watchers.count).toBe(3);
    ring.forget(1);
    expect(watchers.count).toBe(1);
    const { signal } = ring;
    noteKey(ring, "a");
    expect(ring.signal).toBe(signal);
    expect(follower.read().changes).toHaveLength(1);
    ring.forget(1);
    expect(watchers.count).toBe(1);
  });

  it("that was the only one to follow leaves a gap behind", () => {
    const { ring, follower, other } = scene();
    const theirs = new RingFollower(other);
    follower.close();
    noteKey(ring, "a");
    theirs.read();
    ring.forget(1);
    const mine = new RingFollower(ring, new FakeClock(), { from: theirs.position });
    expect(mine.read().reset).toBe(true);
  });

  it("may have changed something without a note: the one who repairs it says so", () => {
    const { ring, follower } = scene();
    ring.lost();
    expect(follower.read().reset).toBe(true);
    noteKey(ring, "next");
    expect(follower.read().changes).toHaveLength(1);
  });
});
