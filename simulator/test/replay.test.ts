/** The policies through the slot driver, through whole caches, and against a cache of ten lines. */
import { describe, expect, it } from "vitest";
import { corpusPath } from "../src/corpus.js";
import { readTrace } from "../src/read.js";
import { replayPolicy } from "../src/replay.js";
import { simulate, usualCapacities } from "../src/simulation.js";
import { summarize } from "../src/summary.js";
import { replayThroughCache } from "../src/through-cache.js";
import { traceOf } from "./helpers.js";

const trace = await readTrace(corpusPath("lirs-multi1.txt.gz"));

/** LRU by the insertion order of a Map. */
function lruHits(requests: readonly number[], capacity: number): number {
  const held = new Map<number, true>();
  let hits = 0;
  for (const key of requests) {
    if (held.delete(key)) hits++;
    held.set(key, true);
    if (held.size > capacity) held.delete(held.keys().next().value as number);
  }
  return hits;
}

describe("replayPolicy", () => {
  it.each([1, 2, 100, 1_000, 5_000])("hits as often as an LRU of ten lines at %i", (capacity) => {
    expect(replayPolicy(trace, "lru", capacity).hits).toBe(lruHits([...trace.requests], capacity));
  });

  it("finds the same twice, also for policies that take a salt", () => {
    for (const policy of ["w-tinylfu", "s3-fifo"] as const) {
      expect(replayPolicy(trace, policy, 300).hits).toBe(replayPolicy(trace, policy, 300).hits);
    }
  });
});

describe("replayThroughCache", () => {
  it.each(["lru", "lrw", "fifo", "sieve", "s3-fifo"] as const)(
    "hits exactly as often as the policy alone: %s",
    (policy) => {
      for (const capacity of [1, 200, 1_000]) {
        expect(replayThroughCache(trace, policy, capacity).hits).toBe(
          replayPolicy(trace, policy, capacity).hits,
        );
      }
    },
  );

  it("hits about as often as the policy alone where hashes have a say: w-tinylfu", () => {
    const [through, alone] = [replayThroughCache, replayPolicy].map(
      (replay) => replay(trace, "w-tinylfu", 500).hits,
    );
    expect(Math.abs(through - alone)).toBeLessThan(trace.requests.length * 0.02);
  });
});

describe("simulate", () => {
  it("puts the optimum first, and nothing above it", () => {
    const capacities = [50, 500];
    const { lines } = simulate(trace, { capacities, policies: ["sieve", "lru"], replay: replayPolicy });
    expect(lines.map(({ policy }) => policy)).toEqual(["optimum", "sieve", "lru"]);
    for (const { points } of lines) {
      expect(points.map(({ capacity }) => capacity)).toEqual(capacities);
      for (const [at, { hits, hitRatio, ofOptimum }] of points.entries()) {
        expect(hitRatio).toBe(hits / trace.requests.length);
        expect(ofOptimum).toBe(hits / lines[0].points[at].hits);
        expect(ofOptimum).toBeLessThanOrEqual(1);
      }
    }
  });

  it("counts a trace without repetition as all that could be had", () => {
    const { lines } = simulate(traceOf([1, 2, 3]), {
      capacities: [2],
      policies: ["lru"],
      replay: replayPolicy,
    });
    expect(lines[1].points[0]).toMatchObject({ hits: 0, hitRatio: 0, ofOptimum: 1 });
  });
});

describe("usualCapacities", () => {
  it.each([
    [20_484, [500, 1_000, 2_500, 5_000, 10_000]],
    [1_223, [25, 50, 100, 250, 500]],
    [20, [3, 5, 10]],
    [3, [1]],
    [1, [1]],
  ])("of %i keys are %j", (keys, expected) => expect(usualCapacities(keys)).toEqual(expected));
});

/** Replays all ten traces. */
describe("summarize", { timeout: 60_000 }, () => {
  it("is the mean over ten traces at five sizes, and the worst point against LRU", async () => {
    const { traces, policies } = await summarize(["fifo", "lru"], replayPolicy);
    expect(traces).toHaveLength(10);
    for (const { capacities } of traces) expect(capacities).toHaveLength(5);
    const [fifo, lru] = policies;
    expect(lru.worstAgainstLru.points).toBe(0);
    expect(fifo.worstAgainstLru.points).toBeLessThan(-10);
    for (const { ofOptimum, meanOfOptimum } of policies) {
      expect(ofOptimum).toHaveLength(10);
      expect(meanOfOptimum).toBeCloseTo(ofOptimum.reduce((sum, share) => sum + share) / 10, 12);
    }
    const multi1 = traces.findIndex(({ name }) => name === "lirs-multi1.txt.gz");
    const { capacities } = traces[multi1];
    const { lines } = simulate(trace, { capacities, policies: ["lru"], replay: replayPolicy });
    const shares = lines[1].points.map(({ ofOptimum }) => ofOptimum);
    expect(lru.ofOptimum[multi1]).toBeCloseTo(shares.reduce((sum, share) => sum + share) / 5, 12);
  });
});
