/**
 * The conformance suite fails on caches that are broken, and in the cases that are about what is broken.
 *
 * Each row: a mistake, and the cases that have to fail on it (others may fail as well: a cache that loses deletes is
 * wrong in many ways). The control at the end is the real cache, on which nothing fails.
 */
import { Cache } from "stowage";
import { allAbilities, cacheCases, failingCases } from "stowage/testing";
import { describe, expect, it } from "vitest";
import { brokenCaches, type Mistake } from "./broken-caches.js";

const noticedBy: Record<Mistake, readonly [string, ...string[]]> = {
  "ignores ttls": [
    "expiry: get sees no entry at 5 of its 5 ms",
    "janitor: expired entries leave memory without reads",
  ],
  "expires a millisecond late": [
    "expiry: get sees no entry at 5 of its 5 ms",
    "expiry: a ttl of 1000 ms ends on its millisecond",
  ],
  "restarts the ttl on update": ["updates: update keeps the expiry"],
  "restarts the ttl on incr": ["counters: counting keeps the expiry of the entry"],
  "loses deletes": ["plain verbs: delete says whether there was something, and it is gone"],
  "deletes too much": ["plain verbs: delete says whether there was something, and it is gone"],
  "never evicts": ["bound on entries: a bound of 7 is exact", "bound on entries: set never exceeds it"],
  "is one entry over its bound": [
    "bound on entries: a bound of 1 is exact",
    "bound on entries: a bound of 1000 is exact",
  ],
  "never forgets in memory": ["janitor: expired entries leave memory without reads"],
  "counts no weight": ["bound on weight: the sum never exceeds it"],
  "ignores tags": ["tags: what bears the tag is gone, the rest stays"],
  "invalidates every tag": ["tags: what bears the tag is gone, the rest stays"],
  "commits stale loads": ["tags: an invalidation during a load keeps the loaded value out"],
  "loads twice": ["loading: callers that come during a load wait for it"],
  "wedges a key whose load failed": [
    "loading: a loader that rejects fails its callers, stores nothing, and the next call loads again",
  ],
  "lets one caller's abort fail the others": [
    "callers who give up: one caller who gives up does not fail the others",
  ],
  "tells listeners a wrong cause": [
    "removal listeners: clear and reset: cleared",
    "removal listeners: an entry that made room: evicted",
  ],
  "tells listeners twice": ["removal listeners: each value that went in comes out once"],
  "writes into the caller's options": ["the caller's objects: frozen options work and are not written to"],
  "reads the caller's options again later": [
    "the caller's objects: changing the options later changes no cache",
  ],
  "drops options it does not know": ['options: {"tll":5} is refused, with "ttl" suggested'],
  "makes strings of keys": ["hostile keys: numbers and the strings that look like them are different keys"],
  "makes UTF-8 of keys": ["hostile keys: each key keeps its own value"],
  "cuts keys at NUL": ["hostile keys: each key keeps its own value"],
  "keeps values in a plain object": ["hostile keys: no key is there before it was set"],
  "stores undefined": ["plain verbs: undefined is refused as a value and what was there stays"],
  "writes NaN when it cannot count": [
    "counters: a value that is no number is refused and stays, with its expiry",
  ],
  "works on after close": ["closing: get throws ClosedError on a closed cache"],
  "leaves a timer behind": ["plain verbs: a value set is the value read"],
  "throws its hooks' errors at the caller": [
    "hooks: a hook that throws after is counted and reported, and the call goes on",
  ],
  "iterates over a snapshot": ["iteration: what expires during the walk is not given"],
  "counts peeks as hits": ["statistics: peek is not counted"],
  "prunes without reclaiming": ["prune: prune(5000, {reclaim: 0.1}) of 10,000 leaves 4,500"],
  "exports what has expired": ["export and import: what has expired is neither exported nor imported"],
  "applies a transaction that failed": ["transactions: nothing of it is applied when it throws"],
  "breaks its own structures": ["plain verbs: a value set is the value read"],
};

describe("the conformance suite notices a cache that", () => {
  for (const [mistake, expected] of Object.entries(noticedBy) as [Mistake, readonly string[]][]) {
    it(mistake, async () => {
      const groups = [...new Set(expected.map((name) => name.slice(0, name.indexOf(": "))))];
      const failures = await failingCases(
        { name: mistake, create: brokenCaches[mistake], abilities: allAbilities() },
        groups,
      );
      const names = failures.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([...expected]));
    });
  }
});

describe("the conformance suite", () => {
  it("finds nothing wrong with the real cache", async () => {
    const failures = await failingCases({
      name: "the real one",
      create: (options) => new Cache<unknown, unknown>(options),
      abilities: allAbilities(),
    });
    expect(failures).toEqual([]);
  });

  it("has a case for every name in the table above", () => {
    const names = new Set(cacheCases.map(({ group, name }) => `${group}: ${name}`));
    for (const expected of Object.values(noticedBy).flat()) expect(names).toContain(expected);
  });
});
