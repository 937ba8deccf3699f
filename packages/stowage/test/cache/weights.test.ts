/** Weights, whole numbers or not, and what a policy of the user's own is told. */
import fc from "fast-check";
import { Cache, type Policy, type PolicyName, policyNames } from "stowage";
import { describe, expect, it } from "vitest";

const bounded: PolicyName[] = policyNames.filter((name) => name !== "none");

describe("weights", () => {
  const write = fc.record({
    key: fc.nat(5),
    weight: fc.nat(64).map((parts) => parts / 64),
    update: fc.boolean(),
  });

  it.each(bounded)(
    "that are no whole numbers never exceed their bound, under %s, and what was just set is there",
    (policy) => {
      fc.assert(
        fc.property(fc.array(write, { maxLength: 60, size: "max" }), (writes) => {
          const cache = new Cache<number, number>({ maxWeight: 1, policy, weigher: (value) => value });
          for (const { key, weight, update } of writes) {
            if (update) cache.update(key, weight);
            else cache.set(key, weight);
            cache.verify();
            if (!update) expect(cache.peek(key)).toBe(weight);
            const sum = [...cache.values()].reduce((all, each) => all + each, 0);
            expect(cache.inspect().weight).toBe(sum);
            expect(sum).toBeLessThanOrEqual(1);
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each(bounded)("whose sums are rounded up do not exceed it either, under %s", (policy) => {
    const cache = new Cache<string, number>({ maxWeight: 1, policy });
    cache.set("a", 1, { weight: 0.6 });
    cache.set("b", 2, { weight: 0.2 });
    expect(cache.set("a", 3, { weight: 1 })).toBe(true);
    expect([...cache]).toEqual([["a", 3]]);
    cache.verify();
  });

  it("an entry fills the cache to the last bit, and makes room for the next to the last bit", () => {
    const cache = new Cache<string, number>({ maxWeight: 10, policy: "fifo" });
    cache.set("a", 1, { weight: 4 });
    cache.set("b", 1, { weight: 6 });
    expect(cache.size()).toBe(2);
    cache.set("c", 1, { weight: 4 });
    expect([...cache.keys()].sort()).toEqual(["b", "c"]);
    cache.set("b", 1, { weight: 7 });
    expect([...cache.keys()]).toEqual(["b"]);
  });
});

describe("weights beside entries that were given none", () => {
  it("count 1 for those, whether they came before, after or in the place of another", () => {
    const cache = new Cache<string, number>();
    cache.set("before", 1);
    cache.set("heavy", 1, { weight: 5 });
    cache.set("after", 1);
    expect(cache.inspect().weight).toBe(7);
    cache.set("heavy", 2);
    expect(cache.inspect().weight, "written anew, without a weight").toBe(3);
    cache.set("heavy", 2, { weight: 9 });
    cache.update("heavy", 3);
    expect(cache.inspect().weight, "updated in place").toBe(11);
    cache.delete("heavy");
    cache.set("another", 1);
    expect(cache.inspect().weight).toBe(3);
    cache.verify();
  });

  it("by a weigher that changes the cache while it weighs are those of the entries that there are", () => {
    let meddle = (): unknown => undefined;
    const cache: Cache<string, number> = new Cache<string, number>({
      maxWeight: 100,
      policy: "fifo",
      weigher: (value) => {
        const now = meddle;
        meddle = () => undefined;
        now();
        return value;
      },
    });
    const meddlings = [
      () => cache.delete("a"),
      () => cache.clear(),
      () => [cache.delete("a"), cache.set("b", 2), cache.set("c", 3)],
      () => cache.set("a", 50),
      () => cache.set("big", 100),
    ];
    const writes = [
      () => cache.set("a", 7),
      () => cache.incr("a", 6),
      () => cache.update("a", 7),
      () => cache.getAndUpdate("a", () => 7),
      () => cache.setMany([["a", 7]]),
      () => cache.import([{ key: "a", value: 7, expiresAt: null }]),
    ];
    for (const meddling of meddlings) {
      for (const write of writes) {
        cache.clear();
        cache.set("a", 1);
        meddle = meddling;
        write();
        cache.verify();
        const sum = [...cache.values()].reduce((all, each) => all + each, 0);
        expect(cache.inspect().weight).toBe(sum);
      }
    }
  });
});

/** A first-in, first-out policy that notes what it is told. */
class Spy implements Policy {
  readonly name = "spy";
  readonly hashes = new Map<number, number>();
  readonly all = new Set<number>();
  wrong = 0;

  resize(): void {}
  reserve(): void {}
  hit(): void {}
  written(): void {}
  added(slot: number, hash: number): void {
    this.hashes.set(slot, hash);
    this.all.add(hash);
  }
  removed(slot: number, hash: number): void {
    if (this.hashes.get(slot) !== hash) this.wrong++;
    this.hashes.delete(slot);
  }
  victim(): number {
    return this.hashes.keys().next().value as number;
  }
  clear(): void {
    this.hashes.clear();
  }
}

describe("a policy of the user's own", () => {
  it("is given a slot once at a time, and one hash for a key as often as it comes", () => {
    const policy = new Spy();
    const cache = new Cache<string, number>({ max: 10, policy });
    for (let n = 0; n < 1_000; n++) cache.set(`key ${n % 50}`, n);
    expect(policy.all.size).toBe(50);
    expect(policy.hashes.size).toBe(10);
    expect(policy.wrong).toBe(0);
  });

  it("is given hashes that tell object keys apart", () => {
    const policy = new Spy();
    const cache = new Cache<object, number>({ max: 10, policy });
    const keys = Array.from({ length: 50 }, () => ({}));
    for (let n = 0; n < 1_000; n++) cache.set(keys[n % 50], n);
    expect(policy.all.size).toBe(50);
  });
});
