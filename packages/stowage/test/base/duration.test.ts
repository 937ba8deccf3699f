/** Durations: every form that is right, every kind of wrong one with what would have been right. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Duration, durationMaxMs, formatDuration, parseDuration } from "../../src/base/duration.js";
import { InvalidDurationError, InvalidOptionError } from "../../src/base/errors.js";

const second = 1_000;
const hour = 3_600_000;
const year = 31_536_000_000;

describe("what is right", () => {
  test.each<[Duration, number]>([
    [1, 1],
    [60_000, 60_000],
    ["250ms", 250],
    ["5s", 5 * second],
    ["5m", 300 * second],
    ["2h", 2 * hour],
    ["1d", 24 * hour],
    ["1w", 168 * hour],
    ["1y", year],
    ["1h30m", 1.5 * hour],
    ["1.5h", 1.5 * hour],
    ["100y", 100 * year],
    [100 * year, 100 * year],
    [durationMaxMs, durationMaxMs],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(parseDuration(text)).toBe(ms);
  });

  test("all units in one", () => {
    expect(parseDuration("1y1w1d1h1m1s1ms" as string)).toBe(
      year + 168 * hour + 24 * hour + hour + 61 * second + 1,
    );
  });
});

test("fractions are rounded up, but not for what arithmetic adds", () => {
  const cases: [Duration, number][] = [
    [0.1, 1],
    [Number.MIN_VALUE, 1],
    [1.5, 2],
    [99.0001, 99],
    [99.001, 100],
    ["1.1h", 3_960_000],
    ["0.5ms", 1],
  ];
  for (const [given, ms] of cases) expect([given, parseDuration(given)]).toEqual([given, ms]);
});

describe("what is wrong", () => {
  test.each<[unknown, string]>([
    [0, "is not above zero"],
    [-0, "is not above zero"],
    [-5, "is not above zero"],
    [Number.NaN, "is not a number"],
    [Number.POSITIVE_INFINITY, "above the maximum"],
    [Number.NEGATIVE_INFINITY, "is not above zero"],
    [durationMaxMs + 1, 'Did you mean "1000y"?'],
    ["1001y", "above the maximum"],
    ["0s", "is not above zero"],
    ["", "is not a number"],
    ["10", 'has no unit. Did you mean "10ms"?'],
    ["5 minutes", 'has spaces in it. Did you mean "5m"?'],
    ["5min", 'Did you mean "5m"?'],
    ["5M", 'Did you mean "5m"?'],
    ["5 secnods", 'Did you mean "5s"?'],
    ["1h 30m", "has spaces in it"],
    ["-5s", "has a sign"],
    ["30m1h", "out of order or twice"],
    ["1m1m", "out of order or twice"],
    ["1e3s", "has a unit other than"],
    [".5s", "has a unit other than"],
    ["five", "has a unit other than"],
    [null, "is of the wrong kind"],
    [{}, "is of the wrong kind"],
    [5n, "is of the wrong kind"],
  ])("%s", (given, message) => {
    expect(() => parseDuration(given as Duration, "set", "ttl")).toThrow(message);
    expect(() => parseDuration(given as Duration, "set", "ttl")).toThrow('set: "ttl" is not a duration');
    expect(() => parseDuration(given as Duration, "set", "ttl")).toThrow(InvalidDurationError);
    expect(() => parseDuration(given as Duration, "set", "ttl")).toThrow(InvalidOptionError);
  });
});

test("any text gives a whole number in range or the typed error, quickly", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("1", "0", ".", "m", "s", "h", " ", "-") }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const ms = parseDuration(text);
        expect(Number.isInteger(ms) && ms >= 1 && ms <= durationMaxMs).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidDurationError);
      }
    }),
  );
  expect(() => parseDuration("1".repeat(1_000_000))).toThrow(InvalidDurationError);
});

test("what is formatted is read back", () => {
  expect(formatDuration(1.5 * hour)).toBe("1h30m");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: durationMaxMs }), (ms) => parseDuration(formatDuration(ms)) === ms),
  );
});

test("many different texts change neither what any of them means nor how much memory is used", () => {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let wrong = 0;
  for (let ms = 1; ms <= 200_000; ms++) if (parseDuration(`${ms}ms`) !== ms) wrong++;
  globalThis.gc?.();
  expect(wrong).toBe(0);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
});
