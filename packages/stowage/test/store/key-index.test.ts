/**
 * From a key to its slot, against a Map: any script of writes, reads and removals over hostile families of keys leaves
 * both saying the same, and after each step `verify()` finds every key where a lookup would find it. Evictions are taken
 * over from the removal listener, so that the comparison is exact and not "the same or nothing".
 */
import fc from "fast-check";
import { Cache, type CacheOptions } from "stowage";
import { describe, expect, it } from "vitest";
import { alike, long, numbers, others, sameHash, shorts } from "./keys.js";

const oneHash = sameHash(7);
const hostile: readonly unknown[] = [...numbers, ...others, ...shorts];

const key = fc.oneof(
  { weight: 4, arbitrary: fc.nat(60).map((n) => alike(n)) },
  { weight: 4, arbitrary: fc.nat(oneHash.length - 1).map((n) => oneHash[n]) },
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.bigInt() },
);

const verb = fc.oneof(
  { weight: 10, arbitrary: fc.constant("set" as const) },
  { weight: 3, arbitrary: fc.constant("get, then set" as const) },
  { weight: 4, arbitrary: fc.constantFrom("get", "has", "delete", "take") },
  { weight: 1, arbitrary: fc.constantFrom("prune", "clear") },
);

type Step = readonly [verb: typeof verb extends fc.Arbitrary<infer T> ? T : never, key: unknown];

/** A cache and a Map that are told the same. */
class Pair {
  readonly cache: Cache<unknown, number>;
  readonly model = new Map<unknown, number>();
  #values = 0;

  constructor(options: CacheOptions<unknown, number>) {
    this.cache = new Cache<unknown, number>({
      ...options,
      onRemoval: ({ key: evicted, cause }) => void (cause === "evicted" && this.model.delete(evicted)),
    });
  }

  do([what, at]: Step): void {
    const { cache, model } = this;
    if (what === "clear") {
      expect(cache.clear()).toBe(model.size);
      model.clear();
    } else if (what === "prune") {
      const before = model.size;
      expect(cache.prune(10)).toBe(before - model.size);
    } else if (what === "has") expect(cache.has(at)).toBe(model.has(at));
    else if (what === "delete") expect(cache.delete(at)).toBe(model.delete(at));
    else if (what === "take") {
      expect(cache.take(at)).toBe(model.get(at));
      model.delete(at);
    } else if (what === "get") expect(cache.get(at)).toBe(model.get(at));
    else this.#set(at, what !== "set");
  }

  #set(at: unknown, ask: boolean): void {
    if (ask) expect(this.cache.get(at)).toBe(this.model.get(at));
    this.model.set(at, ++this.#values);
    this.cache.set(at, this.#values);
  }

  compare(): void {
    const { cache, model } = this;
    cache.verify();
    expect(cache.size()).toBe(model.size);
    for (const [at, value] of model)
      if (cache.peek(at) !== value) expect(cache.peek(at), String(at)).toBe(value);
  }
}

function follow(options: CacheOptions<unknown, number>, steps: readonly Step[]): void {
  const pair = new Pair(options);
  for (const step of steps) {
    pair.do(step);
    pair.compare();
  }
  expect(new Set(pair.cache.keys())).toEqual(new Set(pair.model.keys()));
}

describe("the key index says what a Map says", () => {
  it.each([{}, { max: 25 }, { max: 90, policy: "fifo" as const }])("%j", (options) => {
    const script = fc.array(fc.tuple(verb, key), { minLength: 1, maxLength: 250, size: "max" });
    fc.assert(
      fc.property(script, (steps) => follow(options, steps)),
      { numRuns: 40 },
    );
  });

  it("of keys of 64 KiB too", () => {
    const keys = Array.from({ length: 12 }, (_, n) => long(n));
    const script = fc.array(fc.tuple(verb, fc.constantFrom(...keys)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(script, (steps) => follow({ max: 8 }, steps)),
      { numRuns: 15 },
    );
  });

  it("while it changes over to whole hashes under two thousand entries, whatever comes between", () => {
    const step = fc.tuple(
      fc.constantFrom(
        "set" as const,
        "set" as const,
        "set" as const,
        "get, then set" as const,
        "delete" as const,
      ),
      fc.oneof(
        fc.nat(150).map((n) => alike(n)),
        fc.nat(1_999).map((n) => `entry number ${n}`),
      ),
    );
    const script = fc.array(step, { minLength: 60, maxLength: 200, size: "max" });
    fc.assert(
      fc.property(script, fc.boolean(), (steps, full) => {
        const pair = new Pair(full ? { max: 2_000 } : {});
        for (let n = 0; n < 2_000; n++) pair.do(["set", `entry number ${n}`]);
        for (const each of steps) {
          pair.do(each);
          pair.cache.verify();
        }
        pair.compare();
      }),
      { numRuns: 8 },
    );
  });
});

describe("the key index", () => {
  it("keeps a key that was missed under the sampling hash and is written after the change-over", () => {
    const cache = new Cache<string, number>();
    for (let n = 0; n < 4; n++) cache.set(alike(n), n);
    cache.get(alike(9));
    cache.set(alike(4), 4);
    cache.set(alike(9), 9);
    cache.verify();
    expect(cache.get(alike(9))).toBe(9);
  });

  it("a key that was missed and then written by another verb is not entered twice", () => {
    const cache = new Cache<string, number>();
    const writers: (() => unknown)[] = [
      () => cache.set("a", 1),
      () => cache.setMany([["a", 1]]),
      () => cache.incr("a"),
      () => cache.getAndUpdate("a", () => 1),
      () => cache.import([{ key: "a", value: 1, expiresAt: null }]),
    ];
    for (const write of writers) {
      expect(cache.get("a")).toBeUndefined();
      write();
      cache.set("a", 1);
      cache.verify();
      expect(cache.size()).toBe(1);
      expect(cache.get("b"), "another miss in between").toBeUndefined();
      expect(cache.delete("a")).toBe(true);
    }
  });

  it("a key that was missed before clear is new after it", () => {
    const cache = new Cache<string, number>();
    for (let n = 0; n < 100; n++) cache.set(alike(n), n);
    cache.get("missed, and hashed whole");
    cache.clear();
    cache.set("missed, and hashed whole", 1);
    cache.verify();
    expect(cache.get("missed, and hashed whole")).toBe(1);
  });
});
