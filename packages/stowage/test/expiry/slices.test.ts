/**
 * A million entries that expire in the same millisecond, and no tick of the janitor that blocks the event loop for long.
 *
 * What a tick costs is counted in entries, not in time, so that a slow machine does not make the test fail: the fake
 * clock fires one timer at a time and the size before and after says how many entries that tick handled.
 */
import { Cache } from "stowage";
import { FakeClock } from "stowage/testing";
import { describe, expect, it } from "vitest";

/** At 100 to 200 ns an entry, with its listener and its key's removal from the index, so many stay well below 5 ms. */
const ENTRIES_A_TICK_MAX = 16_384;

/** Fills a cache with entries that all expire at 1,000 ms and fires timers one by one: how many went in each. */
function ticks(count: number, options: object = {}): number[] {
  const clock = new FakeClock();
  const cache = new Cache<number, number>({ clock, ...options });
  for (let n = 0; n < count; n += 1) cache.set(n, n, { ttl: 1_000 });
  clock.sleep(999.5);
  const handled: number[] = [];
  for (let n = 0; n < 100_000 && cache.size() > 0; n += 1) {
    const before = cache.size();
    expect(clock.step(), "a timer is set while entries are due").toBe(true);
    handled.push(before - cache.size());
  }
  expect(cache.size()).toBe(0);
  cache.close();
  expect(clock.pending).toBe(0);
  return handled.filter((entries) => entries > 0);
}

describe("janitor slices", () => {
  it("a million simultaneous expiries are spread over many ticks", () => {
    const handled = ticks(1_000_000);
    expect(handled.reduce((sum, entries) => sum + entries, 0)).toBe(1_000_000);
    expect(Math.max(...handled)).toBeLessThanOrEqual(ENTRIES_A_TICK_MAX);
  });

  it("a tick handles no more when there is more to do", () => {
    expect(Math.max(...ticks(200_000))).toBe(Math.max(...ticks(100_000)));
  });

  it("listeners do not make a tick larger", () => {
    let heard = 0;
    const handled = ticks(50_000, { onRemoval: () => ++heard });
    expect(heard).toBe(50_000);
    expect(Math.max(...handled)).toBeLessThanOrEqual(ENTRIES_A_TICK_MAX);
  });

  it("between two ticks the cache is whole and can be used", () => {
    const clock = new FakeClock();
    const cache = new Cache<number, number>({ clock });
    for (let n = 0; n < 100_000; n += 1) cache.set(n, n, { ttl: 1_000 });
    clock.sleep(999.5);
    let between = 0;
    for (let n = 0; cache.size() > 10; n += 1) {
      clock.step();
      if (cache.size() === 0 || n > 1_000) break;
      if (clock.now() < 2_000) continue;
      between += 1;
      expect(cache.get(99_999), "expired, though its turn has not come").toBeUndefined();
      cache.set(1_000_000 + n, n, { ttl: null });
      expect(cache.get(1_000_000 + n)).toBe(n);
      if (n === 5) cache.verify();
    }
    expect(between).toBeGreaterThan(3);
    cache.close();
  });

  it("the timers of one sweep do not wait for the next interval", () => {
    const clock = new FakeClock();
    const cache = new Cache<number, number>({ clock, janitor: "10s" });
    for (let n = 0; n < 200_000; n += 1) cache.set(n, n, { ttl: 1_000 });
    clock.advance(12_000);
    expect(cache.size()).toBe(0);
    cache.close();
  });
});
