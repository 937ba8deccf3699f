/** The system clock: goes forward, rings in time, chunks long delays, and keeps no process alive. */
import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { holdProcess, systemClock } from "../../src/base/clock.js";

afterEach(() => {
  vi.useRealTimers();
});

test("now goes forward and wall is the calendar's", () => {
  const before = systemClock.now();
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  expect(Math.abs(systemClock.wall() - Date.now())).toBeLessThan(1_000);
});

test("a timer rings no earlier than asked, by the clock's own reading", async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.setTimer(resolve, 12.5));
  expect(systemClock.now() - start).toBeGreaterThanOrEqual(12.5);
});

describe("with time in our hands", () => {
  test("a delay beyond 2^31 ms rings once, when it should", () => {
    vi.useFakeTimers();
    const rung = vi.fn();
    const days = 86_400_000;
    systemClock.setTimer(rung, 60 * days);
    vi.advanceTimersByTime(60 * days - 1);
    expect(rung).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(rung).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100 * days);
    expect(rung).toHaveBeenCalledTimes(1);
  });

  test("a cleared timer never rings, also in its second chunk, nor after it has rung", () => {
    vi.useFakeTimers();
    const rung = vi.fn();
    const timer = systemClock.setTimer(rung, 2 ** 32);
    vi.advanceTimersByTime(2 ** 31 + 5);
    systemClock.clearTimer(timer);
    vi.advanceTimersByTime(2 ** 33);
    expect(rung).not.toHaveBeenCalled();
    systemClock.clearTimer(timer);
    systemClock.clearTimer({});
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("a timer does not keep the process alive", () => {
  const source = new URL("../../src/base/clock.ts", import.meta.url).href;
  const program = `import(${JSON.stringify(source)}).then(({ systemClock }) => systemClock.setTimer(() => {}, 60_000))`;
  execFileSync(process.execPath, ["--import", "tsx", "--eval", program], { timeout: 20_000 });
});

test("a process is held as long as anybody holds it, by one timer", () => {
  vi.useFakeTimers();
  const [first, second] = [holdProcess(), holdProcess()];
  expect(vi.getTimerCount()).toBe(1);
  first();
  first();
  expect(vi.getTimerCount()).toBe(1);
  second();
  expect(vi.getTimerCount()).toBe(0);
  const third = holdProcess();
  expect(vi.getTimerCount()).toBe(1);
  third();
  expect(vi.getTimerCount()).toBe(0);
});
