import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Optimum } from "../src/optimum.js";
import { TopSet } from "../src/top-set.js";
import { traceOf } from "./helpers.js";

/** Tries every choice: after each request, any set of at most `capacity` keys out of those held and the one asked for. */
function bestByTrying(keys: readonly number[], capacity: number): number {
  let held = new Map<string, number>([["", 0]]);
  for (const key of keys) {
    const after = new Map<string, number>();
    const keep = (set: readonly string[], hits: number): void => {
      const name = [...set].sort().join(",");
      after.set(name, Math.max(after.get(name) ?? 0, hits));
    };
    for (const [name, hits] of held) {
      const before = name === "" ? [] : name.split(",");
      const isHit = before.includes(String(key));
      keep(before, hits + (isHit ? 1 : 0));
      if (isHit) continue;
      if (before.length < capacity) keep([...before, String(key)], hits);
      else for (const out of before) keep([...before.filter((one) => one !== out), String(key)], hits);
    }
    held = after;
  }
  return Math.max(...held.values());
}

describe("the optimum", () => {
  it("is the best of all that could have been kept", () => {
    const keys = fc.array(fc.nat(5), { minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 5 }), (requests, capacity) => {
        expect(new Optimum(traceOf(requests)).hits(capacity)).toBe(bestByTrying(requests, capacity));
      }),
    );
  });

  it("may store nothing: a key that does not come back costs no room", () => {
    expect(new Optimum(traceOf([1, 2, 3, 1, 4, 5, 1])).hits(1)).toBe(2);
  });

  it("hits all but first requests when there is room for all", () => {
    expect(new Optimum(traceOf([1, 2, 1, 3, 2, 1])).hits(100)).toBe(3);
  });
});

describe("TopSet", () => {
  it("is a set that knows its largest", () => {
    const steps = fc.array(fc.record({ value: fc.nat(40_000), adds: fc.boolean() }), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (all) => {
        const set = new TopSet(40_001);
        const model = new Set<number>();
        for (const { value, adds } of all) {
          if (adds) {
            set.add(value);
            model.add(value);
          } else {
            expect(set.delete(value)).toBe(model.delete(value));
          }
          if (model.size > 0) expect(set.top()).toBe(Math.max(...model));
        }
      }),
    );
  });

  it.each([1, 31, 32, 33, 1_024, 1_025, 32_768, 32_769])("holds all integers below %i", (bound) => {
    const set = new TopSet(bound);
    set.add(0);
    set.add(bound - 1);
    expect(set.top()).toBe(bound - 1);
    expect(set.delete(bound - 1)).toBe(true);
    if (bound > 1) expect(set.top()).toBe(0);
  });
});
