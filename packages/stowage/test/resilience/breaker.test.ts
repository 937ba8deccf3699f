import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type BreakerState, CircuitBreaker } from "../../src/resilience/breaker.js";
import { FakeClock } from "../../src/testing/fake-clock.js";

let clock: FakeClock;
let states: BreakerState[];

beforeEach(() => {
  clock = new FakeClock();
  states = [];
});

function make(
  options: { failures?: number; cooldownMs?: number; cooldownMaxMs?: number } = {},
): CircuitBreaker {
  return new CircuitBreaker({
    failures: 3,
    cooldownMs: 1_000,
    ...options,
    clock,
    onState: (state) => states.push(state),
  });
}

function fail(breaker: CircuitBreaker, times = 1): void {
  for (let time = 0; time < times; time++) breaker.failed(breaker.enter() as number);
}

describe("CircuitBreaker", () => {
  it("opens after as many failures in a row", () => {
    const breaker = make();
    fail(breaker, 2);
    breaker.succeeded(breaker.enter() as number);
    fail(breaker, 2);
    expect([breaker.state, breaker.failures, states]).toEqual(["closed", 2, []]);
    fail(breaker);
    expect([breaker.state, breaker.leftMs, states]).toEqual(["open", 1_000, ["open"]]);
    expect(breaker.enter()).toBeUndefined();
  });

  it("lets one try when the cooldown is over, and closes if that goes well", () => {
    const breaker = make();
    fail(breaker, 3);
    clock.advance(999);
    expect(breaker.enter()).toBeUndefined();
    clock.advance(1);
    const probe = breaker.enter() as number;
    expect([breaker.state, breaker.leftMs]).toEqual(["half-open", 0]);
    expect(breaker.enter()).toBeUndefined();
    breaker.succeeded(probe);
    expect([breaker.state, breaker.failures]).toEqual(["closed", 0]);
    fail(breaker, 2);
    expect(breaker.state).toBe("closed");
    expect(states).toEqual(["open", "half-open", "closed"]);
  });

  it("doubles its cooldown with each probe that fails, up to its maximum, and begins anew when it has closed", () => {
    const breaker = make({ cooldownMaxMs: 5_000 });
    fail(breaker, 3);
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      waits.push(breaker.leftMs);
      clock.advance(breaker.leftMs);
      fail(breaker);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    clock.advance(breaker.leftMs);
    breaker.succeeded(breaker.enter() as number);
    fail(breaker, 3);
    expect(breaker.leftMs).toBe(1_000);
  });

  it("has 30 seconds for its maximum, and never less than the cooldown", () => {
    const breaker = make({ failures: 1, cooldownMs: 20_000 });
    fail(breaker);
    clock.advance(20_000);
    fail(breaker);
    expect(breaker.leftMs).toBe(30_000);
    const slow = make({ failures: 1, cooldownMs: 60_000, cooldownMaxMs: 5_000 });
    fail(slow);
    clock.advance(60_000);
    fail(slow);
    expect(slow.leftMs).toBe(60_000);
  });

  it("lets the next one try when a probe is given up", () => {
    const breaker = make();
    fail(breaker, 3);
    clock.advance(1_000);
    breaker.released(breaker.enter() as number);
    expect([breaker.state, breaker.leftMs]).toEqual(["open", 0]);
    breaker.succeeded(breaker.enter() as number);
    expect(breaker.state).toBe("closed");
  });

  it("learns nothing from what was sent before it changed", () => {
    const breaker = make();
    const [slow, late, given] = [breaker.enter(), breaker.enter(), breaker.enter()] as number[];
    fail(breaker, 3);
    breaker.succeeded(slow);
    expect(breaker.state).toBe("open");
    clock.advance(1_000);
    const probe = breaker.enter() as number;
    breaker.failed(late);
    breaker.released(given);
    expect(breaker.state).toBe("half-open");
    breaker.succeeded(probe);
    breaker.failed(probe);
    expect([breaker.state, breaker.failures]).toEqual(["closed", 0]);
  });

  it("never lets two try at once, nor anybody during a cooldown", () => {
    const step = fc.oneof(
      fc.constantFrom("enter", "succeed", "fail", "release"),
      fc.integer({ min: 1, max: 1_500 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        clock = new FakeClock();
        const breaker = make({ cooldownMaxMs: 4_000 });
        const passes: number[] = [];
        let openedMs = Number.NEGATIVE_INFINITY;
        let probes = 0;
        for (const what of steps) {
          const before = breaker.state;
          if (typeof what === "number") clock.advance(what);
          else if (what === "enter") {
            const pass = breaker.enter();
            if (pass === undefined) continue;
            passes.push(pass);
            if (before === "open") {
              expect(++probes).toBe(1);
              expect(clock.now() - openedMs).toBeGreaterThanOrEqual(1_000);
            } else expect(before).toBe("closed");
          } else if (passes.length > 0) {
            const pass = passes.pop() as number;
            if (what === "succeed") breaker.succeeded(pass);
            else if (what === "fail") breaker.failed(pass);
            else breaker.released(pass);
            if (breaker.state !== before) probes = 0;
            // A probe that is given up leaves the cooldown as it was: over.
            if (breaker.state === "open" && before !== "open" && breaker.leftMs > 0) openedMs = clock.now();
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
