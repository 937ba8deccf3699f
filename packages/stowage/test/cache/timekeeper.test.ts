/**
 * The claim of expiry/timekeeper.ts: although it seldom reads the clock, its answers are those of one that always does,
 * as long as the event loop is never blocked for longer than FAR_MS less the second for which a reading is trusted.
 *
 * A program is a row of turns. Within a turn time passes and deadlines are checked, but no timer fires; between turns the
 * timers that are due fire, or some of them are late. That the limit is no invention is shown too: beyond it, the same
 * property fails.
 */
import fc from "fast-check";
import { Cache, type Clock, type TimerHandle } from "stowage";
import { describe, expect, it } from "vitest";
import { FAR_MS, Timekeeper } from "../../src/cache/expiry/timekeeper.js";

/** The longest that a reading is trusted while the event loop is free. */
const TRUSTED_MS = 1_000;
const BLOCK_MS_MAX = FAR_MS - TRUSTED_MS;

/** Time that a script moves; counts how often it is asked for. */
class ScriptedClock implements Clock {
  ms: number;
  readings = 0;
  readonly timers = new Map<TimerHandle, { fn: () => void; dueMs: number }>();

  constructor(ms: number) {
    this.ms = ms;
  }

  now(): number {
    this.readings++;
    return this.ms;
  }

  wall(): number {
    return this.ms;
  }

  setTimer(fn: () => void, ms: number): TimerHandle {
    const handle = {};
    this.timers.set(handle, { fn, dueMs: this.ms + ms });
    return handle;
  }

  clearTimer(handle: TimerHandle): void {
    this.timers.delete(handle);
  }

  fireDue(): void {
    for (const [handle, { fn, dueMs }] of [...this.timers]) {
      if (dueMs > this.ms) continue;
      this.timers.delete(handle);
      fn();
    }
  }
}

/** Milliseconds from now to a deadline; where an answer could be wrong, more often than chance would have it. */
const ahead = fc.oneof(
  fc.double({ min: -5_000, max: 30_000, noNaN: true }),
  fc
    .tuple(
      fc.constantFrom(0, FAR_MS, BLOCK_MS_MAX, TRUSTED_MS, FAR_MS + TRUSTED_MS),
      fc.integer({ min: -2, max: 2 }),
    )
    .map(([ms, off]) => ms + off),
  fc.constant(1e9),
);
const check = fc.record({ ahead, times: fc.constantFrom(1, 1, 1, 2, 200) });

/** What happens in one turn: shares of its length after which deadlines are checked. */
const turn = (msMax: number) =>
  fc.record({
    /** Before it the event loop is free for so long, in which timers fire on time. */
    free: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })),
    ms: fc.oneof(fc.constant(0), fc.constant(msMax), fc.double({ min: 0, max: msMax, noNaN: true })),
    checks: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), check), { maxLength: 6 }),
  });

/** Lets time pass with an event loop that is free: each timer at its moment. */
function passFree(clock: ScriptedClock, ms: number): void {
  const untilMs = clock.ms + ms;
  for (;;) {
    const nextMs = Math.min(...[...clock.timers.values()].map(({ dueMs }) => dueMs));
    if (nextMs > untilMs) break;
    clock.ms = Math.max(clock.ms, nextMs);
    clock.fireDue();
  }
  clock.ms = untilMs;
}

function exactness(blockMsMax: number) {
  const program = fc.array(turn(blockMsMax), { minLength: 1, maxLength: 25 });
  return fc.property(program, fc.double({ min: 0, max: 1e7, noNaN: true }), (turns, start) => {
    const clock = new ScriptedClock(start);
    const time = new Timekeeper(clock, true);
    const origin = start - 1;
    for (const { free, ms, checks } of turns) {
      passFree(clock, free);
      const beginMs = clock.ms;
      for (const [share, { ahead: left, times }] of [...checks].sort(([one], [other]) => one - other)) {
        clock.ms = beginMs + share * ms;
        const deadline = clock.ms - origin + left;
        for (let n = 0; n < times; n++) {
          if (time.passed(deadline) !== clock.ms - origin >= deadline) return false;
        }
      }
      clock.ms = beginMs + ms;
      clock.fireDue();
    }
    time.close();
    return clock.timers.size === 0;
  });
}

describe("the timekeeper", () => {
  it(`is exact while no turn takes longer than ${BLOCK_MS_MAX} ms`, () => {
    fc.assert(exactness(BLOCK_MS_MAX), { numRuns: 2_000 });
  });

  it("beyond that it is not, or this test would show nothing", () => {
    expect(fc.check(exactness(BLOCK_MS_MAX + 2 * TRUSTED_MS), { seed: 1, numRuns: 20_000 }).failed).toBe(
      true,
    );
  });

  it("certainly ahead is ahead, whoever asks how often", () => {
    const clock = new ScriptedClock(0);
    const time = new Timekeeper(clock, true);
    for (let n = 0; n < 20_000; n++) {
      clock.ms += n % 7;
      if (n % 50 === 0) clock.fireDue();
      const deadline = clock.ms + 1 + ((n * 37) % 25_000) - 200;
      const ahead = clock.ms + 1 < deadline;
      if (n % 3 === 0)
        expect(time.isFar(deadline) && !ahead, "a deadline that has passed is far").toBe(false);
      else expect(time.passed(deadline)).toBe(!ahead);
    }
  });

  it("reads the clock once for a hundred far deadlines, and for each near one", () => {
    const clock = new ScriptedClock(0);
    const time = new Timekeeper(clock, true);
    clock.readings = 0;
    for (let n = 0; n < 50_000; n++) {
      clock.ms += 0.001;
      time.passed(clock.ms + 60_000);
    }
    expect(clock.readings).toBeGreaterThan(0);
    expect(clock.readings).toBeLessThanOrEqual(50_000 / 100);
    clock.readings = 0;
    for (let n = 0; n < 100; n++) time.passed(clock.ms + FAR_MS - 1);
    expect(clock.readings).toBe(100);
    expect(clock.timers.size, "timers").toBe(1);
    time.close();
    expect(clock.timers.size, "timers after close").toBe(0);
  });

  it("sets no timer while nobody asks: trust is withdrawn once, not renewed", () => {
    const clock = new ScriptedClock(0);
    const time = new Timekeeper(clock, true);
    time.passed(60_000);
    passFree(clock, 100_000);
    expect(clock.timers.size).toBe(0);
    clock.readings = 0;
    expect(time.passed(100_500)).toBe(false);
    expect(clock.readings, "an old reading is not used").toBe(1);
  });

  it("asks a clock of the user's each time", () => {
    const clock = new ScriptedClock(0);
    const time = new Timekeeper(clock);
    clock.readings = 0;
    for (let n = 0; n < 1_000; n++) time.passed(1e9);
    expect(clock.readings).toBe(1_000);
    expect(clock.timers.size).toBe(0);
  });

  it("does not revive what has expired when a clock goes back", () => {
    for (const economical of [true, false]) {
      const clock = new ScriptedClock(1_000);
      const time = new Timekeeper(clock, economical);
      clock.ms = 2_000;
      expect(time.passed(1_001)).toBe(true);
      clock.ms = 500;
      expect(time.passed(1_001)).toBe(true);
      expect(time.now()).toBe(1_001);
    }
  });

  it("keeps a batch to its one reading, nested ones and those that throw included", () => {
    const clock = new ScriptedClock(0);
    const time = new Timekeeper(clock, true);
    const boom = new Error("boom");
    expect(() =>
      time.freeze(() => {
        clock.ms = 50;
        expect(time.passed(20)).toBe(false);
        time.freeze(() => expect(time.now()).toBe(1));
        clock.ms = 60;
        expect(time.passed(20), "after the inner batch").toBe(false);
        throw boom;
      }),
    ).toThrow(boom);
    expect(time.passed(20)).toBe(true);
    expect(time.now()).toBe(61);
  });
});

describe("on the system's clock", () => {
  it("a value with 5 ms to live is gone after 6 ms without a turn of the event loop, though readings are trusted", () => {
    const cache = new Cache<string, number>({ ttl: "1h" });
    for (let n = 0; n < 50; n++) cache.set(`long ${n}`, n);
    cache.get("long 1");
    cache.set("short", 1, { ttl: 5 });
    const setBy = performance.now();
    while (performance.now() - setBy < 6) cache.get("long 2");
    expect(cache.get("short")).toBeUndefined();
    expect(cache.get("long 1")).toBe(1);
    cache.close();
  });

  it("and after 6 ms of waiting", async () => {
    const cache = new Cache<string, number>();
    cache.set("long", 1, { ttl: "1h" });
    cache.set("short", 1, { ttl: 5 });
    const setBy = performance.now();
    while (performance.now() - setBy < 6) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(cache.get("long")).toBe(1);
    expect(cache.get("short")).toBeUndefined();
    expect(cache.has("short")).toBe(false);
    cache.close();
  });
});
