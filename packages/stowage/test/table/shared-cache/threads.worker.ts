/** Jobs on one shared cache, for several threads at a time. */
import { SharedCache, type SharedCacheHandle } from "stowage/table";
import { Random } from "../support/random.js";
import { type Scene, serve } from "../support/worker-side.js";

const ASKED = 0;
const LOADS = 1;

interface Shared {
  readonly handle: SharedCacheHandle;
  /** How many threads have asked, and how many loaders were called. */
  readonly words: Int32Array;
}

function attach({ data }: Scene): SharedCache<number> {
  return SharedCache.attach<number>((data as Shared).handle, { janitor: false });
}

function wordsOf({ data }: Scene): Int32Array {
  return (data as Shared).words;
}

/** Resolves when all have asked. */
async function allAsked(words: Int32Array, count: number): Promise<void> {
  for (let asked = Atomics.load(words, ASKED); asked < count; asked = Atomics.load(words, ASKED)) {
    await (Atomics as unknown as { waitAsync(...args: unknown[]): { value: unknown } }).waitAsync(
      words,
      ASKED,
      asked,
      50,
    ).value;
  }
}

serve({
  /** The one loader ends only when every thread has asked for the key. */
  async fetch(scene: Scene, key: string): Promise<unknown> {
    const cache = attach(scene);
    const words = wordsOf(scene);
    scene.together();
    const waiting = cache.fetch(key, async () => {
      Atomics.add(words, LOADS, 1);
      await allAsked(words, scene.count);
      return 42;
    });
    Atomics.add(words, ASKED, 1);
    Atomics.notify(words, ASKED);
    const value = await waiting;
    cache.close();
    return value;
  },

  /** Moves random amounts between accounts; nothing comes of it or is lost. Returns the smallest sum seen. */
  async transfer(scene: Scene, { accounts, times }: { accounts: number; times: number }): Promise<number[]> {
    const cache = attach(scene);
    const random = new Random(scene.index);
    const sums = new Set<number>();
    const all = Array.from({ length: accounts }, (_, n) => `account:${n}`);
    scene.together();
    for (let n = 0; n < times; n++) {
      const from = random.pick(all);
      const to = random.pick(all.filter((key) => key !== from));
      const amount = random.between(1, 10);
      await cache.transaction([from, to], async (tx) => {
        if (n % 3 === 0) await new Promise(setImmediate);
        tx.decr(from, amount);
        tx.incr(to, amount);
      });
      if (n % 10 === 0)
        sums.add(await cache.transaction(all, (tx) => all.reduce((sum, key) => sum + (tx.get(key) ?? 0), 0)));
    }
    cache.close();
    return [...sums];
  },

  count(scene: Scene, times: number): void {
    const cache = attach(scene);
    scene.together();
    for (let n = 0; n < times; n++) {
      cache.incr("incr");
      cache.getAndUpdate("update", (value = 0) => value + 1);
    }
    cache.close();
  },

  /** How many of the keys this thread got. */
  take(scene: Scene, keys: number): number {
    const cache = attach(scene);
    let got = 0;
    scene.together();
    for (let n = 0; n < keys; n++) if (cache.take(`take:${n}`) !== undefined) got++;
    cache.close();
    return got;
  },

  /** Loads for ever. */
  async loadForEver(scene: Scene, key: string): Promise<void> {
    const cache = attach(scene);
    await new Promise<void>((resolve) => {
      void cache.fetch(key, () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
  },

  async lockForEver(scene: Scene, key: string): Promise<void> {
    const cache = attach(scene);
    await new Promise<void>((resolve) => {
      void cache.transaction([key], () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
  },
});
