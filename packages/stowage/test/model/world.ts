/**
 * What the commands of the model test act upon: the real cache, the naive one, their common clock, and the loads under way.
 *
 * `compare` runs after every command: each key answers the same in both (eviction is an allowed absence and is told to
 * the naive one), ttls agree to the millisecond, bounds hold, and the real cache's structures verify.
 */
import type { CacheUnderTest, FakeClock } from "stowage/testing";
import { settle } from "stowage/testing";
import { expect } from "vitest";
import { NaiveCache } from "./naive-cache.js";

/** Few, so that commands collide; hostile, so that mixing up any two shows. */
export const KEYS: readonly unknown[] = [
  "a",
  "__proto__",
  "",
  "\0",
  "\ud800",
  "1",
  1,
  Number.NaN,
  "x".repeat(65_536),
];
export const TAGS = ["red", "blue", "constructor"] as const;

export interface Bounds {
  readonly max?: number;
  readonly maxWeight?: number;
}

interface Load {
  readonly key: unknown;
  readonly tags: readonly string[];
  readonly ttl: number | null;
  /** The naive cache's moment when the loader was called. */
  readonly from: number;
  finish(outcome: LoadOutcome): void;
}

export type LoadOutcome = "value" | "nothing" | "error";

/** The weight that the bounded worlds give to every value: 0.1 to 0.3, whose sums are never exact, or 0. */
export function weigh(value: unknown): number {
  return typeof value === "number" ? (1 + (Math.abs(Math.trunc(value)) % 3)) / 10 : 0;
}

export class World {
  readonly naive = new NaiveCache();
  readonly running: Load[] = [];
  readonly #origins = new Map<unknown, Load>();
  /** What was found wrong when a fetch came back; thrown by the next comparison. */
  readonly #wrong: unknown[] = [];
  #values = 0;
  #waiting = 0;

  constructor(
    readonly cache: CacheUnderTest,
    readonly clock: FakeClock,
    readonly bounds: Bounds,
  ) {}

  get bounded(): boolean {
    return this.bounds.max !== undefined || this.bounds.maxWeight !== undefined;
  }

  /** A value that no one wrote before. */
  nextValue(): number {
    this.#values += 1;
    return this.#values * 1_000;
  }

  /** Counting may come back to the number that a load once brought: it is no longer that load's. */
  madeAnew(value: number): void {
    this.#origins.delete(value);
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.naive.now += ms;
  }

  /** Calls fetch with a loader that waits until `finishLoad`; whatever comes back is checked when it comes. */
  async fetch(key: unknown, ttl: number | null, tags: readonly string[]): Promise<void> {
    const present = this.naive.get(key);
    const calledAt = this.naive.moment();
    const before = this.running.length;
    this.#waiting += 1;
    const done = this.cache
      .fetch(key, () => this.#load(key, ttl, tags), { ttl, tags })
      .then(
        (value: unknown) => this.#checkFetched(key, value, calledAt),
        (error: unknown) => expect(error).toBe(LOAD_FAILED),
      )
      .catch((wrong: unknown) => void this.#wrong.push(wrong))
      .finally(() => {
        this.#waiting -= 1;
      });
    await settle();
    if (present === undefined) return;
    expect(this.running.length, "a hit loads nothing").toBe(before);
    await done;
  }

  /** Lets a load end; the naive cache stores its value unless something came between. */
  async finishLoad(index: number, outcome: LoadOutcome): Promise<void> {
    const [load] = this.running.splice(index % this.running.length, 1);
    load.finish(outcome);
    await settle();
  }

  /** Lets every load end, also those that begin meanwhile, and checks that no caller is left waiting. */
  async finishAll(): Promise<void> {
    for (let n = 0; this.running.length > 0; n += 1) {
      expect(n, "loads without end").toBeLessThan(10_000);
      await this.finishLoad(0, "value");
    }
    expect(this.#waiting, "callers of fetch left waiting").toBe(0);
  }

  #load(key: unknown, ttl: number | null, tags: readonly string[]): Promise<unknown> {
    if (this.running.some((other) => Object.is(other.key, key))) {
      this.#wrong.push(new Error("two loads of one key at once"));
    }
    return new Promise((resolve, reject) => {
      const finish = (outcome: LoadOutcome): void => {
        if (outcome === "error") reject(LOAD_FAILED);
        else resolve(outcome === "value" ? this.#brings(load) : undefined);
      };
      const load: Load = { key, ttl, tags, from: this.naive.moment(), finish };
      this.running.push(load);
    });
  }

  /** A new value, which the naive cache stores unless something came between. */
  #brings(load: Load): unknown {
    const { key, ttl, tags, from } = load;
    const value = this.nextValue();
    this.#origins.set(value, load);
    if (!this.naive.changed(key, tags, from)) this.naive.load(key, value, ttl, tags);
    return value;
  }

  /** A fetch may not give a value whose load began before an invalidation that was over when fetch was called. */
  #checkFetched(key: unknown, value: unknown, calledAt: number): void {
    const origin = this.#origins.get(value);
    if (origin === undefined || origin.from >= calledAt) return;
    expect(
      this.naive.changed(key, origin.tags, origin.from, calledAt),
      "fetch gave a value from before",
    ).toBe(false);
  }

  compare(absenceAllowed = this.bounded): void {
    const { cache, naive } = this;
    if (this.#wrong.length > 0) throw this.#wrong[0];
    for (const key of KEYS) {
      const real = cache.peek(key);
      if (real === undefined && absenceAllowed) naive.drop(key);
      expect(real).toEqual(naive.get(key));
      expect(cache.ttl(key)).toBe(naive.ttl(key));
    }
    const live = naive.keys();
    expect(cache.size({ expired: false })).toBe(live.length);
    if (this.bounds.max !== undefined) expect(cache.size()).toBeLessThanOrEqual(this.bounds.max);
    if (this.bounds.maxWeight !== undefined) {
      const weight = live.reduce((sum: number, key) => sum + weigh(naive.get(key)), 0);
      expect(weight).toBeLessThanOrEqual(this.bounds.maxWeight + 1e-9);
    }
    cache.verify();
  }
}

const LOAD_FAILED = new Error("the load failed, as the test told it to");
