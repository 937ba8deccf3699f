/** The model and the races, too, fail on broken caches; a search that finds nothing in these has found nothing. */
import fc from "fast-check";
import { Cache } from "stowage";
import type { CacheUnderTest, SubjectOptions } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { modelProperty } from "../model/property.js";
import type { Bounds } from "../model/world.js";
import { raceProperty } from "../races/property.js";
import { brokenCaches, type Mistake } from "./broken-caches.js";

const SEED = 20_260_101;
const settings = { seed: SEED, numRuns: 300, endOnFailure: true } as const;

const real = (options: SubjectOptions): CacheUnderTest => new Cache<unknown, unknown>(options);

describe("the model notices a cache that", () => {
  const mistakes: Partial<Record<Mistake, Bounds>> = {
    "ignores ttls": {},
    "expires a millisecond late": {},
    "restarts the ttl on update": {},
    "restarts the ttl on incr": {},
    "loses deletes": {},
    "deletes too much": {},
    "never evicts": { max: 3 },
    "is one entry over its bound": { max: 3 },
    "counts no weight": { maxWeight: 0.6 },
    "ignores tags": {},
    "invalidates every tag": {},
    "commits stale loads": {},
    "loads twice": {},
    "makes strings of keys": {},
    "cuts keys at NUL": {},
    "exports what has expired": {},
    "applies a transaction that failed": {},
    "breaks its own structures": {},
  };

  for (const [mistake, bounds] of Object.entries(mistakes) as [Mistake, Bounds][]) {
    it(mistake, async () => {
      const { failed } = await fc.check(modelProperty({ bounds, create: brokenCaches[mistake] }), settings);
      expect(failed).toBe(true);
    });
  }

  it("nothing in the real one", async () => {
    const { failed } = await fc.check(modelProperty({ bounds: {}, create: real }), {
      ...settings,
      numRuns: 30,
    });
    expect(failed).toBe(false);
  });
});

describe("the races notice a cache that", () => {
  const mistakes: readonly Mistake[] = [
    "commits stale loads",
    "loads twice",
    "wedges a key whose load failed",
    "lets one caller's abort fail the others",
    "loses deletes",
    "ignores tags",
    "leaves a timer behind",
  ];

  for (const mistake of mistakes) {
    it(mistake, async () => {
      const { failed } = await fc.check(raceProperty(brokenCaches[mistake]), settings);
      expect(failed).toBe(true);
    });
  }

  it("nothing in the real one", async () => {
    const { failed } = await fc.check(raceProperty(real), { ...settings, numRuns: 50 });
    expect(failed).toBe(false);
  });
});
