/** The parts that w-tinylfu is made of, each against what it stands for. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ageOf,
  earlier,
  SCORE_STEPS,
  SlotScores,
  scoreAfter,
} from "../../src/cache/policy/tiny-lfu/decayed-score.js";
import { History } from "../../src/cache/policy/tiny-lfu/history.js";
import { HORIZON, RequestClock } from "../../src/cache/policy/tiny-lfu/request-clock.js";
import { SlotQueue } from "../../src/cache/policy/tiny-lfu/slot-queue.js";
import { SlotBit, SlotStates } from "../../src/cache/policy/tiny-lfu/slot-states.js";
import { WindowShare } from "../../src/cache/policy/tiny-lfu/window-share.js";
import { hashOf } from "./tiny-lfu-workloads.js";

describe("a decayed score", () => {
  /** The sum itself, at the moment of the last request, in requests just made; at most 4. */
  function weigh(gaps: readonly number[]): number {
    let sum = 0;
    for (const gap of gaps) sum = Math.min(4, sum * 2 ** (-gap / SCORE_STEPS) + 1);
    return sum;
  }

  it("is the logarithm of the sum of the requests, each halved per half-life", () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(fc.nat(200), { minLength: 1, maxLength: 30 }), (start, gaps) => {
        let now = start;
        let score = earlier(now, 10_000);
        for (const gap of gaps) {
          now = earlier(now, -gap);
          score = scoreAfter(score, 1, now);
        }
        const ahead = ageOf(earlier(now, 0), now) - ageOf(score, now);
        expect(Math.abs(ahead - SCORE_STEPS * Math.log2(weigh(gaps)))).toBeLessThanOrEqual(3);
      }),
    );
  });

  it("counts several requests as so many", () => {
    const old = earlier(100, 20);
    for (const count of [1, 2, 3]) {
      let score = old;
      for (let one = 0; one < count; one++) score = scoreAfter(score, 1, 100);
      expect(Math.abs(scoreAfter(old, count, 100) - score)).toBeLessThanOrEqual(1);
    }
  });

  it("lies no more than two half-lives ahead, however many requests there were", () => {
    let score = earlier(700, 50);
    for (let request = 0; request < 50; request++) score = scoreAfter(score, 3, 700);
    expect(score).toBe(700 + 2 * SCORE_STEPS);
  });

  it("orders across the end of its 16 bits", () => {
    const times = [0xfff0, 0xfffe, 1, 20];
    const ages = times.map((time) => ageOf(time, 25));
    expect([...ages].sort((a, b) => b - a)).toEqual(ages);
    expect(scoreAfter(0xffff, 1, 0)).toBe(SCORE_STEPS);
  });

  it("stands in one slot each", () => {
    const scores = new SlotScores();
    scores.reserve(70_000);
    for (const slot of [0, 65_535, 65_536, 69_999]) scores.steps[slot] = slot + 7;
    for (const slot of [0, 65_535, 65_536, 69_999]) expect(scores.steps[slot]).toBe((slot + 7) & 0xffff);
    expect(scores.steps[1]).toBe(0);
  });
});

describe("the history", () => {
  const UNKNOWN = -1;

  it("gives each key its score once, over the whole range of times and hashes", () => {
    for (const now of [0, 100, 0x7fff, 0x8000, 0xfffe]) {
      const history = new History(40, 0x12345678, now);
      for (const hash of [0, 1, -1, 0x7fffffff, -0x80000000, 0xdeadbeef]) {
        history.put(hash, earlier(now, 9), now);
        expect(history.take(hash | 0, now)).toBe(earlier(now, 9));
        expect(history.take(hash, now)).toBe(UNKNOWN);
      }
    }
  });

  it("knows nearly all of half as many keys as it has cells, and hardly any other", () => {
    const history = new History(10_000, 1, 500);
    for (let key = 0; key < 5_000; key++) history.put(hashOf(key), 500 + (key & 7), 500);
    let known = 0;
    let mistaken = 0;
    for (let key = 0; key < 5_000; key++) if (history.take(hashOf(key), 500) === 500 + (key & 7)) known++;
    for (let key = 5_000; key < 15_000; key++) if (history.take(hashOf(key), 500) !== UNKNOWN) mistaken++;
    expect(known).toBeGreaterThan(4_700);
    expect(mistaken).toBeLessThan(10);
  });

  it("drops the lowest score of a full bucket", () => {
    const history = new History(4, 9, 60_000);
    const keys = [1, 2, 3, 4, 5];
    for (const key of keys) history.put(hashOf(key), earlier(60_000, key === 3 ? 400 : key), 60_000);
    expect(keys.map((key) => history.take(hashOf(key), 60_000) !== UNKNOWN)).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it("is spread by its salt: keys that share a bucket under one do not under another", () => {
    const sharing = (salt: number, keys: readonly number[]) => {
      const history = new History(4_000, salt, 0);
      for (const key of keys) history.put(key, 0, 0);
      return keys.filter((key) => history.take(key, 0) !== UNKNOWN);
    };
    const crafted: number[] = [];
    const history = new History(4_000, 1, 0);
    history.put(0, 0, 0);
    // Four higher scores into the bucket of key 0 drive it out.
    for (let key = 1; crafted.length < 8; key++) {
      history.put(key, 5, 0);
      history.put(key, 5, 0);
      history.put(key, 5, 0);
      history.put(key, 5, 0);
      if (history.take(0, 0) === UNKNOWN) {
        crafted.push(key);
        for (let copy = 0; copy < 4; copy++) history.take(key, 0);
      }
      history.put(0, 0, 0);
    }
    expect(sharing(1, crafted)).toHaveLength(4);
    expect(sharing(2, crafted)).toHaveLength(8);
  });
});

describe("the queue of slots", () => {
  it("is an array that is pushed and shifted", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 40 }), (runs) => {
        const queue = new SlotQueue();
        const model: number[] = [];
        for (const run of runs) {
          for (let slot = 0; slot < run; slot++) {
            queue.push(slot);
            model.push(slot);
          }
          for (let gone = 0; gone > run && model.length > 0; gone--) {
            expect(queue.head()).toBe(model.shift());
            queue.shift();
          }
          expect(queue.length).toBe(model.length);
        }
        expect(queue.slots()).toEqual(model);
      }),
    );
  });
});

describe("the states of slots", () => {
  it("find the next entry of main, however far", () => {
    const states = new SlotStates();
    states.reserve(10_000);
    const main = new Set<number>();
    const toggle = fc.array(fc.tuple(fc.nat(9_999), fc.nat(9_999)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(toggle, (pairs) => {
        for (const [slot, from] of pairs) {
          if (main.delete(slot)) states.leaveMain(slot);
          else {
            main.add(slot);
            states.enterMain(slot);
          }
          states.bytes[slot] = main.has(slot) ? SlotBit.USED | SlotBit.MAIN : 0;
          if (main.size > 0) expect(states.nextInMain(from)).toBe(nextOf(main, from));
        }
        states.verify();
      }),
    );
  });

  function nextOf(main: ReadonlySet<number>, from: number): number {
    const later = [...main].filter((slot) => slot >= from);
    return Math.min(...(later.length > 0 ? later : main));
  }

  it("keep what they hold while they grow", () => {
    const states = new SlotStates();
    states.bytes[5] = SlotBit.USED | SlotBit.MAIN;
    states.enterMain(5);
    states.reserve(5_000);
    expect(states.nextInMain(4_000)).toBe(5);
    states.verify();
    states.clear();
    states.verify();
    expect(states.bytes[5]).toBe(0);
  });

  it("skip what is empty: much sooner than by looking at each word", () => {
    const states = new SlotStates();
    states.reserve(2 ** 22);
    states.bytes[0] = SlotBit.USED | SlotBit.MAIN;
    states.enterMain(0);
    const words = new Int32Array(states.bytes.buffer);
    const lookAtEach = () => {
      let sum = 0;
      for (let index = 1; index < words.length; index++) sum += words[index];
      return sum;
    };
    const skipping = soonest(() => expect(states.nextInMain(1)).toBe(0));
    expect(skipping).toBeLessThan(soonest(() => expect(lookAtEach()).toBe(0)) / 5);
  });

  /** The shortest of several times, in nanoseconds: what it takes when nothing else gets in between. */
  function soonest(run: () => void): number {
    const times = Array.from({ length: 15 }, () => {
      const started = process.hrtime.bigint();
      run();
      return Number(process.hrtime.bigint() - started);
    });
    return Math.min(...times);
  }

  it("notice a count that is wrong and a state that cannot be", () => {
    const miscounted = new SlotStates();
    miscounted.enterMain(3);
    expect(() => miscounted.verify()).toThrow("block 0 counts 1");
    const torn = new SlotStates();
    torn.bytes[9] = 1;
    expect(() => torn.verify()).toThrow("slot 9 is free");
  });
});

describe("the clock of requests", () => {
  it("makes 4 steps in as many requests as there are entries, and then a period is over", () => {
    const clock = new RequestClock();
    clock.paceFor(1_000);
    let periods = 0;
    for (let request = 0; request < 10_000; request++) {
      if (request % 2 === 0) clock.added++;
      else clock.hits[request & 1]++;
      if (!clock.passes(1_000)) continue;
      periods++;
      clock.startPeriod();
    }
    expect(periods).toBe(9);
    expect(clock.now).toBeGreaterThanOrEqual(36);
    expect(clock.now).toBeLessThanOrEqual(40);
  });

  it("advances by no more than the horizon, however many requests went by", () => {
    const clock = new RequestClock();
    clock.paceFor(100);
    clock.hits[1] = 0x7fffffff;
    clock.added = 5;
    expect(clock.passes(100)).toBe(true);
    expect(clock.now).toBe(HORIZON);
  });
});

describe("the window's share", () => {
  it("leaves each side an entry, where there are two", () => {
    const share = new WindowShare();
    expect([1, 2, 3, 10, 100].map((entries) => share.of(entries))).toEqual([1, 1, 1, 1, 5]);
  });

  it("goes to where an entry earns more, up to all but a hundredth", () => {
    const share = new WindowShare();
    for (let period = 0; period < 200; period++)
      share.adapt(900, 1, share.of(1_000), 1_000 - share.of(1_000));
    expect(share.of(1_000)).toBe(990);
    for (let period = 0; period < 200; period++) share.adapt(0, 50, share.of(1_000), 1_000 - share.of(1_000));
    expect(share.of(1_000)).toBe(10);
  });

  it("stays where both earn the same, or nothing", () => {
    const share = new WindowShare();
    for (let period = 0; period < 50; period++) share.adapt(50, 950, 50, 950);
    for (let period = 0; period < 50; period++) share.adapt(0, 0, 50, 950);
    expect(share.of(1_000)).toBe(50);
  });
});
