/**
 * What has left the cache can be collected: value and key, whichever way they left, and the cache itself once nobody
 * holds it. Asked of the collector, by weak references; several at a time, so that one that a register happens to hold
 * is no excuse.
 */
import { Cache, type CacheOptions, type RemovalEvent } from "stowage";
import { FakeClock, settle } from "stowage/testing";
import { describe, expect, it } from "vitest";

type Test = Cache<object, object>;
const COUNT = 30;

const gc = (globalThis as { gc?: () => void }).gc as () => void;

/** Collects until nothing changes; says how many are still there. */
async function left(references: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await settle();
    gc();
  }
  return references.filter((reference) => reference.deref() !== undefined).length;
}

interface Filled {
  readonly cache: Test;
  readonly clock: FakeClock;
  readonly references: WeakRef<object>[];
}

/** A cache of entries that only it and weak references know. */
function fill(options: CacheOptions<object, object> = {}, count = COUNT): Filled {
  const clock = new FakeClock();
  const cache: Test = new Cache<object, object>({ clock, policy: "fifo", ...options });
  const references: WeakRef<object>[] = [];
  for (let n = 0; n < count; n++) {
    const [key, value] = [{ n }, { n }];
    cache.set(key, value, { ttl: 1_000, tags: ["t"] });
    references.push(new WeakRef(key), new WeakRef(value));
  }
  return { cache, clock, references };
}

const each = (cache: Test, call: (key: object) => unknown): void => {
  for (const key of cache.keys()) call(key);
};

const ways: [how: string, options: CacheOptions<object, object>, leave: (filled: Filled) => unknown][] = [
  ["deleted", {}, ({ cache }) => each(cache, (key) => cache.delete(key))],
  ["taken", {}, ({ cache }) => each(cache, (key) => cache.take(key))],
  ["cleared", {}, ({ cache }) => cache.clear()],
  ["reset", {}, ({ cache }) => cache.reset()],
  ["pruned", {}, ({ cache }) => cache.prune(0)],
  ["evicted", { max: COUNT }, ({ cache }) => cache.setMany(Array.from({ length: COUNT }, () => [{}, {}]))],
  ["evicted by w-tinylfu", { max: 5, policy: "w-tinylfu" }, ({ cache }) => cache.prune(0)],
  ["evicted by s3-fifo", { max: 5, policy: "s3-fifo" }, ({ cache }) => cache.prune(0)],
  ["squeezed out", { max: COUNT }, ({ cache }) => [cache.resize({ max: 1 }), cache.set({}, {})]],
  ["expired and swept", {}, ({ clock }) => clock.advance(5_000)],
  ["expired and purged", { janitor: false }, ({ cache, clock }) => [clock.advance(5_000), cache.purge()]],
  [
    "expired and read",
    { janitor: false },
    ({ cache, clock }) => {
      const keys = [...cache.keys()];
      clock.advance(5_000);
      for (const key of keys) cache.get(key);
    },
  ],
  [
    "invalidated by tag and swept",
    {},
    ({ cache, clock }) => [cache.invalidateTag("t"), clock.advance(2_000)],
  ],
];

describe("key and value of an entry can be collected when it was", () => {
  it.each(ways)("%s", async (_how, options, leave) => {
    const filled = fill(options);
    leave(filled);
    expect(await left(filled.references)).toBe(0);
    filled.cache.verify();
    filled.cache.close();
  });

  it.each(ways)("%s, with a listener that was told", async (_how, options, leave) => {
    let told = 0;
    const filled = fill({ ...options, onRemoval: () => void told++ });
    leave(filled);
    expect(await left(filled.references)).toBe(0);
    expect(told).toBeGreaterThan(0);
    filled.cache.close();
  });

  const replacing: [how: string, replace: (cache: Test, key: object) => unknown][] = [
    ["set", (cache, key) => cache.set(key, {})],
    ["update", (cache, key) => cache.update(key, {})],
    ["setMany", (cache, key) => cache.setMany([[key, {}]])],
    ["getAndUpdate", (cache, key) => cache.getAndUpdate(key, () => ({}))],
    ["fetch by force", (cache, key) => cache.fetch(key, () => ({}), { force: true })],
    ["a transaction", (cache, key) => cache.transaction([key], (tx) => tx.set(key, {}))],
  ];
  it.each(replacing)("a value that was replaced by %s can, and its key stays", async (_how, replace) => {
    const { cache, references } = fill();
    for (const key of [...cache.keys()]) await replace(cache, key);
    expect(await left(references.filter((_, n) => n % 2 === 1)), "values").toBe(0);
    expect(await left(references.filter((_, n) => n % 2 === 0)), "keys").toBe(COUNT);
    expect(cache.size()).toBe(COUNT);
    cache.close();
  });
});

/** In a function of its own, whose variables are gone when it has returned. */
function missAll(cache: Test): void {
  const keys = [...cache.keys()];
  cache.clear();
  for (const key of keys) expect(cache.get(key)).toBeUndefined();
}

describe("a miss", () => {
  it("remembers no value, and of the keys that were missed the last one at most", async () => {
    const { cache, references } = fill();
    missAll(cache);
    expect(await left(references.filter((_, n) => n % 2 === 1)), "values").toBe(0);
    expect(await left(references.filter((_, n) => n % 2 === 0)), "keys").toBeLessThanOrEqual(1);
    cache.set({}, {});
    expect(await left(references)).toBe(0);
    cache.close();
  });
});

async function loadInVain(cache: Test): Promise<WeakRef<object>[]> {
  const [key, value] = [{}, {}];
  const loading = cache.fetch(key, async () => value);
  cache.delete(key);
  await loading;
  return [new WeakRef(key), new WeakRef(value)];
}

async function failToCommit(cache: Test): Promise<WeakRef<object>[]> {
  const [key, value] = [{}, {}];
  const failing = cache.transaction([key], (tx) => {
    tx.set(key, value);
    throw new Error("boom");
  });
  await failing.catch(() => undefined);
  return [new WeakRef(key), new WeakRef(value)];
}

describe("what passes through", () => {
  it("loads leave neither their value, if it was not stored, nor their key behind", async () => {
    const { cache } = fill({}, 0);
    const references: WeakRef<object>[] = [];
    for (let n = 0; n < COUNT; n++) references.push(...(await loadInVain(cache)));
    expect(await left(references)).toBe(0);
    cache.close();
  });

  it("nor do transactions that failed", async () => {
    const { cache } = fill({}, 0);
    const references: WeakRef<object>[] = [];
    for (let n = 0; n < COUNT; n++) references.push(...(await failToCommit(cache)));
    expect(await left(references)).toBe(0);
    cache.close();
  });

  it("a listener that was taken off can be collected", async () => {
    const { cache } = fill({}, 0);
    const references = Array.from({ length: COUNT }, () => {
      const listener = (_event: RemovalEvent<object, object>): void => undefined;
      cache.onRemoval(listener)();
      return new WeakRef(listener);
    });
    expect(await left(references)).toBe(0);
    cache.close();
  });
});

describe("a cache that nobody holds can be collected", () => {
  const kinds: [what: string, make: () => Test][] = [
    [
      "without expiry, though it was not closed",
      () => {
        const cache: Test = new Cache<object, object>({ max: 10 });
        cache.set({}, {});
        return cache;
      },
    ],
    [
      "closed, with entries that had long to live",
      () => {
        const cache: Test = new Cache<object, object>({ ttl: "1h", idle: "1h" });
        for (let n = 0; n < 5; n++) {
          const key = {};
          cache.set(key, {}, { tags: ["t"] });
          cache.get(key);
        }
        cache.close();
        return cache;
      },
    ],
    [
      "closed, with a bound enforced by the clock",
      () => {
        const cache: Test = new Cache<object, object>({ max: 5, enforce: { every: "1h" } });
        cache.set({}, {});
        cache.close();
        return cache;
      },
    ],
    [
      "closed, with warmers, one of them under way",
      () => {
        const cache: Test = new Cache<object, object>({
          warmers: [
            { every: "1h", execute: () => [[{}, {}]] },
            { execute: () => new Promise(() => undefined) },
          ],
        });
        void cache.warm();
        cache.close();
        return cache;
      },
    ],
    [
      "closed, with hooks",
      () => {
        const cache: Test = new Cache<object, object>({
          hooks: [{ when: "after", async: true, handle: () => new Promise(() => undefined) }],
        });
        for (let n = 0; n < 5; n++) cache.set({}, {});
        cache.close();
        return cache;
      },
    ],
    [
      "closed, with loads and a timeout under way",
      () => {
        const cache: Test = new Cache<object, object>();
        cache.fetch({}, () => new Promise<object>(() => undefined), { timeout: "1h" }).catch(() => undefined);
        cache.close();
        return cache;
      },
    ],
  ];

  it.each(kinds)("%s", async (_what, make) => {
    const references = Array.from({ length: 10 }, () => new WeakRef<object>(make()));
    expect(await left(references)).toBe(0);
  });

  it("and one that is closed and held lets its values go", async () => {
    const { cache, references } = fill();
    cache.close();
    expect(await left(references.filter((_, n) => n % 2 === 1))).toBe(0);
    expect(cache.closed).toBe(true);
  });

  it("and its keys", async () => {
    const { cache, references } = fill();
    cache.close();
    expect(await left(references)).toBe(0);
    expect(cache.closed).toBe(true);
  });
});
