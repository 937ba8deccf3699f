/** Columns of numbers, one per slot, against arrays: whatever the steps in which they grow, nothing is lost or mixed up. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlotBytes, SlotInts } from "../../src/cache/store/chunks.js";
import { SlotDoubles } from "../../src/cache/store/columns.js";
import { Entries } from "../../src/cache/store/entries.js";

const kinds = [
  ["bytes", () => new SlotBytes(), fc.integer({ min: 0, max: 255 })],
  ["ints", () => new SlotInts(), fc.integer()],
  ["doubles", () => new SlotDoubles(), fc.double({ noNaN: true })],
] as const;

/** Sizes about the ends of chunks and powers of two. */
const size = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(16, 17, 4_096, 65_535, 65_536, 65_537, 131_072, 131_073, 200_000),
);

describe.each(kinds)("a column of %s", (_name, make, value) => {
  it("reads 0 where nothing was written, and what was written elsewhere", () => {
    const growth = fc.array(fc.tuple(size, fc.array(fc.tuple(fc.nat(), value), { maxLength: 20 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(growth, (steps) => {
        const column = make();
        const model = new Map<number, number>();
        let slots = 0;
        for (const [wanted, writes] of steps) {
          column.reserve(wanted);
          slots = Math.max(slots, wanted);
          for (const [at, written] of writes) {
            column.set(at % slots, written);
            model.set(at % slots, written);
          }
          for (const at of [0, slots - 1, slots >> 1, ...model.keys()])
            expect(column.get(at)).toBe(model.get(at) ?? 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("the entry table", () => {
  it("gives slots out and takes them back like a list of free places", () => {
    const script = fc.array(fc.oneof(fc.constant(-1), fc.nat(50)), { maxLength: 300, size: "max" });
    fc.assert(
      fc.property(script, (steps) => {
        const entries = new Entries<string, number>();
        const model = new Map<number, [key: string, value: number]>();
        let highest = 0;
        for (const [n, at] of steps.entries()) {
          const taken = [...model.keys()];
          if (at < 0 || taken.length === 0) {
            const slot = entries.add(`key ${n}`, n, n);
            expect(model.has(slot), "it was free").toBe(false);
            model.set(slot, [`key ${n}`, n]);
            highest = Math.max(highest, model.size);
          } else {
            const slot = taken[at % taken.length];
            entries.remove(slot);
            model.delete(slot);
          }
          entries.verify();
          expect(entries.size).toBe(model.size);
          expect(entries.top, "no more slots than there ever were entries").toBe(highest);
        }
        for (const [slot, [key, value]] of model)
          expect([entries.key(slot), entries.value(slot)]).toEqual([key, value]);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps 9,000 entries apart over the ends of pages", () => {
    const entries = new Entries<number, number>();
    for (let n = 0; n < 9_000; n++) expect(entries.add(n, -n - 1, n)).toBe(n);
    for (const slot of [0, 1, 4_095, 4_096, 8_191, 8_192, 8_999]) {
      expect([entries.key(slot), entries.value(slot), entries.hashes.get(slot)]).toEqual([
        slot,
        -slot - 1,
        slot,
      ]);
      entries.setValue(slot, slot + 1);
    }
    entries.verify();
    for (const slot of [4_095, 8_192]) entries.remove(slot);
    expect([4_095, 8_192].map((slot) => entries.isFree(slot))).toEqual([true, true]);
    expect(entries.isFree(4_096)).toBe(false);
    entries.clear();
    entries.verify();
    expect([entries.size, entries.top, entries.add(7, 7, 7)]).toEqual([0, 0, 0]);
  });

  const harms: [what: string, message: RegExp, harm: (entries: Entries<number, number>) => void][] = [
    ["a size that is wrong", /size differs/, (entries) => entries.size++],
    [
      "an occupied slot among the free",
      /occupied slot is in the free list/,
      (entries) => {
        entries.setValue(1, 1);
        entries.size++;
      },
    ],
    ["a free list in a circle", /circle/, (entries) => entries.hashes.set(1, 1)],
    ["a free slot that is lost", /neither/, (entries) => entries.hashes.set(1, -1)],
  ];

  it.each(harms)("verify notices %s", (_what, message, harm) => {
    const entries = new Entries<number, number>();
    for (let n = 0; n < 5; n++) entries.add(n, n, n);
    entries.remove(3);
    entries.remove(1);
    entries.verify();
    harm(entries);
    expect(() => entries.verify()).toThrow(message);
  });
});
