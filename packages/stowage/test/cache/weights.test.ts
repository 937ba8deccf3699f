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
