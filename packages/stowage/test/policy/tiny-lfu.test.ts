/** w-tinylfu as a whole: which workloads it has to be good at, what may not disturb it, and its structures all the while. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LruPolicy } from "../../src/cache/policy/lru.js";
import type { Policy } from "../../src/cache/policy/policy.js";
import { TinyLfuPolicy } from "../../src/cache/policy/tiny-lfu.js";
import { PolicyDriver, seededRandom } from "../../src/testing/policy-driver.js";
import { Replay, requests, zipf } from "./tiny-lfu-workloads.js";

const create = () => new TinyLfuPolicy({ random: seededRandom(1) });

function against(keys: readonly number[], capacity: number): { ours: number; lru: number } {
  return {
    ours: new Replay(create(), capacity).hitRatio(keys),
    lru: new Replay(new LruPolicy(), capacity).hitRatio(keys),
  };
}

describe("w-tinylfu hits", () => {
  it.each([
    [0.6, 0.08],
    [0.8, 0.08],
    [0.99, 0.05],
    [1.2, 0.018],
  ])("more than LRU on a zipf distribution of skew %s, by %s", (skew, margin) => {
    const { ours, lru } = against(requests(200_000, zipf(20_000, skew, 2)), 2_000);
    expect(ours).toBeGreaterThan(lru + margin);
  });

  it.each([1.05, 1.5, 3, 20])(
    "a fixed part of a loop over %s times its capacity, where LRU hits nothing",
    (times) => {
      const keys = Math.round(1_000 * times);
      const { ours, lru } = against(
        requests(keys * 30, (index) => index % keys),
        1_000,
      );
      expect(lru).toBe(0);
      expect(ours).toBeGreaterThan((0.92 * 1_000) / keys);
    },
  );

  it("all of a loop that fits", () => {
    const replay = new Replay(create(), 1_000);
    replay.hitRatio(requests(5_000, (index) => index % 950));
    expect(replay.hitRatio(requests(10_000, (index) => index % 950))).toBe(1);
  });

  it("its favourites still, after a scan of ten times its capacity", () => {
    const draw = zipf(20_000, 0.99, 3);
    const replay = new Replay(create(), 1_000);
    replay.hitRatio(requests(100_000, draw));
    const before = replay.hitRatio(requests(20_000, draw));
    replay.hitRatio(requests(10_000, (index) => 1_000_000 + index));
    expect(replay.hitRatio(requests(20_000, draw))).toBeGreaterThan(before - 0.02);
  });

  it("as much as LRU where the recent is what is asked for", () => {
    const random = seededRandom(4);
    let place = 500_000;
    const keys = requests(200_000, () => {
      place += Math.round((random() - 0.5) * 200);
      return place + Math.floor(random() * random() * 1_500);
    });
    const { ours, lru } = against(keys, 1_000);
    expect(ours).toBeGreaterThan(lru - 0.02);
  });

  it("new favourites when they change", () => {
    const draw = zipf(10_000, 0.99, 5);
    const replay = new Replay(create(), 1_000);
    const before = replay.hitRatio(requests(100_000, draw));
    replay.hitRatio(requests(20_000, () => 50_000 + draw()));
    expect(replay.hitRatio(requests(50_000, () => 50_000 + draw()))).toBeGreaterThan(before - 0.02);
  });

  it("the next loop after the last one, though nothing of main is asked for any more", () => {
    const replay = new Replay(create(), 1_000);
    replay.hitRatio(requests(100_000, (index) => index % 900));
    replay.hitRatio(requests(150_000, (index) => 10_000 + (index % 1_200)));
    expect(replay.hitRatio(requests(12_000, (index) => 10_000 + (index % 1_200)))).toBeGreaterThan(0.75);
  });
});

describe("w-tinylfu in a cache of few entries", () => {
  it.each([1, 2, 3, 10])("keeps %s that are asked for again and again", (capacity) => {
    const replay = new Replay(create(), capacity);
    for (let round = 0; round < 100; round++) {
      for (let key = 0; key < capacity; key++) replay.request(key);
      replay.verify();
    }
    expect(replay.hits).toBe(99 * capacity);
  });

  it.each([1, 2, 3, 10])("is not far from LRU with %s", (capacity) => {
    const { ours, lru } = against(requests(50_000, zipf(100, 1, 6)), capacity);
    expect(ours).toBeGreaterThan(lru - 0.01);
  });

  it("does not wear out: a working set replaces another after any number of hits", () => {
    const replay = new Replay(create(), 10);
    for (let shift = 0; shift < 20; shift++) {
      replay.hitRatio(requests(20_000, (index) => shift * 100 + (index % 10)));
      replay.hitRatio(requests(1_000, (index) => shift * 100 + 50 + (index % 10)));
      expect(replay.hitRatio(requests(100, (index) => shift * 100 + 50 + (index % 10)))).toBe(1);
    }
  });
});

describe("w-tinylfu under attack", () => {
  it("works when all keys have one hash", () => {
    const replay = new Replay(create(), 100, () => 7);
    expect(replay.hitRatio(requests(20_000, zipf(1_000, 1.2, 7)))).toBeGreaterThan(0.6);
    replay.verify();
  });

  it("keeps its favourites among new keys that share their hashes", () => {
    const replay = new Replay(create(), 100, (key) => key % 1_000);
    const favourites = requests(50, (key) => key);
    for (let round = 0; round < 50; round++) replay.hitRatio(favourites);
    replay.hitRatio(
      requests(20_000, (index) => (index % 4 === 0 ? (index / 4) % 50 : index * 1_000 + (index % 50))),
    );
    expect(favourites.filter((key) => replay.has(key)).length).toBeGreaterThan(35);
  });

  it("lets nobody hold a place without asking for it", () => {
    const replay = new Replay(create(), 100);
    for (let round = 0; round < 1_000; round++) replay.hitRatio(requests(100, (key) => key));
    replay.hitRatio(requests(20_000, (index) => 1_000 + index));
    expect(requests(100, (key) => key).filter((key) => replay.has(key))).toEqual([]);
  });
});

describe("w-tinylfu bounds its work", () => {
  it("when every entry of main is hot", () => {
    const replay = new Replay(create(), 5_000);
    replay.hitRatio(requests(15_000, (index) => index % 5_000));
    expect(replay.policy.victim()).toBe(64);
  });

  it("when entries of the window left before their turn", () => {
    const driver = new PolicyDriver(create(), { capacity: 3_000, verify: false });
    for (let hash = 0; hash < 3_000; hash++) driver.add(hash);
    driver.resize(2_900); // the first evictions: from now on new entries go to the window
    const young = Array.from({ length: 1_000 }, (_, index) => {
      driver.remove(driver.slots()[0]);
      return driver.add(10_000 + index);
    });
    for (const slot of young.slice(0, 900)) driver.remove(slot);
    driver.verify();
    driver.drain();
  });
});

describe("w-tinylfu, entry by entry", () => {
  /** 11 entries of main; new ones go to the window. */
  function filled(): TinyLfuPolicy {
    const policy = create();
    policy.resize(12);
    policy.reserve(40);
    for (let slot = 0; slot < 12; slot++) policy.added(slot, slot);
    const first = policy.victim();
    policy.removed(first, first);
    return policy;
  }

  it("gives a new entry its full turn, though an old one left its place in the queue", () => {
    const policy = filled();
    for (const slot of [20, 21, 22]) policy.added(slot, slot);
    policy.removed(21, 21);
    policy.added(21, 99);
    // The window has more than its share: 20, its oldest, is let into main, and the next two go.
    const leaving = [1, 2].map(() => {
      const slot = policy.victim();
      policy.removed(slot, slot);
      return slot;
    });
    expect(leaving).toEqual([22, 21]);
  });

  it.each([
    [0, 20],
    [3, 1],
  ])("counts the %i reads of an entry that was deleted, for when its key comes back", (reads, leaving) => {
    const policy = filled();
    policy.added(20, 20);
    for (let read = 0; read < reads; read++) policy.hit(20);
    policy.removed(20, 20);
    policy.added(20, 20);
    for (let slot = 1; slot < 12; slot++) policy.hit(slot);
    // Asked for once before, or four times, against entries of main that were asked for twice.
    expect(policy.victim()).toBe(leaving);
  });

  it("chooses well when many leave at once, as under a bound enforced at intervals", () => {
    const draw = zipf(20_000, 0.9, 9);
    const intervals = (policy: Policy) => {
      const replay = new Replay(policy, Number.POSITIVE_INFINITY);
      const hitRatios = requests(150, () => {
        const ratio = replay.hitRatio(requests(2_000, draw));
        replay.shrink(1_800);
        return ratio;
      });
      return hitRatios.slice(50).reduce((sum, ratio) => sum + ratio, 0) / 100;
    };
    expect(intervals(create())).toBeGreaterThan(intervals(new LruPolicy()) + 0.025);
  });
});

describe("w-tinylfu's structures hold", () => {
  const call = fc.record({
    kind: fc.constantFrom(
      "add",
      "add",
      "add",
      "hit",
      "hit",
      "write",
      "remove",
      "evict",
      "resize",
      "ask",
      "clear",
    ),
    pick: fc.nat(200),
  });

  it("whatever happens to the entries", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(call, { maxLength: 600, size: "max" }),
      (capacity, calls) => {
        const driver = new PolicyDriver(create(), { capacity });
        for (const { kind, pick } of calls) step(driver, kind, pick);
        driver.drain();
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  function step(driver: PolicyDriver, kind: string, pick: number): void {
    const slot = driver.slots()[pick % Math.max(1, driver.length)];
    if (kind === "add") driver.add(pick);
    else if (kind === "resize") driver.resize(pick === 200 ? Number.POSITIVE_INFINITY : 1 + (pick % 60));
    else if (kind === "clear" && pick > 190) driver.clear();
    else if (slot === undefined) return;
    else if (kind === "hit") driver.hit(slot);
    else if (kind === "write") driver.write(slot);
    else if (kind === "remove") driver.remove(slot);
    else if (kind === "evict") driver.evict();
    else if (kind === "ask") driver.victim();
  }

  it("while the number of entries follows their weights", () => {
    const policy = create();
    const driver = new PolicyDriver(policy, { capacity: Number.POSITIVE_INFINITY, verify: false });
    const random = seededRandom(8);
    for (let hash = 0; hash < 20_000; hash++) {
      const evicted = Math.floor(random() * 3);
      for (let one = 0; one < evicted && driver.length > 200; one++) driver.evict();
      driver.add(hash % 700);
      driver.hit(driver.slots()[hash % driver.length]);
    }
    driver.verify();
    driver.drain();
  });
});
