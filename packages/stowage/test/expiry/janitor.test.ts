/** When the janitor comes by, what it leaves behind, and what its visits cost a cache that does not need them. */
import { Cache } from "stowage";
import { FakeClock } from "stowage/testing";
import { afterEach, describe, expect, it } from "vitest";

const clock = new FakeClock();
let cache: Cache<unknown, unknown> = new Cache();

function make(options: object = {}): Cache<unknown, unknown> {
  cache.close();
  cache = new Cache<unknown, unknown>({ clock, ...options });
  return cache;
}

afterEach(() => {
  cache.verify();
  cache.close();
  expect(clock.pending).toBe(0);
});

describe("janitor", () => {
  it("comes every second unless told otherwise", () => {
    make();
    cache.set("a", 1, { ttl: 10 });
    clock.advance(2_000);
    expect(cache.size()).toBe(0);
  });

  it("keeps to its interval", () => {
    make({ janitor: "10s" });
    cache.set("a", 1, { ttl: 10 });
    clock.advance(5_000);
    expect(cache.size()).toBe(1);
    clock.advance(15_000);
    expect(cache.size()).toBe(0);
  });

  it("does not run where nothing expires", () => {
    make();
    for (let n = 0; n < 100; n += 1) cache.set(n, n);
    const before = clock.fired;
    clock.advance(3_600_000);
    expect(clock.fired - before, "timers fired in an hour").toBeLessThanOrEqual(1);
  });

  it("does not wake for entries that are years away more often than its interval", () => {
    make({ janitor: "1h" });
    cache.set("a", 1, { ttl: "100y" });
    const before = clock.fired;
    clock.advance(24 * 3_600_000);
    expect(clock.fired - before, "timers fired in a day").toBeLessThanOrEqual(25);
  });

  it("lets values be collected without a read", async () => {
    make();
    const references = Array.from({ length: 50 }, (_, n) => {
      const value = { n };
      cache.set(n, value, { ttl: 100 });
      return new WeakRef(value);
    });
    clock.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    (globalThis as { gc?: () => void }).gc?.();
    expect(references.filter((reference) => reference.deref() !== undefined).length).toBe(0);
  });

  it("lets keys be collected too", async () => {
    make();
    const references = Array.from({ length: 50 }, (_, n) => {
      const key = { n };
      cache.set(key, n, { ttl: 100 });
      return new WeakRef(key);
    });
    clock.advance(5_000);
    await new Promise((resolve) => setImmediate(resolve));
    (globalThis as { gc?: () => void }).gc?.();
    expect(references.filter((reference) => reference.deref() !== undefined).length).toBe(0);
  });

  it("reports a listener's error and goes on", () => {
    const errors: unknown[] = [];
    const boom = new Error("boom");
    const onRemoval = (): never => {
      throw boom;
    };
    make({ onRemoval, onError: (error: unknown) => errors.push(error) });
    for (let n = 0; n < 10; n += 1) cache.set(n, n, { ttl: 10 });
    clock.advance(5_000);
    expect(cache.size()).toBe(0);
    expect(errors).toEqual(Array(10).fill(boom));
  });

  for (const options of [{}, { max: 5, enforce: { every: 500 } }]) {
    it(`a listener that closes the cache in the middle of a sweep ends it: ${JSON.stringify(options)}`, () => {
      let heard = 0;
      const onRemoval = (): void => {
        heard += 1;
        if (heard === 3) cache.close();
      };
      make({ ...options, onRemoval });
      for (let n = 0; n < 10_000; n += 1) cache.set(n, n, { ttl: n < 9_000 ? 10 : 100_000 });
      clock.advance(200_000);
      expect(heard).toBe(3);
      expect(clock.pending, "timers left").toBe(0);
      make();
    });
  }

  it("a listener that clears the cache in the middle of a sweep does no harm", () => {
    make({ onRemoval: ({ cause }: { cause: string }) => cause === "expired" && cache.clear() });
    for (let n = 0; n < 10; n += 1) cache.set(n, n, { ttl: 10 });
    clock.advance(5_000);
    expect(cache.size()).toBe(0);
    cache.set("a", 1, { ttl: 10 });
    expect(cache.get("a")).toBe(1);
    clock.advance(5_000);
    expect(cache.size()).toBe(0);
  });

  it("a listener that sets what expired keeps it", () => {
    make({
      onRemoval: ({ key, cause }: { key: unknown; cause: string }) =>
        cause === "expired" && cache.set(key, "again", { ttl: null }),
    });
    for (let n = 0; n < 10; n += 1) cache.set(n, n, { ttl: 10 });
    clock.advance(5_000);
    expect(cache.size()).toBe(10);
    expect(cache.get(3)).toBe("again");
  });
});

describe("the system's clock", () => {
  for (const jump of [-10 * 365 * 86_400_000, -3_600_000, -1, 1, 3_600_000, 10 * 365 * 86_400_000]) {
    it(`jumping by ${jump} ms moves no expiry, and expireAt means the clock as it is then`, () => {
      make();
      cache.set("ttl", 1, { ttl: 100 });
      cache.set("at", 1);
      cache.expireAt("at", clock.wall() + 100);
      clock.shiftWall(jump);
      cache.set("later", 1);
      cache.expireAt("later", clock.wall() + 50);
      expect(cache.ttl("ttl")).toBe(100);
      expect(cache.ttl("at")).toBe(100);
      expect(cache.ttl("later")).toBe(50);
      clock.advance(99);
      expect(cache.has("ttl")).toBe(true);
      expect(cache.has("at")).toBe(true);
      expect(cache.has("later")).toBe(false);
      clock.advance(1);
      expect(cache.has("ttl")).toBe(false);
      expect(cache.has("at")).toBe(false);
    });
  }
});
