/** This package's in-process Cache<string, Buffer>, used as the Map is: default policy, statistics on, room for all. */
import { Cache } from "stowage";
import type { Contender, Saving } from "./contender.js";
import { keyText, textOf } from "./texts.js";

function storeOf(cache: Cache<string, Buffer>, counters: Cache<string, number>) {
  return {
    pipelined: false as const,
    cache,
    read(key: Buffer, target: Buffer) {
      const value = cache.get(keyText(key));
      if (value === undefined) return -1;
      target.set(value);
      return value.length;
    },
    write(key: Buffer, value: Buffer) {
      cache.set(keyText(key), Buffer.from(value));
    },
    count: (key: Buffer) => counters.incr(keyText(key)),
    get: (key: Buffer) => cache.get(keyText(key)),
    getText: (key: string) => textOf(cache.get(key)),
    close() {
      cache.close();
      counters.close();
    },
  };
}

type CacheStore = ReturnType<typeof storeOf>;

const open = (items: number): CacheStore => storeOf(new Cache({ max: items }), new Cache({ max: items }));

const saving: Saving = {
  async save(store, path) {
    await (store as CacheStore).cache.save(path);
  },
  async load(path, { items }) {
    const store = open(items);
    await store.cache.restore(path);
    return store;
  },
};

export const contender: Contender = { open: ({ items }) => open(items), saving };
