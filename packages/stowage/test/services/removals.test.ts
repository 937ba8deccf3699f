/**
 * Removal listeners that use the cache in the middle of what removed something. They are told when the verb has done its
 * work, so whatever they do finds a whole cache, and the verb's own result is not disturbed by it.
 */
import { Cache, type CacheOptions, type RemovalCause, type RemovalEvent } from "stowage";
import { FakeClock, settle } from "stowage/testing";
import { beforeEach, describe, expect, it } from "vitest";

type Event = RemovalEvent<string, number>;
type Test = Cache<string, number>;

let clock: FakeClock;
let errors: unknown[];
beforeEach(() => {
  clock = new FakeClock();
  errors = [];
});

function make(options: CacheOptions<string, number>, listener: (event: Event, cache: Test) => void): Test {
  const cache: Test = new Cache<string, number>({
    clock,
    policy: "fifo",
    onError: (error) => void errors.push(error),
    ...options,
    onRemoval: (event) => listener(event, cache),
  });
  return cache;
}

const entries = (count: number, from = 0): [string, number][] =>
  Array.from({ length: count }, (_, n) => [`k${from + n}`, from + n]);

/** Expires all that has 50 ms to live. */
function later(cache: Test): Test {
  clock.advance(60);
  return cache;
}

/** Each calls one verb, or lets time pass, which leaves events of one cause behind. */
const removers: [what: string, options: CacheOptions<string, number>, remove: (cache: Test) => unknown][] = [
  ["an eviction by set", { max: 8 }, (cache) => cache.set("new", 1)],
  ["evictions by setMany", { max: 8 }, (cache) => cache.setMany(entries(6, 100))],
  ["evictions by weight", { maxWeight: 8 }, (cache) => cache.set("new", 1, { weight: 5 })],
  ["a heavier value", { maxWeight: 8 }, (cache) => cache.set("k7", 1, { weight: 6 })],
  ["a value that is too heavy", { maxWeight: 8 }, (cache) => cache.set("k7", 1, { weight: 9 })],
  ["a sweep of the janitor", { ttl: 50, janitor: 100 }, () => clock.advance(100)],
  ["purge", { ttl: 50, janitor: false }, (cache) => later(cache).purge()],
  ["a read of what has expired", { ttl: 50, janitor: false }, (cache) => later(cache).get("k1")],
  ["a take of what has expired", { ttl: 50, janitor: false }, (cache) => later(cache).take("k1")],
  ["a bound enforced by the clock", { max: 4, enforce: { every: 100 } }, () => clock.advance(100)],
  ["delete", {}, (cache) => cache.delete("k0")],
  ["take", {}, (cache) => cache.take("k0")],
  ["replacing", {}, (cache) => cache.setMany(entries(4))],
  ["update", {}, (cache) => cache.update("k0", 5)],
  ["incr", {}, (cache) => cache.incr("k0", 5)],
  ["getAndUpdate", {}, (cache) => cache.getAndUpdate("k0", () => 5)],
  ["resize", { max: 8 }, (cache) => cache.resize({ max: 3 })],
  [
    "import",
    {},
    (cache) => cache.import(entries(3).map(([key, value]) => ({ key, value, expiresAt: null }))),
  ],
  ["clear", {}, (cache) => cache.clear()],
  ["reset", {}, (cache) => cache.reset()],
];

/** What a listener does when it is told for the first time. */
const deeds: [what: string, deed: (cache: Test, event: Event) => unknown][] = [
  ["sets the key that left", (cache, { key }) => cache.set(key, -1, { ttl: null })],
  ["sets other keys", (cache) => cache.setMany(entries(20, 200))],
  ["deletes all that is left", (cache) => [...cache.keys()].map((key) => cache.delete(key))],
  ["clears", (cache) => cache.clear()],
  ["resets", (cache) => cache.reset()],
  ["prunes to nothing", (cache) => cache.prune(0)],
  ["purges", (cache) => cache.purge()],
  ["invalidates a tag", (cache) => cache.invalidateTag("t")],
  ["gives entries a ttl", (cache) => [...cache.keys()].map((key) => cache.expire(key, 5))],
  [
    "throws",
    () => {
      throw new Error("boom");
    },
  ],
];

describe.each(removers)("on %s", (_what, options, remove) => {
  const filled = (listener: (event: Event, cache: Test) => void): Test => {
    const cache = make(options, listener);
    cache.setMany(entries(8), { tags: ["t"] });
    return cache;
  };

  it.each(deeds)("a listener that %s harms nothing", async (_deed, deed) => {
    let told = 0;
    const cache = filled((event, given) => {
      given.verify();
      if (told++ === 0) deed(given, event);
      given.verify();
    });
    remove(cache);
    cache.verify();
    expect(told, "listeners told").toBeGreaterThan(0);
    await settle();
    clock.advance(5_000);
    cache.verify();
    expect(errors.length).toBeLessThanOrEqual(1);
    cache.set("works", 1, { ttl: null });
    expect(cache.get("works")).toBe(1);
    cache.close();
    expect(clock.pending).toBe(0);
  });

  it("a listener that closes the cache is the last to be told", () => {
    let told = 0;
    const cache = filled((_event, given) => {
      told++;
      given.close();
    });
    remove(cache);
    expect(told).toBe(1);
    expect(cache.closed).toBe(true);
    expect(clock.pending, "timers left").toBe(0);
    clock.advance(10_000);
    expect(told).toBe(1);
  });

  it("gives its own result, whatever the listener does", () => {
    const outcome = (listener: (event: Event, cache: Test) => void): unknown => {
      clock = new FakeClock();
      const result = remove(filled(listener));
      return result instanceof Map ? [...result] : result;
    };
    expect(outcome((_event, cache) => void cache.peek("k0"))).toEqual(outcome(() => undefined));
    let told = 0;
    expect(outcome((_event, cache) => void (told++ === 0 && cache.clear()))).toEqual(
      outcome(() => undefined),
    );
  });
});

describe("listeners", () => {
  it("are told in the order of the removals, those that listeners cause after those that were under way", () => {
    const heard: string[] = [];
    const cache = make({}, ({ key, cause }, given) => {
      heard.push(`${key} ${cause}`);
      if (key === "k0") given.delete("k5");
    });
    cache.setMany(entries(6));
    cache.prune(3, { reclaim: 0 });
    expect(heard).toEqual(["k0 evicted", "k1 evicted", "k2 evicted", "k5 deleted"]);
  });

  it("all hear of an event before any hears of the next", () => {
    const heard: string[] = [];
    const cache = make({}, ({ key }) => void heard.push(`1 ${key}`));
    cache.onRemoval(({ key }) => void heard.push(`2 ${key}`));
    cache.setMany(entries(2));
    cache.clear();
    expect(heard).toEqual(["1 k0", "2 k0", "1 k1", "2 k1"]);
  });

  it("one that is taken off, or put on, while events are told", () => {
    const heard: string[] = [];
    const cache = make({}, ({ key }) => {
      if (key !== "k1") return;
      off();
      cache.onRemoval((event) => void heard.push(`late ${event.key}`));
    });
    const off = cache.onRemoval(({ key }) => void heard.push(`early ${key}`));
    cache.setMany(entries(3));
    cache.clear();
    expect(heard).toEqual(["early k0", "late k1", "late k2"]);
    off();
  });

  it("the same function given twice is told twice, and each taken off alone", () => {
    let told = 0;
    const listener = (): void => void told++;
    const cache = new Cache<string, number>();
    const offs = [cache.onRemoval(listener), cache.onRemoval(listener)];
    cache.set("a", 1);
    cache.delete("a");
    expect(told).toBe(2);
    offs[0]();
    offs[0]();
    cache.set("a", 1);
    cache.delete("a");
    expect(told).toBe(3);
  });

  it("inside execute and transactions hear at once, or when it is applied", async () => {
    const heard: string[] = [];
    const cache = make({}, ({ key, cause }) => void heard.push(`${key} ${cause}`));
    cache.setMany(entries(3));
    cache.execute((inner) => {
      inner.delete("k0");
      expect(heard).toEqual(["k0 deleted"]);
    });
    await cache.transaction(["k1", "k2"], (tx) => {
      tx.delete("k1");
      tx.set("k2", 5);
      expect(heard).toHaveLength(1);
    });
    expect(heard).toEqual(["k0 deleted", "k1 deleted", "k2 replaced"]);
  });

  it("each cause is counted as often as it is told", () => {
    const told: Record<RemovalCause, number> = {
      expired: 0,
      evicted: 0,
      deleted: 0,
      replaced: 0,
      cleared: 0,
    };
    const cache = make({ max: 20 }, ({ cause }) => void told[cause]++);
    for (let n = 0; n < 400; n++) {
      const key = `k${(n * n) % 37}`;
      if (n % 11 === 0) cache.delete(key);
      else if (n % 97 === 0) cache.clear();
      else if (n % 13 === 0) cache.take(key);
      else if (n % 17 === 0) cache.prune(10);
      else if (n % 19 === 0) cache.invalidateTag(`t${n % 3}`);
      else cache.set(key, n, { tags: [`t${n % 3}`], ttl: n % 5 === 0 ? 10 : null });
      if (n % 96 !== 0) clock.advance(n % 4);
      // What has expired or been invalidated by the time of clear is told as such; see the test below.
      if (n % 97 === 96) cache.purge();
    }
    expect(Math.min(...Object.values(told)), "every cause came up").toBeGreaterThan(0);
    expect(cache.stats().removals).toEqual(told);
  });
});

describe("a listener in the middle of", () => {
  it("prune does not change how many it says went", () => {
    for (const deed of [(cache: Test) => cache.clear(), (cache: Test) => cache.setMany(entries(50, 100))]) {
      let told = 0;
      const cache = make({}, (_event, given) => void (told++ === 0 && deed(given)));
      cache.setMany(entries(8));
      expect(cache.prune(3, { reclaim: 0 })).toBe(5);
    }
  });

  it("getMany may close the cache: the call ends with what it found, or says that it is closed", () => {
    const cache = make({ ttl: 50, janitor: false }, (_event, given) => given.close());
    cache.setMany(entries(8));
    cache.set("lives", 1, { ttl: null });
    clock.advance(60);
    const outcome = (): unknown => {
      try {
        return cache.getMany(["k0", "k1", "lives"]).constructor.name;
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(["Map", "ClosedError"]).toContain(outcome());
  });

  it("clear hears of what had expired by then under the cause that is counted", () => {
    const causes: string[] = [];
    const cache = make({ ttl: 50, janitor: false }, ({ cause }) => void causes.push(cause));
    cache.setMany(entries(3));
    clock.advance(60);
    cache.clear();
    const { expired, cleared } = cache.stats().removals;
    expect(causes).toEqual([...Array(expired).fill("expired"), ...Array(cleared).fill("cleared")]);
  });
});
