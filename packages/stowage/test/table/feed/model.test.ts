/** Followers in any order of steps, against a list of what was noted: everything, in order, or a reset when it must be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RingFollower } from "../../../src/table/feed/follower.js";
import type { Ring } from "../../../src/table/feed/ring.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { BlindRing, isWhole, makeBuffer, noteKey, openRing, watchersOf } from "./support.js";

const capacity = 16;
const readLimit = 7;

interface Step {
  what: "note" | "read" | "open" | "resume" | "close";
  who: number;
  many: number;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom("note", "note", "note", "read", "read", "open", "resume", "close"),
  who: fc.nat(2),
  many: fc.nat(20),
});

class World {
  readonly #noted = new Map<number, string>();
  readonly #followers = new Map<number, RingFollower>();
  /** The sequence behind which each of them was last. */
  readonly #places = new Map<number, number>();
  /** The marks that changes may have gone by unnoted. */
  readonly #gaps: number[] = [];

  constructor(readonly ring: Ring) {}

  run({ what, who, many }: Step): void {
    if (what === "note") for (let i = 0; i < many; i++) this.#note();
    if (what === "read") this.#read(who);
    if (what === "open") this.#open(who, this.ring.head - 1);
    if (what === "resume") this.#open(who, this.#places.get(who) ?? 0);
    if (what === "close") this.#close(who);
  }

  #note(): void {
    if (this.#followers.size === 0) return;
    const key = `key${this.#noted.size}`;
    this.#noted.set(this.ring.head, key);
    noteKey(this.ring, key);
  }

  #open(who: number, from: number): void {
    this.#close(who);
    if (this.#followers.size === 0) this.#gaps.push(this.ring.head);
    this.#followers.set(who, new RingFollower(this.ring, new FakeClock(), { from }));
    this.#places.set(who, from);
  }

  #close(who: number): void {
    this.#followers.get(who)?.close();
    this.#followers.delete(who);
  }

  #read(who: number): void {
    const follower = this.#followers.get(who);
    if (follower === undefined) return;
    const place = this.#places.get(who) ?? 0;
    const there = this.ring.head - 1 - place;
    const { reset, changes } = follower.read(readLimit);
    const gap = this.#gaps.some((at) => at > place && at <= place + readLimit);
    expect(reset).toBe(there > capacity || gap);
    if (!reset) {
      const expected = Array.from({ length: Math.min(readLimit, there) }, (_, i) => place + 1 + i);
      expect(changes.map(({ sequence }) => sequence)).toEqual(expected);
      expect(changes.map(({ key }) => key.toString())).toEqual(expected.map((at) => this.#noted.get(at)));
      expect(changes.every(isWhole)).toBe(true);
    }
    this.#places.set(who, follower.position);
  }
}

function property(make: () => Ring) {
  return fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
    const world = new World(make());
    for (const step of steps) world.run(step);
  });
}

describe("followers", () => {
  it("are given everything in order, or a reset exactly when something was missed", () => {
    fc.assert(
      property(() => openRing(makeBuffer(capacity))),
      { numRuns: 1_000 },
    );
  });

  it("would fail that on a ring that does not notice that it was overtaken", () => {
    const blind = () => new BlindRing(makeBuffer(capacity), { thread: 0, watchers: watchersOf() });
    expect(fc.check(property(blind), { numRuns: 1_000 }).failed).toBe(true);
  });
});
