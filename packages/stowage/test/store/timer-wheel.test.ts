/**
 * The timer wheel itself against a list of deadlines, with what the cache never or seldom does to it: times that are no
 * whole milliseconds, drains of a few entries at a time, deadlines that moved while an entry hung in a bucket, leaps of
 * millennia. Nothing comes up before it is due, everything does once it is, and every link is sound after each step.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimerWheel } from "../../src/cache/expiry/timer-wheel.js";

const SLOTS = 40;
const slot = fc.nat(SLOTS - 1);
/** As likely milliseconds as millennia, and more often than chance would have it where a level of the wheel ends. */
const span = fc.oneof(
  fc.double({ min: 0, max: Math.log(64 ** 8), noNaN: true }).map((exponent) => Math.exp(exponent) - 1),
  fc.tuple(fc.nat(7), fc.integer({ min: -2, max: 2 })).map(([power, off]) => Math.max(0, 64 ** power + off)),
  fc.double({ min: 0, max: 3, noNaN: true }),
);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("schedule" as const), slot, ms: span }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("defer" as const), slot, ms: span }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), slot }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: span }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("drain" as const), limit: fc.integer({ min: 1, max: 9 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Watched {
  /** When it is due; in which tick that was said. */
  readonly scheduled = new Map<number, { due: number; saidAt: number }>();
  readonly wheel: TimerWheel;
  now: number;

  constructor(now: number) {
    this.now = now;
    this.wheel = new TimerWheel(now, (at) => this.scheduled.get(at)?.due ?? Number.POSITIVE_INFINITY);
    this.wheel.reserve(SLOTS);
  }

  do(each: Step): void {
    if (each.do === "schedule") {
      const due = this.now + each.ms;
      this.scheduled.set(each.slot, { due, saidAt: Math.floor(this.now) });
      this.wheel.schedule(each.slot, due);
    } else if (each.do === "defer") {
      const entry = this.scheduled.get(each.slot);
      if (entry !== undefined) entry.due += each.ms;
    } else if (each.do === "cancel") {
      this.scheduled.delete(each.slot);
      this.wheel.cancel(each.slot);
    } else if (each.do === "pass") {
      this.now += each.ms;
      this.wheel.advance(this.now);
    } else if (!this.drain(each.limit)) this.expectNoneDue();
  }

  /** Nothing comes up early, or twice, or after it was cancelled. */
  drain(limit: number): boolean {
    let given = 0;
    const more = this.wheel.drain(limit, (at) => {
      const entry = this.scheduled.get(at);
      expect(entry, "it is scheduled").toBeDefined();
      expect(Math.ceil(entry?.due ?? 0), "when it is due").toBeLessThanOrEqual(Math.floor(this.now));
      this.scheduled.delete(at);
      given++;
    });
    expect(given).toBeLessThanOrEqual(limit);
    return more;
  }

  /** What was due already when it was scheduled comes up a tick later. */
  expectNoneDue(): void {
    const tick = Math.floor(this.now);
    for (const { due, saidAt } of this.scheduled.values()) {
      if (saidAt < tick) expect(Math.ceil(due), "what is left").toBeGreaterThan(tick);
    }
  }

  verify(): void {
    this.wheel.verify();
    expect(this.wheel.count).toBe(this.scheduled.size);
    for (let at = 0; at < SLOTS; at++) {
      if (this.wheel.isScheduled(at) !== this.scheduled.has(at)) expect.unreachable(`slot ${at}`);
    }
  }
}

describe("the timer wheel", () => {
  it("gives each slot once it is due, and not before", () => {
    const script = fc.array(step, { minLength: 1, maxLength: 120, size: "max" });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), script, (now, steps) => {
        const watched = new Watched(now);
        for (const each of steps) {
          watched.do(each);
          watched.verify();
        }
        watched.do({ do: "pass", ms: 64 ** 8 * 64 });
        while (watched.drain(3)) watched.verify();
        watched.expectNoneDue();
      }),
      { numRuns: 150 },
    );
  });

  it("does not go back with a clock that does", () => {
    const watched = new Watched(1_000);
    watched.do({ do: "schedule", slot: 1, ms: 50 });
    watched.wheel.advance(400);
    watched.do({ do: "pass", ms: 49 });
    expect(watched.drain(9)).toBe(false);
    expect(watched.scheduled.size).toBe(1);
    watched.do({ do: "pass", ms: 1 });
    watched.drain(9);
    expect(watched.scheduled.size).toBe(0);
  });

  it("takes a slot that comes into use after others, however many there are by then", () => {
    const due = new Map<number, number>();
    const wheel = new TimerWheel(0, (at) => due.get(at) ?? 0);
    for (let at = 0; at < 70_000; at += 997) {
      wheel.reserve(at + 1);
      due.set(at, at + 1);
      wheel.schedule(at, at + 1);
      wheel.verify();
    }
    const given: number[] = [];
    for (let now = 0; now <= 70_000; now += 500) {
      wheel.advance(now);
      wheel.drain(Number.POSITIVE_INFINITY, (at) => given.push(at));
      wheel.verify();
    }
    expect(given).toEqual([...due.keys()]);
  });
});
