/** What the tests of save and restore share: a clock, files in memory, and caches that are checked and closed at the end. */
import { Cache, type CacheOptions } from "stowage";
import { FakeClock } from "stowage/testing";
import { afterEach, beforeEach, expect } from "vitest";
import { MemoryFiles } from "../persist/memory-files.js";

export const path = "users.dump";
/** Both new for each test. */
export let clock: FakeClock;
export let files: MemoryFiles;
const open: Cache<unknown, unknown>[] = [];

export function renewFiles(): void {
  files = new MemoryFiles();
}

export function eachTestOnItsOwn(): void {
  beforeEach(() => {
    clock = new FakeClock();
    renewFiles();
  });
  afterEach(() => {
    for (const cache of open.splice(0)) {
      if (!cache.closed) cache.verify();
      cache.close();
    }
    expect(clock.pending, "timers left").toBe(0);
    expect(files.openCount, "files left open").toBe(0);
  });
}

export function make<V = unknown>(options: CacheOptions<unknown, V> = {}): Cache<unknown, V> {
  const cache = new Cache<unknown, V>({ clock, ...options });
  open.push(cache as Cache<unknown, unknown>);
  return cache;
}

/** A cache with what the other one saved. */
export async function copyOf<V>(
  cache: Cache<unknown, V>,
  options: CacheOptions<unknown, V> = {},
): Promise<Cache<unknown, V>> {
  await cache.save(path, { files });
  const copy = make<V>(options);
  await copy.restore(path, { files });
  return copy;
}
