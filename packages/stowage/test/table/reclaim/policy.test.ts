/** The parts of w-tinylfu that the table shares with the in-process cache, over memory that is given to them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsFor, History } from "../../../src/cache/policy/tiny-lfu/history.js";
import { SHARE_NUMBERS, WindowShare } from "../../../src/cache/policy/tiny-lfu/window-share.js";
import { historyBytes } from "../../../src/table/reclaim/words.js";

describe("histories over the same cells", () => {
  it("are one", () => {
    const step = fc.tuple(fc.boolean(), fc.boolean(), fc.nat(200), fc.nat(500));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cells = new Int32Array(new SharedArrayBuffer(cellsFor(100) * 4));
        const both = [new History(100, 0, 0, cells), new History(100, 0, 0, cells)];
        const alone = new History(100, 0, 0);
        for (const [first, puts, hash, score] of steps) {
          const one = both[first ? 0 : 1];
          if (puts) {
            one.put(hash * 7_919, score, 600);
            alone.put(hash * 7_919, score, 600);
          } else expect(one.take(hash * 7_919, 600)).toBe(alone.take(hash * 7_919, 600));
        }
      }),
    );
  });
});

describe("shares over the same numbers", () => {
  it("are one, and begin as a new one where there are zeros", () => {
    const numbers = new Float64Array(new SharedArrayBuffer(SHARE_NUMBERS * 8));
    const [first, second, alone] = [new WindowShare(numbers), new WindowShare(numbers), new WindowShare()];
    expect(first.value).toBe(alone.value);
    for (let period = 0; period < 40; period++) {
      (period % 2 === 0 ? first : second).adapt(900, 100, 50, 950);
      alone.adapt(900, 100, 50, 950);
    }
    expect(first.value).toBe(alone.value);
    expect(second.of(1_000)).toBe(alone.of(1_000));
    expect(alone.value).toBeGreaterThan(0.5);
  });
});

describe("the history's memory", () => {
  it("has a cell for each entry of max, and takes 1 part in 32 of the memory at most", () => {
    const memory = fc.integer({ min: 2 ** 20, max: 2 ** 35 });
    const max = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(memory, max, (memory, max) => {
        const bytes = historyBytes(memory, max);
        expect(bytes).toBeLessThanOrEqual(memory / 32);
        expect(Math.log2(bytes) % 1).toBe(0);
        if (max <= memory / 256) expect(bytes).toBeGreaterThanOrEqual(max * 4);
        else expect(bytes).toBeGreaterThanOrEqual(Math.min(max * 4, memory / 64));
      }),
    );
  });
});
